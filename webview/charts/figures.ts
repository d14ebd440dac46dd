/** The figures and all that they share: the visible range, the frame, the cursor, the theme. */

import { t } from "../../src/l10n.ts";
import { formatInteger } from "../format.ts";
import { kindsOf, notComparable } from "../run-kinds.ts";
import type { PanelModel } from "../state.ts";
import { type Palette, readPalette } from "../theme.ts";
import { Chart } from "./chart.ts";
import { CostFigure } from "./cost-figure.ts";
import { DevFigure } from "./dev-figure.ts";
import { type DrawnRun, drawnRuns } from "./drawn-run.ts";
import type { Figure, FileKind, View } from "./figure.ts";
import { GradientFigure } from "./gradient-figure.ts";
import { KeptZoom, type Zoom } from "./kept-zoom.ts";
import { RangeFigure } from "./range-figure.ts";
import { RateFigure } from "./rate-figure.ts";
import { readingsAt } from "./readings.ts";
import { Readout } from "./readout.ts";
import { Viewport } from "./viewport.ts";

/** What a person has chosen of the charts. */
export interface ChartPreferences {
	/** of the average that smooths the cost */
	beta: number;
	/** names of the figures with a logarithmic axis */
	log: string[];
	/** whether the iterations lie on a logarithmic axis, in all of them */
	logX: boolean;
	/** names of the figures whose numbers are shown as a table */
	tables: string[];
	/** the part that is in view; absent: all of it */
	zoom?: Zoom;
}

export interface FigureParts {
	/** acts on the learning rate of the run, beside its chart */
	rateControl: HTMLElement;
}

export interface FiguresEvents {
	/** points of this run are on the canvas for the first time */
	firstPoint(runId: string): void;
	/** the value under the cursor, for a person who cannot see it */
	announce(text: string): void;
	preferences(change: Partial<ChartPreferences>): void;
	/** a cost that is not finite was asked about */
	openRows(runId: string, iteration: number): void;
	save(figure: Figure, kind: FileKind, view: View): void;
	/** the range test is put away */
	closeRange(): void;
}

/** A summary is read aloud when it changes: not more often than this. */
const summaryEvery = 5000;
/** a key zooms by this */
const keyZoom = 0.6;

export class Figures {
	readonly cost: CostFigure;
	readonly rate: RateFigure;
	readonly gradient: GradientFigure;
	readonly dev: DevFigure;
	readonly range: RangeFigure;
	private readonly all: readonly Figure[];
	private readonly model: PanelModel;
	private readonly events: FiguresEvents;
	private readonly readout = new Readout();
	private readonly announced = new Set<string>();
	private pointed: string | undefined;
	private shownPreview: View["preview"];
	private readonly viewport = new Viewport();
	private readonly keptZoom: KeptZoom;
	private palette: Palette;
	private view: View;
	private cursor: { chart: Chart; iteration: number } | undefined;
	private summaryAt = Number.NEGATIVE_INFINITY;
	private summaryTimer: number | undefined;
	private speak: number | undefined;
	private readonly request: () => void;

