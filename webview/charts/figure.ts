/** A chart with what stands around it: its caption and key, its switches, its files and its table. */
import type { RatePreview } from "../../src/engine/protocol/run.ts";
import { t } from "../../src/l10n.ts";
import { element, icon, setAttribute, setShown, setText } from "../dom.ts";
import { formatInteger, formatRate } from "../format.ts";
import type { Palette } from "../theme.ts";
import { type Chart, makeHint } from "./chart.ts";
import { DataTable } from "./data-table.ts";
import { extent, type Grid, isThinned, leastDrawn, makeGrid, paddedRange, putOnEdge } from "./decimation.ts";
import type { DrawnRun } from "./drawn-run.ts";
import { Marks } from "./marks.ts";
import type { Column, LegendEntry, Line, Picture } from "./picture.ts";

/** What all figures draw of: the runs, and the part of them that is in view. */
export interface View {
	/** as they lie over each other: the one that the state line speaks of is the last */
	runs: readonly DrawnRun[];
	/** the run that the state line speaks of, where it is drawn */
	current: DrawnRun | undefined;
	/** id of the run that is pointed at in a list: the others step back */
	pointed?: string;
	/** first and last iteration in view */
	range: [number, number];
	zoomed: boolean;
	/** whether the iterations lie on a logarithmic axis */
	logX: boolean;
	/** iterations of the longest run */
	end: number;
	/** rates of a run that is about to begin */
	preview?: RatePreview;
	palette: Palette;
}

export type FileKind = "csv" | "svg" | "png";

export interface FigureEvents {
	log(log: boolean): void;
	/** its numbers are shown or put away */
	table(shown: boolean): void;
	resetZoom(): void;
	/** what is in view is to be saved */
	save(figure: Figure, kind: FileKind, view: View): void;
}

/** What a person has chosen of one figure. */
export interface FigureChoice {
	/** a logarithmic axis */
	log: boolean;
	/** its numbers are shown */
	table: boolean;
}

export interface FigureOptions extends Omit<FigureChoice, "log"> {
	title: string;
	/** a word for the data-testids of its parts and for the names of its files */
	name: string;
	/** undefined: no axis to switch */
	log: boolean | undefined;
	/** false: all of it is always in view */
	zooms?: boolean;
}

export abstract class Figure {
	readonly element: HTMLElement;
	readonly name: string;
	readonly title: string;
	readonly chart: Chart;
	readonly marks: Marks;
	/** what lies along the x axis */
	readonly xLabel: string = t("iteration");
	readonly setHint: (content: Node | string | undefined) => void;
	protected readonly key = element("span", { class: "key" });
	/** what stands under the right end of the x axis */
	protected readonly footEnd = element("span", { class: "foot-end" });
	protected readonly controls = element("span", { class: "chart-controls" });
	protected log: boolean;
	private readonly table: DataTable;
	private readonly badge: HTMLElement;
	/** says what the lower edge stands for */
	private readonly edge: HTMLElement;
	private readonly whole = element("button", { class: "link", type: "button", hidden: "" }, t("Show all"));
	private readonly tableButton: HTMLButtonElement;
	/** what there is to do once something is drawn */
	private readonly tools: readonly HTMLElement[];
	private view: View | undefined;

	constructor(chart: Chart, options: FigureOptions, events: FigureEvents) {
		const { name, title } = options;
		this.chart = chart;
		this.name = name;
		this.title = title;
		this.log = options.log === true;
		this.setHint = makeHint(chart);
		this.marks = new Marks(chart);
		this.badge = element("span", { class: "badge", "data-testid": `drawn-${name}` });
		this.edge = element("span", { "data-testid": `edge-${name}`, hidden: "" });
		this.table = new DataTable(name, title, options.zooms !== false);
		this.whole.addEventListener("click", () => events.resetZoom());
		this.tableButton = iconButton("table", t("Show the numbers of {0} as a table", title), `table-${name}`);
		this.tableButton.setAttribute("aria-controls", this.table.element.id);
		this.tableButton.addEventListener("click", () => {
			this.openTable(!this.table.shown);
			events.table(this.table.shown);
		});
		this.openTable(options.table);
		const files = (["csv", "svg", "png"] as const).map((kind) => {
			const label = t("Save {0} as {1}", title, kind.toUpperCase());
			const button = element("button", { type: "button", title: label, "aria-label": label }, kind.toUpperCase());
			button.dataset.testid = `${kind}-${name}`;
			button.addEventListener("click", () => this.view && events.save(this, kind, this.view));
			return button;
		});
		const tools = element(
			"div",
			{ class: "chart-tools" },
			this.tableButton,
			element("span", { class: "files", role: "group", "aria-label": t("Save {0}", title) }, ...files),
		);
		const yScale = {
			label: t("Axis of {0}", title),
			testId: name,
			log: this.log,
			change: (log: boolean) => {
				this.log = log;
				events.log(log);
			},
		};
		const scale = options.log === undefined ? undefined : scaleSwitch(yScale);
		const notes = element("span", { class: "notes" }, this.edge, this.badge, this.whole);
		const foot = element("div", { class: "foot" }, tools, notes, this.footEnd);
		this.tools = scale === undefined ? [foot] : [foot, scale];
		const caption = element(
			"figcaption",
			{},
			element("h2", {}, title),
			this.key,
			element("span", { class: "caption-end" }, this.controls, scale),
		);
		this.element = element(
			"figure",
			{ class: `figure-${name}`, "aria-label": title },
			caption,
			chart.element,
			foot,
			this.table.element,
		);
	}

