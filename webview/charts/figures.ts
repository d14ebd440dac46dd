/** The two figures and all that they share: the visible range, the frame, the cursor, the theme. */
import type { RunView } from "../../src/engine/protocol/panel.ts";
import { formatCost, formatInteger, formatRate } from "../format.ts";
import type { PanelModel } from "../state.ts";
import { type Palette, readPalette } from "../theme.ts";
import { Chart } from "./chart.ts";
import { CostFigure } from "./cost-figure.ts";
import { makeGrid } from "./decimation.ts";
import { RateFigure } from "./rate-figure.ts";
import { Readout, type ReadoutRow } from "./readout.ts";
import type { RunCurves } from "./run-curves.ts";

/** A run with points, as it is drawn. */
export interface DrawnRun {
	view: RunView;
	curves: RunCurves;
	colour: string;
	/** runs beyond the number of colours are told apart by their dashes */
	dash?: number[];
	current: boolean;
}

export interface FigureEvents {
	/** points of this run are on the canvas for the first time */
	firstPoint(runId: string): void;
	/** the value under the cursor, for a person who cannot see it */
	announce(text: string): void;
	preferences(change: { beta?: number; log?: boolean }): void;
}

/** A summary is read aloud when it changes: not more often than this. */
const summaryEvery = 5000;

export class Figures {
	readonly cost: CostFigure;
	readonly rate: RateFigure;
	private readonly model: PanelModel;
	private readonly events: FigureEvents;
	private readonly readout = new Readout();
	private readonly announced = new Set<string>();
	private drawn: DrawnRun[] = [];
	private palette: Palette;
	private zoom: [number, number] | undefined;
	private cursor: { chart: Chart; iteration: number } | undefined;
	private summaryAt = Number.NEGATIVE_INFINITY;
	private summaryTimer: number | undefined;
	private speak: number | undefined;
	private readonly request: () => void;

	constructor(
		model: PanelModel,
		preferences: { beta: number; log: boolean },
		events: FigureEvents,
		request: () => void,
	) {
		this.model = model;
		this.events = events;
		this.request = request;
		this.palette = readPalette();
		const chart = (testId: string): Chart => {
			const made: Chart = new Chart(testId, this.palette, {
				drawn: () => this.onDrawn(),
				cursor: (iteration) => this.onCursor(made, iteration),
				zoom: (first, last) => this.setZoom([Math.max(1, first), last]),
				resetZoom: () => this.setZoom(undefined),
				resized: request,
				key: (event) => this.onKey(made, event),
			});
			return made;
		};
		this.cost = new CostFigure(chart("chart-cost"), preferences, {
			preferences: (change) => {
				if (change.beta !== undefined) model.setBeta(change.beta);
				events.preferences(change);
				request();
			},
			resetZoom: () => this.setZoom(undefined),
		});
		this.rate = new RateFigure(chart("chart-rate"));
	}

	themeChanged(): void {
		this.palette = readPalette();
		this.cost.chart.setPalette(this.palette);
		this.rate.chart.setPalette(this.palette);
		this.request();
	}

	/** Draws the model as it is now; called once a frame at most. */
	draw(): void {
		this.drawn = this.visibleRuns();
		const end = this.drawn.reduce((most, run) => Math.max(most, run.curves.length), 0);
		if (end === 0) this.zoom = undefined;
		const [first, last] = this.zoom ?? [1, Math.max(2, end)];
		const grid = makeGrid(first, last, end, this.cost.chart.pixels);
		const xRange: [number, number] = [first, Math.max(last, first + 1)];
		this.cost.draw(this.drawn, grid, xRange, this.palette, this.zoom !== undefined);
		this.rate.draw(this.drawn, grid, xRange, this.model.current);
		this.summarise();
	}

	private visibleRuns(): DrawnRun[] {
		const runs: DrawnRun[] = [];
		const current = this.model.current;
		for (const view of this.model.state.runs) {
			const curves = this.model.curvesFor(view.id);
			if (!view.visible || curves === undefined || curves.length === 0) continue;
			const place = this.model.colourOf(view.id);
			runs.push({
				view,
				curves,
				colour: this.palette.runs[place % this.palette.runs.length],
				dash: place < this.palette.runs.length ? undefined : [6, 3],
				current: view.id === current?.id,
			});
		}
		return runs;
	}

