/** One uPlot chart: it is given sampled lines and ranges, and says when it has drawn them and where the cursor is. */
import uPlot from "uplot";
import { t } from "../../src/l10n.ts";
import { element, setAttribute, setShown } from "../dom.ts";
import type { Palette } from "../theme.ts";
import type { Line, Picture } from "./picture.ts";
import { linearLabels, linearTicks, logLabels, logTicks, xLabels, xTicks } from "./ticks.ts";

export interface ChartEvents {
	/** after the canvas holds the last picture */
	drawn(): void;
	/** the cursor's place on the x axis, undefined when it left */
	cursor(iteration: number | undefined): void;
	zoom(first: number, last: number): void;
	/** the wheel over the plot: turned by so many pixels at an iteration; true when it was taken */
	wheel(turn: { iteration: number; across: number; along: number }): boolean;
	resetZoom(): void;
	/** the size changed: a new picture is needed */
	resized(): void;
	key(event: KeyboardEvent): void;
}

/** all charts have their y axis in one line, but for labels that need more */
const axisWidth = 58;
const axisGap = 8;
const axisHeight = 26;
/** measures labels */
const ruler = element("canvas").getContext("2d")!;
const mostPixels = 4096;
/** room for half of the last label on the x axis */
const edge = 24;
/** A wheel that scrolls the page goes on to do so when a chart comes under it, until it has rested this long. */
const wheelRest = 300;
let wheelScrolledAt = Number.NEGATIVE_INFINITY;
/** CSS pixels that a label on the x and on the y axis has to itself */
const tickSpace = [72, 34];

export class Chart {
	/** holds the canvas; its label is the summary for a screen reader */
	readonly canvas: HTMLElement;
	/** canvas with what floats over it */
	readonly element: HTMLElement;
	private plot: uPlot | undefined;
	private structure = "";
	private picture: Picture = { x: [], lines: [], xRange: [0, 1], yRange: [0, 1], log: false, logX: false, empty: true };
	private palette: Palette;
	private readonly events: ChartEvents;

	constructor(testId: string, palette: Palette, events: ChartEvents) {
		this.palette = palette;
		this.events = events;
		this.canvas = element("div", {
			class: "canvas",
			"data-testid": testId,
			// not an image: its keys are its own, also for a screen reader that would else take the arrows
			role: "application",
			"aria-roledescription": t("chart"),
			tabindex: "0",
		});
		this.element = element("div", { class: `plot ${testId}` }, this.canvas);
		this.canvas.addEventListener("keydown", (event) => events.key(event));
		this.canvas.addEventListener("blur", () => this.placeCursor(undefined));
		this.canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
		new ResizeObserver(() => events.resized()).observe(this.canvas);
	}

	/** Width of the plotting area in device pixels; no more than overviews are made for (src/extension/views/overview.ts). */
	get pixels(): number {
		const pixels = Math.round((this.canvas.clientWidth - axisWidth - edge) * devicePixelRatio);
		return Math.min(mostPixels, Math.max(1, pixels));
	}

	setPalette(palette: Palette): void {
		this.palette = palette;
		this.structure = "";
	}

	setSummary(summary: string): void {
		setAttribute(this.canvas, "aria-label", summary);
	}

	draw(picture: Picture): void {
		const width = this.canvas.clientWidth;
		const height = this.canvas.clientHeight;
		if (width === 0 || height === 0) return;
		this.picture = picture;
		const data = [picture.x, ...picture.lines.map((line) => line.values)] as uPlot.AlignedData;
		const structure = JSON.stringify([
			picture.log,
			picture.logX,
			picture.rates,
			picture.empty,
			devicePixelRatio,
			...picture.lines.map(({ colour, width, dash, shape }) => [colour, width, dash, shape]),
		]);
		if (this.plot === undefined || structure !== this.structure) {
			this.plot?.destroy();
			this.structure = structure;
			this.plot = new uPlot(this.options(picture, width, height), data, this.canvas);
			return;
		}
		const plot = this.plot;
		picture.lines.forEach(({ alpha }, index) => {
			plot.series[index + 1].alpha = alpha;
		});
		plot.batch(() => {
			if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
			plot.setData(data, false);
			plot.setScale("x", { min: picture.xRange[0], max: picture.xRange[1] });
			plot.setScale("y", { min: picture.yRange[0], max: picture.yRange[1] });
		});
	}

	/** CSS pixels from the chart element's left to an iteration's place; undefined out of sight. */
	left(iteration: number): number | undefined {
		const plot = this.plot;
		if (plot === undefined) return undefined;
		const left = plot.valToPos(iteration, "x");
		if (left < -1 || left > plot.over.clientWidth + 1) return undefined;
		return left + plot.over.offsetLeft + this.canvas.offsetLeft;
	}

	/** CSS pixels from the chart element's top to the x axis. */
	get bottom(): number {
		return this.plot === undefined ? 0 : this.plot.over.offsetTop + this.plot.over.clientHeight;
	}

	/** What was drawn last, for a picture in a file. */
	get drawnPicture(): Picture {
		return this.picture;
	}

	/** Puts the cursor at an iteration, for the keyboard and for the other chart. */
	placeCursor(iteration: number | undefined): void {
		const plot = this.plot;
		if (plot === undefined) return;
		const left = iteration === undefined ? -10 : plot.valToPos(iteration, "x");
		plot.setCursor({ left, top: iteration === undefined ? -10 : plot.over.clientHeight / 2 }, false);
	}