	draw(view: View): void {
		const grid = makeGrid(view.range[0], view.range[1], view.end, this.chart.pixels, view.logX);
		const lines = this.lines(view, grid);
		const { pointed } = view;
		for (const line of lines) if (pointed !== undefined && line.run !== pointed) line.alpha *= steppedBack;
		const any = this.present(view, { x: grid.x, lines, xRange: view.range, logX: view.logX });
		this.key.style.setProperty("--run", view.current?.colour ?? view.runs[0]?.colour ?? view.palette.runs[0]);
		const drawn = isThinned(grid) && any ? this.drawn(view, grid, lines) : undefined;
		setShown(this.badge, drawn !== undefined);
		if (drawn) setText(this.badge, t("{0} of {1} drawn, every spike kept", ...drawn.map(formatInteger)));
		setShown(this.whole, view.zoomed);
		for (const tool of this.tools) setShown(tool, view.runs.length > 0);
	}

	/**
	 * Draws a picture of what is in view, and writes the table of it. A logarithmic axis has what is too low for it on its
	 * edge, and says so.
	 * @returns whether there is anything
	 */
	protected present(view: View, picture: Omit<Picture, "yRange" | "log" | "empty">): boolean {
		this.view = view;
		const { log } = this;
		const samples = picture.lines.map((line) => line.values);
		let range = log ? extent(samples, Number.MIN_VALUE) : extent(samples);
		const least = range && log ? Math.max(range[0], this.leastDrawn(range[1])) : undefined;
		if (least !== undefined) range = extent(samples, least);
		const yRange = range ? this.yRange(range) : emptyRange(log);
		const below = log && putOnEdge(samples, least ?? yRange[0], yRange[0]);
		setShown(this.edge, below);
		if (below) setText(this.edge, t("below {0}: on the lower edge", formatRate(rounded(least ?? yRange[0]))));
		const any = below || range !== undefined;
		this.chart.draw({ ...picture, yRange, log, empty: !any });
		this.showTable(view);
		return any;
	}

	/** Puts something of other hands below the chart and above its numbers. */
	addBelow(part: HTMLElement): void {
		this.table.element.before(part);
	}

	summarise(view: View): void {
		this.chart.setSummary(`${this.summary(view)} ${view.runs.length > 0 ? keysHelp : ""}`.trim());
	}

	/** @returns the lines on a grid, the last one on top */
	protected abstract lines(view: View, grid: Grid): Line[];
	/** @returns of a thinned grid the points, and what they stand for; undefined where every figure is drawn all the same */
	protected drawn(_view: View, grid: Grid, _lines: readonly Line[]): [number, number] | undefined {
		return [grid.x.length, grid.iterations];
	}
	/** @returns what it shows as numbers */
	abstract columns(view: View): Column[];
	/** @returns what a picture's legend says of it */
	abstract legend(view: View): LegendEntry[];
	/** @returns what it shows, in a sentence or two */
	protected abstract summary(view: View): string;

	protected yRange([low, high]: [number, number]): [number, number] {
		return paddedRange(low, high, this.log);
	}

	/** @returns where a logarithmic axis ends at the latest */
	protected leastDrawn(high: number): number {
		return leastDrawn(high);
	}

	private openTable(open: boolean): void {
		this.table.open(open);
		setAttribute(this.tableButton, "aria-expanded", String(open));
		if (this.view !== undefined) this.showTable(this.view);
	}

	/** An overview has no numbers: they are shown once they are there. */
	private showTable(view: View): void {
		if (!this.table.shown || !view.runs.every(({ curves, view }) => curves.whole && view.epochs.whole)) return;
		this.table.show(this.columns(view), view.range, view.end);
	}
}

/** Two buttons, of which one is pressed: a linear or a logarithmic axis. */
export function scaleSwitch(options: {
	label: string;
	/** test ids are lin-NAME and log-NAME */
	testId: string;
	log: boolean;
	change(log: boolean): void;
}): HTMLElement {
	const buttons = [false, true].map((log) => {
		const title = log ? t("Logarithmic axis") : t("Linear axis");
		const button = element("button", { type: "button", title }, log ? t("log") : t("lin"));
		button.dataset.testid = `${log ? "log" : "lin"}-${options.testId}`;
		button.addEventListener("click", () => {
			describe(log);
			options.change(log);
		});
		return button;
	});
	const describe = (log: boolean): void => {
		buttons.forEach((button, index) => {
			button.setAttribute("aria-pressed", String((index === 1) === log));
		});
	};
	describe(options.log);
	return element("span", { class: "switch", role: "group", "aria-label": options.label }, ...buttons);
}

/** what is left of a line's opacity while another run is pointed at */
const steppedBack = 0.2;

const keysHelp = t("Left and right arrow read values, plus and minus zoom, Escape shows all.");

function iconButton(name: string, label: string, testId: string): HTMLButtonElement {
	return element(
		"button",
		{ type: "button", class: "icon", title: label, "aria-label": label, "data-testid": testId },
		icon(name),
	);
}

function emptyRange(log: boolean): [number, number] {
	return log ? [0.01, 1] : [0, 1];
}

/** Two digits of a number are enough to say what is meant. */
function rounded(value: number): number {
	return Number(value.toPrecision(2));
}
