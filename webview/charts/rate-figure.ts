/** The learning rate of every visible run, with the current run's schedule in words. */
import type { RunView } from "../../src/engine/protocol/panel.ts";
import type { DecayConfig } from "../../src/engine/protocol/run.ts";
import { element, setShown } from "../dom.ts";
import { formatInteger, formatRate } from "../format.ts";
import { type Chart, type Line, makeHint } from "./chart.ts";
import { extent, type Grid, paddedRange, sampleCurve } from "./decimation.ts";
import type { DrawnRun } from "./figures.ts";

export class RateFigure {
	readonly chart: Chart;
	readonly element: HTMLElement;
	readonly setHint: (content: Node | string | undefined) => void;
	private readonly key = element("span", { class: "key" });
	private readonly formula = element("span");
	private written = "";

	constructor(chart: Chart) {
		this.chart = chart;
		this.setHint = makeHint(chart);
		this.key.append(element("s", { class: "smoothed" }), this.formula);
		const caption = element("figcaption", {}, element("h2", {}, "Learning rate"), this.key);
		this.element = element("figure", { class: "rate" }, caption, chart.element);
	}

	draw(runs: DrawnRun[], grid: Grid, xRange: [number, number], current: RunView | undefined): void {
		const lines = [...runs]
			.sort((a, b) => Number(a.current) - Number(b.current))
			.map(
				(run): Line => ({
					values: sampleCurve(grid, run.curves.learningRate, false),
					colour: run.colour,
					width: run.current ? 2 : 1.5,
					alpha: run.current ? 1 : 0.85,
					dash: run.dash,
					shape: "steps",
				}),
			);
		const range = extent(lines.map((line) => line.values));
		// a rate that never changes sits well above 0
		const yRange: [number, number] =
			range === undefined ? [0, 1] : range[0] === range[1] ? [0, 1.7 * range[1] || 1] : paddedRange(...range, false);
		this.chart.draw({ x: grid.x, lines, xRange, yRange, log: false, empty: runs.length === 0 });
		const drawn = runs.find((run) => run.current);
		setShown(this.key, drawn !== undefined && current?.start !== undefined);
		this.key.style.setProperty("--run", drawn?.colour ?? "");
		if (current?.start !== undefined) {
			const { decay, optimizer } = current.start.run;
			this.write(decay, optimizer.learningRate);
		}
	}

	summarise(runs: readonly DrawnRun[]): void {
		const current = runs.find((run) => run.current) ?? runs[runs.length - 1];
		if (current === undefined) {
			this.chart.setSummary("Learning rate: nothing to show yet");
			return;
		}
		const { learningRate, length } = current.curves;
		const first = formatRate(learningRate.values[0]);
		const last = formatRate(learningRate.values[length - 1]);
		const change = first === last ? `constant at ${first}` : `from ${first} to ${last}`;
		this.chart.setSummary(
			`Learning rate of ${current.view.name}: ${change} over ${formatInteger(length)} iterations. Arrow keys read values.`,
		);
	}

	/** The schedule as a formula of the epoch. */
	private write(decay: DecayConfig, learningRate: number): void {
		const rate = formatRate(learningRate);
		const key = JSON.stringify([decay, rate]);
		if (key === this.written) return;
		this.written = key;
		switch (decay.name) {
			case "constant":
				this.formula.replaceChildren(`constant ${rate}`);
				break;
			case "exponential": {
				const base = decay.base === undefined ? "base" : formatRate(decay.base);
				this.formula.replaceChildren(`${rate} × ${base}`, element("sup", {}, "epoch"));
				break;
			}
			case "inverseTime": {
				const factor = decay.rate === undefined ? "rate" : formatRate(decay.rate);
				this.formula.replaceChildren(`${rate} / (1 + ${factor === "1" ? "" : `${factor} × `}epoch)`);
				break;
			}
			default:
				this.formula.replaceChildren(decay.name);
		}
	}
}