	constructor(
		model: PanelModel,
		preferences: ChartPreferences,
		parts: FigureParts,
		events: FiguresEvents,
		request: () => void,
	) {
		this.model = model;
		this.events = events;
		this.request = request;
		this.palette = readPalette();
		this.viewport.log = preferences.logX;
		this.keptZoom = new KeptZoom(this.viewport, preferences.zoom, (zoom) => events.preferences({ zoom }));
		this.view = this.viewOf([]);
		const chart = (name: string): Chart => {
			const made: Chart = new Chart(`chart-${name}`, this.palette, {
				drawn: () => this.onDrawn(made),
				cursor: (iteration) => this.onCursor(made, iteration),
				zoom: (first, last) => this.navigate(() => this.viewport.show(first, last)),
				wheel: ({ iteration, across, along }) => {
					// out of the whole, the wheel is the page's
					if (!this.viewport.zoomed && (along > 0 || (along === 0 && across !== 0))) return false;
					this.navigate(() => {
						if (along !== 0) this.viewport.scale(Math.exp(along * 0.0015), iteration);
						if (across !== 0) this.viewport.move(across / 800);
					});
					return true;
				},
				resetZoom: () => this.navigate(() => this.viewport.reset()),
				resized: request,
				key: (event) => this.onKey(made, event),
			});
			return made;
		};
		const shared = (name: string) => ({
			log: (log: boolean) => {
				events.preferences({ log: listed(preferences.log, name, log) });
				request();
			},
			table: (shown: boolean) => events.preferences({ tables: listed(preferences.tables, name, shown) }),
			resetZoom: () => this.navigate(() => this.viewport.reset()),
			save: events.save,
		});
		const kept = (name: string) => ({ log: preferences.log.includes(name), table: preferences.tables.includes(name) });
		this.cost = new CostFigure(chart("cost"), preferences, kept("cost"), {
			...shared("cost"),
			beta: (beta) => {
				model.setBeta(beta);
				events.preferences({ beta });
				request();
			},
			openRows: events.openRows,
			logX: (logX) => {
				this.viewport.log = logX;
				events.preferences({ logX });
				request();
			},
		});
		this.rate = new RateFigure(chart("rate"), kept("rate"), parts.rateControl, shared("rate"));
		this.gradient = new GradientFigure(chart("gradient"), kept("gradient"), shared("gradient"));
		this.dev = new DevFigure(chart("dev"), kept("dev"), shared("dev"));
		this.range = new RangeFigure(this.palette, kept("range"), {
			...shared("range"),
			resized: request,
			announce: events.announce,
			close: events.closeRange,
		});
		this.all = [this.cost, this.rate, this.gradient, this.dev];
	}

	themeChanged(): void {
		this.palette = readPalette();
		for (const { chart } of [...this.all, this.range]) chart.setPalette(this.palette);
		this.request();
	}

	/** Has a run stand out while it is pointed at. */
	point(runId: string | undefined): void {
		if (runId === this.pointed) return;
		this.pointed = runId;
		this.request();
	}

	/** Draws the model as it is now; called once a frame at most. */
	draw(): void {
		const runs = drawnRuns(this.model, this.palette.runs);
		this.view = this.viewOf(runs);
		this.cost.setNote(kindsOf(runs.map(({ view }) => view)).size > 0 ? notComparable : undefined);
		for (const figure of this.all) figure.draw(this.view);
		this.range.show(this.model.range);
		this.range.draw(this.view);
		this.summarise();
	}

	/** Draws the model as it is now, of which only the rates ahead are other ones. */
	drawRates(): void {
		// Without a run they say how long all axes are.
		if (this.view.runs.length === 0) this.draw();
		else {
			this.view = { ...this.view, preview: this.model.preview };
			this.rate.draw(this.view);
		}
	}

	private viewOf(runs: readonly DrawnRun[]): View {
		const { preview } = this.model;
		const end = runs.reduce((most, run) => Math.max(most, run.curves.length), 0) || (preview?.iterations ?? 0);
		this.viewport.grow(end);
		const current = runs.find((run) => run.current);
		// a run that was turned to may have nothing where the one before was looked at
		if (current && current.view.id !== this.view?.current?.view.id && current.curves.length < this.viewport.range[0]) {
			this.viewport.reset();
		}
		const shown = this.model.current;
		this.keptZoom.follow(shown && (shown.start?.kept ?? shown.id), end);
		const { range, zoomed, log: logX } = this.viewport;
		const pointed = runs.find(({ view }) => view.id === this.pointed)?.view.id;
		return { runs, current, pointed, range, zoomed, logX, end, palette: this.palette, preview };
	}

	private onDrawn(chart: Chart): void {
		this.all.find((figure) => figure.chart === chart)?.marks.place();
		for (const { view } of this.view.runs) {
			if (this.announced.has(view.id)) continue;
			this.announced.add(view.id);
			this.events.firstPoint(view.id);
		}
		if (chart === this.rate.chart && this.view.preview !== this.shownPreview) {
			this.shownPreview = this.view.preview;
			// for test/bench/live.ts
			if (this.shownPreview) performance.mark("descent rates");
		}
		if (this.cursor?.chart === chart) this.showReadout();
	}

