/** The learning rate of every visible run, with the current run's schedule in words and the changes by hand marked. */
import { t } from "../../src/l10n.ts";
import { element, setShown } from "../dom.ts";
import { formatInteger, formatRate } from "../format.ts";
import type { RunView } from "../run-view.ts";
import type { Chart } from "./chart.ts";
import { type Grid, paddedRange, sampleCurve } from "./decimation.ts";
import { Figure, type FigureChoice, type FigureEvents, type View } from "./figure.ts";
import type { Column, LegendEntry, Line } from "./picture.ts";
import { rateWords } from "./rate-words.ts";

export class RateFigure extends Figure {
	private readonly formula = element("span");
	private written = "";

	constructor(chart: Chart, choice: FigureChoice, control: HTMLElement, events: FigureEvents) {
		super(chart, { name: "rate", title: t("Learning rate"), ...choice }, events);
		this.key.append(element("s", { class: "smoothed" }), this.formula);
		this.controls.append(control);
	}

	override draw(view: View): void {
		this.marks.show(
			(view.current?.view.rateChanges ?? []).map(({ iteration, factor }) => ({
				iteration,
				text: `× ${formatRate(factor)}`,
				label: t("From iteration {0} on: × {1} by hand", formatInteger(iteration), formatRate(factor)),
			})),
		);
		super.draw(view);
		setShown(this.key, view.current?.view.start !== undefined);
		if (view.current !== undefined) this.write(view.current.view);
	}

	protected lines({ runs, preview, palette }: View, grid: Grid): Line[] {
		const lines = runs.map(
			(run): Line => ({
				values: sampleCurve(grid, run.curves.learningRate),
				colour: run.colour,
				width: run.current ? 2 : 1.5,
				alpha: run.current ? 1 : 0.85,
				dash: run.dash,
				shape: "steps",
				run: run.view.id,
			}),
		);
		// Without a preview there is an empty line: a chart with another number of lines is made anew, which takes longer.
		const { rates, stride } = preview ?? { rates: [], stride: 1 };
		const values = grid.x.map((iteration) => rates[Math.floor((iteration - 1) / stride)] ?? null);
		return [...lines, { values, colour: palette.description, width: 2, alpha: 1, dash: [5, 4], shape: "steps" }];
	}

	/** A rate that never changes sits well above 0. */
	protected override yRange([low, high]: [number, number]): [number, number] {
		if (low !== high) return paddedRange(low, high, this.log);
		return this.log ? [high / 3, high * 3] : [0, 1.7 * high || 1];
	}

	/** A rate is what a schedule says, however low. */
	protected override leastDrawn(): number {
		return 0;
	}

	columns({ runs }: View): Column[] {
		return runs.toReversed().map(({ view, curves }) => ({
			label: `${view.name} learning rate`,
			run: view.name,
			heading: t("learning rate"),
			curve: curves.learningRate,
			format: formatRate,
		}));
	}

	legend({ runs }: View): LegendEntry[] {
		return runs.toReversed().map((run) => ({ label: run.view.name, colour: run.colour, dash: run.dash }));
	}

	protected summary({ runs, current }: View): string {
		const run = current ?? runs[runs.length - 1];
		if (run === undefined) return t("Learning rate: nothing to show yet.");
		const { learningRate, length } = run.curves;
		const first = formatRate(learningRate.values[0]);
		const last = formatRate(learningRate.values[length - 1]);
		const { name, rateChanges } = run.view;
		const steps = formatInteger(length);
		const curve =
			first === last
				? t("Learning rate of {0}: constant at {1} over {2} iterations.", name, first, steps)
				: t("Learning rate of {0}: from {1} to {2} over {3} iterations.", name, first, last, steps);
		const changes = rateChanges.length;
		if (changes === 0) return curve;
		return `${curve} ${t(changes === 1 ? "Changed by hand once." : "Changed by hand {0} times.", changes)}`;
	}

	private write({ start, rateChanges, schedule }: RunView): void {
		if (start === undefined) return;
		const words = rateWords(start.run.decay, start.run.optimizer.learningRate, rateChanges, schedule);
		const key = JSON.stringify(words);
		if (key === this.written) return;
		this.written = key;
		this.formula.replaceChildren(...words.map(({ text, raised }) => (raised ? element("sup", {}, text) : text)));
	}
}
