/** Cost per iteration: the raw cost faint, the smoothed on top, the dev cost as points, earlier runs behind. */
import { element, setShown, setText } from "../dom.ts";
import { formatCost, formatHorizon, formatInteger } from "../format.ts";
import type { Palette } from "../theme.ts";
import { type Chart, type Line, makeHint } from "./chart.ts";
import { extent, type Grid, paddedRange, sampleCurve, sampleEpochs } from "./decimation.ts";
import type { DrawnRun } from "./figures.ts";

/** The slider's stops: a beta in between would say nothing more. */
const betas = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999];

interface CostEvents {
	preferences(change: { beta?: number; log?: boolean }): void;
	resetZoom(): void;
}

export class CostFigure {
	readonly chart: Chart;
	readonly element: HTMLElement;
	readonly setHint: (content: Node | string | undefined) => void;
	private readonly key = element("span", { class: "key" });
	private readonly badge = element("span", { class: "badge", "data-testid": "drawn" });
	private readonly resetZoom: HTMLButtonElement;
	private readonly controls: HTMLElement;
	private log: boolean;

	constructor(chart: Chart, preferences: { beta: number; log: boolean }, events: CostEvents) {
		this.chart = chart;
		this.setHint = makeHint(chart);
		this.log = preferences.log;
		this.resetZoom = element("button", { class: "link", type: "button", hidden: "" }, "show all");
		this.resetZoom.addEventListener("click", () => events.resetZoom());
		this.key.append(
			element("s", { class: "raw" }),
			"raw",
			element("s", { class: "smoothed" }),
			"smoothed",
			element("s", { class: "dev" }),
			"dev",
		);
		this.controls = element(
			"span",
			{ class: "chart-controls" },
			this.betaSlider(preferences.beta, events),
			this.scaleSwitch(events),
		);
		const caption = element(
			"figcaption",
			{},
			element("h2", {}, "Cost per iteration"),
			this.key,
			element("span", { class: "grow" }),
			this.controls,
		);
		const foot = element("p", { class: "foot" }, this.badge, this.resetZoom);
		this.element = element("figure", {}, caption, chart.element, foot);
	}

	draw(runs: DrawnRun[], grid: Grid, xRange: [number, number], palette: Palette, zoomed: boolean): void {
		const lines: Line[] = [];
		const current = runs.find((run) => run.current);
		if (current !== undefined) {
			const alpha = palette.highContrast ? 0.55 : 0.3;
			const values = sampleCurve(grid, current.curves.cost, this.log);
			lines.push({ values, colour: current.colour, width: 1, alpha, shape: "line" });
		}
		for (const run of runs) {
			if (run.current) continue;
			const values = sampleCurve(grid, run.curves.smoothed, this.log);
			lines.push({ values, colour: run.colour, width: 1.5, alpha: 0.85, dash: run.dash, shape: "line" });
		}
		if (current !== undefined) {
			const values = sampleCurve(grid, current.curves.smoothed, this.log);
			lines.push({ values, colour: current.colour, width: 2, alpha: 1, shape: "line" });
			const dev = sampleEpochs(grid, current.view.epochs, this.log);
			lines.push({ values: dev, colour: palette.dev, width: 1.5, alpha: 1, shape: "dots" });
		}
		const range = extent(lines.map((line) => line.values));
		const yRange = range === undefined ? emptyRange(this.log) : paddedRange(range[0], range[1], this.log);
		this.chart.draw({ x: grid.x, lines, xRange, yRange, log: this.log, empty: runs.length === 0 });

		this.key.style.setProperty("--run", current?.colour ?? runs[0]?.colour ?? palette.runs[0]);
		setShown(this.key, current !== undefined);
		setShown(this.controls, runs.length > 0);
		const decimated = grid.shift > 0;
		setShown(this.badge, decimated);
		if (decimated) {
			setText(
				this.badge,
				`${formatInteger(grid.x.length)} of ${formatInteger(grid.iterations)} drawn, every spike kept`,
			);
		}
		setShown(this.resetZoom, zoomed);
	}

	summarise(runs: readonly DrawnRun[]): void {
		const current = runs.find((run) => run.current) ?? runs[runs.length - 1];
		if (current === undefined) {
			this.chart.setSummary("Cost per iteration: nothing to show yet");
			return;
		}
		const { smoothed, length } = current.curves;
		const first = formatCost(smoothed.values[0]);
		const last = formatCost(smoothed.values[length - 1]);
		const others = runs.length > 1 ? `, ${runs.length - 1} more ${runs.length > 2 ? "runs" : "run"} drawn` : "";
		this.chart.setSummary(
			`Cost per iteration of ${current.view.name}: from ${first} to ${last} (smoothed) over ${formatInteger(length)} iterations${others}. Arrow keys read values.`,
		);
	}

	private betaSlider(beta: number, events: CostEvents): HTMLElement {
		const place = Math.max(0, betas.indexOf(beta));
		const slider = element("input", {
			type: "range",
			min: "0",
			max: String(betas.length - 1),
			step: "1",
			"aria-label": "Smoothing beta",
			"data-testid": "smoothing-beta",
		});
		slider.value = String(place);
		const value = element("b");
		const meaning = element("i");
		const describe = (chosen: number): void => {
			setText(value, String(chosen));
			setText(meaning, chosen === 0 ? "no smoothing" : formatHorizon(chosen));
			slider.setAttribute("aria-valuetext", `${chosen}, ${meaning.textContent}`);
			slider.style.setProperty("--filled", `${(Number(slider.value) / (betas.length - 1)) * 100}%`);
		};
		slider.addEventListener("input", () => {
			const chosen = betas[Number(slider.value)];
			describe(chosen);
			events.preferences({ beta: chosen });
		});
		describe(betas[place]);
		const tip = "Smoothing: an exponentially weighted average with bias correction, over every raw point";
		return element("label", { class: "beta", title: tip }, "β", slider, value, meaning);
	}

	private scaleSwitch(events: CostEvents): HTMLElement {
		const buttons = [false, true].map((log) => {
			const title = log ? "Logarithmic cost axis" : "Linear cost axis";
			const button = element("button", { type: "button", title }, log ? "log" : "lin");
			button.addEventListener("click", () => {
				this.log = log;
				describe();
				events.preferences({ log });
			});
			return button;
		});
		const describe = (): void => {
			buttons.forEach((button, index) => {
				button.setAttribute("aria-pressed", String((index === 1) === this.log));
			});
		};
		describe();
		return element("span", { class: "switch", role: "group", "aria-label": "Cost axis" }, ...buttons);
	}
}

function emptyRange(log: boolean): [number, number] {
	return log ? [0.01, 1] : [0, 1];
}

/** What a preference that was kept may hold. */
export function isBeta(value: unknown): value is number {
	return betas.includes(value as number);
}