	private navigate(change: () => void): void {
		change();
		this.request();
	}

	private onCursor(chart: Chart, place: number | undefined): void {
		const others = this.all.filter((figure) => figure.chart !== chart);
		if (place === undefined || this.view.end === 0) {
			this.cursor = undefined;
			this.readout.hide();
			for (const other of others) other.chart.placeCursor(undefined);
			return;
		}
		this.cursor = { chart, iteration: Math.min(this.view.end, Math.max(1, Math.round(place))) };
		for (const other of others) other.chart.placeCursor(place);
		this.showReadout();
	}

	private showReadout(): void {
		if (this.cursor === undefined) return;
		const { chart, iteration } = this.cursor;
		const left = chart.left(iteration);
		const rows = readingsAt(this.view, iteration);
		if (left === undefined || rows.length === 0) this.readout.hide();
		else this.readout.show(chart, left, t("Iteration {0}", formatInteger(iteration)), rows);
	}

	/** Arrows move the cursor (with Shift by single iterations), plus and minus zoom, Page Up and Down move on. */
	private onKey(chart: Chart, event: KeyboardEvent): void {
		const { end, range } = this.view;
		if (end === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
		const [first, last] = range;
		const at = this.cursor?.iteration ?? last;
		const moves: Record<string, () => void> = {
			Escape: () => this.viewport.reset(),
			"0": () => this.viewport.reset(),
			"+": () => this.viewport.scale(keyZoom, at),
			"=": () => this.viewport.scale(keyZoom, at),
			"-": () => this.viewport.scale(1 / keyZoom, at),
			PageUp: () => this.viewport.move(-0.8),
			PageDown: () => this.viewport.move(0.8),
		};
		const move = moves[event.key];
		if (move !== undefined) {
			// Escape may mean something else to what is around the charts
			if (event.key !== "Escape" || this.viewport.zoomed) event.preventDefault();
			this.navigate(move);
			const [from, to] = this.viewport.range;
			this.announceSoon(() =>
				t("Iterations {0} to {1} in view", formatInteger(Math.round(from)), formatInteger(Math.round(to))),
			);
			return;
		}
		const share = event.shiftKey ? 0 : 1 / 50;
		const targets: Record<string, number> = {
			ArrowLeft: Math.min(at - 1, Math.round(this.viewport.beside(at, -share))),
			ArrowRight: Math.max(at + 1, Math.round(this.viewport.beside(at, share))),
			Home: first,
			End: last,
		};
		const target = targets[event.key];
		if (target === undefined) return;
		event.preventDefault();
		const place = Math.min(last, Math.max(first, target));
		chart.placeCursor(place);
		this.onCursor(chart, place);
		this.announceSoon(() => {
			const rows = readingsAt(this.view, Math.round(place)).map((row) => `${row.label} ${row.value}`);
			return t("Iteration {0}: {1}", formatInteger(Math.round(place)), rows.join(", "));
		});
	}

	/** Keys that follow fast are answered once. */
	private announceSoon(text: () => string): void {
		clearTimeout(this.speak);
		this.speak = window.setTimeout(() => this.events.announce(text()), 250);
	}

	private summarise(): void {
		clearTimeout(this.summaryTimer);
		const wait = this.summaryAt + summaryEvery - performance.now();
		if (wait > 0) {
			this.summaryTimer = window.setTimeout(() => this.summarise(), wait);
			return;
		}
		if (this.view.runs.length > 0) this.summaryAt = performance.now();
		for (const figure of [...this.all, this.range]) figure.summarise(this.view);
	}
}

/** @returns the names with this one among them or not */
function listed(names: readonly string[], name: string, among: boolean): string[] {
	const others = names.filter((other) => other !== name);
	return among ? [...others, name] : others;
}