	private onDrawn(): void {
		for (const { view } of this.drawn) {
			if (this.announced.has(view.id)) continue;
			this.announced.add(view.id);
			this.events.firstPoint(view.id);
		}
		if (this.cursor !== undefined) this.showReadout();
	}

	private setZoom(range: [number, number] | undefined): void {
		this.zoom = range;
		this.request();
	}

	private onCursor(chart: Chart, place: number | undefined): void {
		const other = chart === this.cost.chart ? this.rate.chart : this.cost.chart;
		const longest = this.drawn.reduce((most, run) => Math.max(most, run.curves.length), 0);
		if (place === undefined || longest === 0) {
			this.cursor = undefined;
			this.readout.hide();
			other.placeCursor(undefined);
			return;
		}
		this.cursor = { chart, iteration: Math.min(longest, Math.max(1, Math.round(place))) };
		other.placeCursor(place);
		this.showReadout();
	}

	private showReadout(): void {
		if (this.cursor === undefined) return;
		const { chart, iteration } = this.cursor;
		const left = chart.left(iteration);
		const rows = this.rowsAt(iteration);
		if (left === undefined || rows.length === 0) this.readout.hide();
		else this.readout.show(chart, left, `Iteration ${formatInteger(iteration)}`, rows);
	}

	/** The current run in full, the others by their smoothed cost. */
	private rowsAt(iteration: number): ReadoutRow[] {
		const rows: ReadoutRow[] = [];
		const index = iteration - 1;
		for (const { view, curves, colour, current } of [...this.drawn].reverse()) {
			if (index >= curves.length) continue;
			const smoothed = formatCost(curves.smoothed.values[index]);
			if (!current) {
				rows.push({ colour, label: view.name, value: smoothed });
				continue;
			}
			rows.push(
				{ colour, label: "cost", value: formatCost(curves.cost.values[index]), faint: true },
				{ colour, label: "smoothed", value: smoothed },
			);
			const epoch = view.epochs.findLast((result) => result.iteration <= iteration && result.devCost !== undefined);
			if (epoch?.devCost !== undefined) {
				rows.push({
					colour: this.palette.dev,
					label: `dev, epoch ${formatInteger(epoch.epoch)}`,
					value: formatCost(epoch.devCost),
				});
			}
			rows.push({ colour: "transparent", label: "rate", value: formatRate(curves.learningRate.values[index]) });
		}
		return rows;
	}

	/** Arrows move the cursor (with Shift by single iterations), Escape leaves the zoom. */
	private onKey(chart: Chart, event: KeyboardEvent): void {
		const longest = this.drawn.reduce((most, run) => Math.max(most, run.curves.length), 0);
		if (event.key === "Escape" && this.zoom !== undefined) {
			this.setZoom(undefined);
			return;
		}
		const [first, last] = this.zoom ?? [1, longest];
		const stride = event.shiftKey ? 1 : Math.max(1, Math.round((last - first) / 50));
		const from = this.cursor?.iteration ?? last;
		const targets: Record<string, number> = {
			ArrowLeft: from - stride,
			ArrowRight: from + stride,
			Home: first,
			End: last,
		};
		const target = targets[event.key];
		if (target === undefined || longest === 0) return;
		event.preventDefault();
		const place = Math.min(last, Math.max(first, target));
		chart.placeCursor(place);
		this.onCursor(chart, place);
		clearTimeout(this.speak);
		this.speak = window.setTimeout(() => {
			const rows = this.rowsAt(Math.round(place)).map((row) => `${row.label} ${row.value}`);
			this.events.announce(`Iteration ${formatInteger(Math.round(place))}: ${rows.join(", ")}`);
		}, 250);
	}

	private summarise(): void {
		clearTimeout(this.summaryTimer);
		const wait = this.summaryAt + summaryEvery - performance.now();
		if (wait > 0) {
			this.summaryTimer = window.setTimeout(() => this.summarise(), wait);
			return;
		}
		if (this.drawn.length > 0) this.summaryAt = performance.now();
		this.cost.summarise(this.drawn);
		this.rate.summarise(this.drawn);
	}
}
