/** The learning-rate range test: the cost while the rate rises, of every run and their median, with the suggested rate. */
import type { RangeTest } from "../../src/engine/protocol/panel.ts";
import { t } from "../../src/l10n.ts";
import { element, setShown, setText } from "../dom.ts";
import { formatCost, formatRate } from "../format.ts";
import type { Palette } from "../theme.ts";
import { Chart } from "./chart.ts";
import { Curve } from "./curve.ts";
import { Figure, type FigureChoice, type FigureEvents, type View } from "./figure.ts";
import type { Column, LegendEntry, Line } from "./picture.ts";
import { Readout } from "./readout.ts";

interface RangeEvents extends Pick<FigureEvents, "log" | "table" | "save"> {
	/** a new picture is needed */
	resized(): void;
	announce(text: string): void;
	/** the test is not to be shown any longer */
	close(): void;
}

export class RangeFigure extends Figure {
	override readonly xLabel = t("learning rate");
	private readonly events: RangeEvents;
	private readonly words = element("p", { class: "chart-note", "data-testid": "range-words" });
	private readonly readout = new Readout();
	private test: RangeTest | undefined;
	private curves: { rates: Curve; median: Curve; runs: Curve[] } | undefined;
	private cursor: number | undefined;

	constructor(palette: Palette, choice: FigureChoice, events: RangeEvents) {
		const chart: Chart = new Chart("chart-range", palette, {
			drawn: () => {
				this.marks.place();
				this.showReadout();
			},
			cursor: (rate) => this.point(rate),
			zoom: () => {},
			wheel: () => false,
			resetZoom: () => {},
			resized: () => events.resized(),
			key: (event) => this.onKey(event),
		});
		const options = { name: "range", title: t("Learning-rate range test"), ...choice, zooms: false };
		super(chart, options, { ...events, resetZoom: () => {} });
		this.events = events;
		chart.element.before(this.words);
		const close = element("button", { type: "button", class: "link", "data-testid": "close-range" }, t("Close"));
		close.addEventListener("click", () => events.close());
		this.footEnd.append(close);
		this.key.append(
			...[element("s", { class: "raw" }), t("single runs"), element("s", { class: "smoothed" }), t("median")],
		);
	}

	/** @param test undefined: there is none to show */
	show(test: RangeTest | undefined): void {
		setShown(this.element, test !== undefined);
		if (test === this.test) return;
		this.test = test;
		if (test === undefined) return;
		const { rates, median, costs, rate } = test.search;
		setText(this.words, [test.name, test.words].filter(Boolean).join(": "));
		this.curves = { rates: curveOf(rates), median: curveOf(median), runs: costs.map(curveOf) };
		const label = t("Suggested: {0}, where the cost falls steepest", formatRate(rate ?? Number.NaN));
		this.marks.show(
			rate === undefined ? [] : [{ iteration: rate, text: formatRate(Number(rate.toPrecision(2))), label }],
		);
	}

	override draw({ palette }: View): void {
		if (this.test === undefined) return;
		this.key.style.setProperty("--run", palette.runs[0]);
		const { rates, median, costs } = this.test.search;
		const end = Math.max(2, ...costs.map((run) => run.length));
		const x = rates.slice(0, end);
		const values = (run: readonly number[]) => x.map((_, i) => (Number.isFinite(run[i]) ? run[i] : null));
		const lines = costs.map(
			(run): Line => ({ values: values(run), colour: palette.runs[0], width: 1, alpha: 0.35, shape: "line" }),
		);
		lines.push({ values: values(median), colour: palette.runs[0], width: 2, alpha: 1, shape: "line" });
		const picture = { x, lines, xRange: [x[0], x[x.length - 1]] as [number, number], logX: true, rates: true };
		this.present(this.viewOf(palette, end), picture);
	}

	columns(): Column[] {
		const { curves } = this;
		if (curves === undefined) return [];
		return [
			{ label: "learning rate", heading: t("learning rate"), curve: curves.rates, format: formatRate },
			{ label: "median cost", heading: t("median cost"), curve: curves.median },
			...curves.runs.map((curve, i) => ({
				label: `cost of run ${i + 1}`,
				heading: t("cost of run {0}", i + 1),
				curve,
			})),
		];
	}

	legend({ palette }: View): LegendEntry[] {
		return [{ label: t("median cost"), colour: palette.runs[0] }];
	}

	protected lines(): Line[] {
		return [];
	}

	protected summary(): string {
		return this.test === undefined ? "" : `${t("Cost over a rising learning rate.")} ${this.test.words}`;
	}

	/** The test's own steps, in the place of the runs' iterations. */
	private viewOf(palette: Palette, end: number): View {
		return { runs: [], current: undefined, range: [1, end], zoomed: false, logX: true, end, palette };
	}

	private point(rate: number | undefined): void {
		const { rates } = this.test?.search ?? { rates: [] };
		if (rate === undefined || rates.length < 2) this.cursor = undefined;
		else {
			const step = Math.log(rates[1] / rates[0]);
			this.cursor = Math.min(rates.length - 1, Math.max(0, Math.round(Math.log(rate / rates[0]) / step)));
		}
		this.showReadout();
	}

	private showReadout(): void {
		const { test, cursor, chart } = this;
		const left = test && cursor !== undefined ? chart.left(test.search.rates[cursor]) : undefined;
		if (test === undefined || cursor === undefined || left === undefined) {
			this.readout.hide();
			return;
		}
		const rows = this.readings(cursor).map(([label, value]) => ({ colour: "transparent", label, value }));
		this.readout.show(chart, left, t("learning rate {0}", formatRate(test.search.rates[cursor])), rows);
	}

	private readings(index: number): [label: string, value: string][] {
		const { median, costs } = this.test!.search;
		const cost = (value: number | undefined) => (value === undefined ? t("exploded") : formatCost(value));
		return [
			[t("median cost"), cost(median[index])],
			...costs.map((run, i): [string, string] => [t("cost of run {0}", i + 1), cost(run[index])]),
		];
	}

	/** Arrows move the cursor by a tenth of a decade or so, with Shift by one rate. */
	private onKey(event: KeyboardEvent): void {
		const { test } = this;
		if (test === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
		const last = Math.max(0, ...test.search.costs.map((run) => run.length - 1));
		const at = this.cursor ?? 0;
		const stride = event.shiftKey ? 1 : 3;
		const targets: Record<string, number> = { ArrowLeft: at - stride, ArrowRight: at + stride, Home: 0, End: last };
		const target = targets[event.key];
		if (target === undefined) return;
		event.preventDefault();
		const rate = test.search.rates[Math.min(last, Math.max(0, target))];
		this.chart.placeCursor(rate);
		this.point(rate);
		const said = this.readings(this.cursor!).map(([label, value]) => `${label} ${value}`);
		this.events.announce(`${t("learning rate {0}", formatRate(rate))}: ${said.join(", ")}`);
	}
}

function curveOf(values: readonly number[]): Curve {
	const curve = new Curve();
	curve.append(Float32Array.from(values));
	return curve;
}