	private onWheel(event: WheelEvent): void {
		const plot = this.plot;
		if (plot === undefined || this.picture.empty) return;
		const now = performance.now();
		const scrolling = now - wheelScrolledAt < wheelRest;
		const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
		const place = event.clientX - plot.over.getBoundingClientRect().left;
		const turn = {
			iteration: plot.posToVal(Math.min(plot.over.clientWidth, Math.max(0, place)), "x"),
			across: (event.shiftKey ? event.deltaY : event.deltaX) * unit,
			along: event.shiftKey ? 0 : event.deltaY * unit,
		};
		if (!scrolling && this.events.wheel(turn)) event.preventDefault();
		else wheelScrolledAt = now;
	}

	private options(picture: Picture, width: number, height: number): uPlot.Options {
		const { palette } = this;
		const axis = (more: uPlot.Axis): uPlot.Axis => ({
			stroke: palette.description,
			grid: { stroke: palette.grid, width: 1, filter: (_plot, splits) => splits },
			ticks: { show: false },
			border: { show: palette.highContrast, stroke: palette.description, width: 1 },
			font: palette.font,
			filter: (_plot, splits) => splits,
			// no part in the ticks, but without a step that it finds fitting uPlot draws no axis, as for costs of 1e40
			incrs: (_plot, _axis, min, max) => [Math.max(5, max - min)],
			...more,
		});
		const label = (labels: string[]) => (picture.empty ? labels.map(() => "") : labels);
		return {
			width,
			height,
			padding: [8, edge, 0, 0],
			legend: { show: false },
			scales: {
				x: { time: false, distr: picture.logX ? 3 : 1, range: () => this.picture.xRange },
				y: { distr: picture.log ? 3 : 1, range: () => this.picture.yRange },
			},
			axes: [
				axis({
					size: axisHeight,
					splits: (plot, _axis, min, max) => {
						const most = Math.max(2, Math.floor(plot.bbox.width / devicePixelRatio / tickSpace[0]));
						return xTicks(min, max, most, picture);
					},
					values: (_plot, splits) => label(xLabels(splits, picture)),
				}),
				axis({
					size: (_plot, labels) => this.widthFor(labels ?? []),
					gap: axisGap,
					splits: (plot, _axis, min, max) => {
						const most = picture.empty
							? 5
							: Math.max(2, Math.floor(plot.bbox.height / devicePixelRatio / tickSpace[1]));
						return picture.log ? logTicks(min, max, most) : linearTicks(min, max, most);
					},
					values: (_plot, splits) => label(picture.log ? logLabels(splits) : linearLabels(splits)),
				}),
			],
			cursor: {
				y: false,
				points: { show: false },
				drag: { x: true, y: false, setScale: false },
				bind: {
					dblclick: () => () => {
						this.events.resetZoom();
						return null;
					},
				},
			},
			series: [{}, ...picture.lines.map((line, index) => this.series(line, index))],
			hooks: {
				draw: [() => this.events.drawn()],
				setCursor: [
					(plot) => {
						const left = plot.cursor.left ?? -1;
						this.events.cursor(left < 0 || this.picture.empty ? undefined : plot.posToVal(left, "x"));
					},
				],
				setSelect: [
					(plot) => {
						const { left, width: selected } = plot.select;
						if (selected > 4) this.events.zoom(plot.posToVal(left, "x"), plot.posToVal(left + selected, "x"));
						plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
					},
				],
			},
		};
	}

	/** CSS pixels that a y axis takes. */
	private widthFor(labels: readonly string[]): number {
		ruler.font = this.palette.font;
		const widest = Math.max(0, ...labels.map((label) => ruler.measureText(label).width));
		// uPlot rounds its font to whole device pixels
		return Math.max(axisWidth, Math.ceil(1.05 * widest) + axisGap);
	}

	/** A faint line has no points. */
	private isStrong(index: number): boolean {
		return (this.picture.lines[index]?.alpha ?? 0) >= 0.6;
	}

	private series(line: Line, index: number): uPlot.Series {
		const dots = line.shape === "dots" || line.shape === "dottedLine";
		/** whether points of this line stand far enough apart for dots */
		const roomy = (plot: uPlot) => {
			const values = this.picture.lines[index]?.values ?? [];
			let points = 0;
			for (let i = 0; i < values.length; i++) if (values[i] !== null) points++;
			return points * (dots ? 12 : 24) * devicePixelRatio <= plot.bbox.width;
		};
		const paths = line.shape === "steps" ? uPlot.paths.stepped!({ align: 1 }) : uPlot.paths.linear!();
		return {
			stroke: line.colour,
			width: line.width,
			alpha: line.alpha,
			dash: line.dash,
			spanGaps: dots,
			paths: (plot, series, from, to) => (line.shape === "dots" && roomy(plot) ? null : paths(plot, series, from, to)),
			points: {
				show: (plot) => this.isStrong(index) && (line.shape === "steps" ? plot.data[0].length === 1 : roomy(plot)),
				size: dots ? 8 : 5,
				width: dots ? 1.5 : 0,
				fill: line.colour,
				stroke: dots ? this.palette.background : line.colour,
			},
		};
	}
}

/** What an empty chart says in its middle. */
export function makeHint(chart: Chart): (content: Node | string | undefined) => void {
	const hint = element("div", { class: "hint" });
	chart.element.append(hint);
	return (content) => {
		setShown(hint, content !== undefined);
		if (content !== undefined && hint.firstChild !== content && hint.textContent !== content)
			hint.replaceChildren(content);
	};
}
