/** What a chart shows, as plain data: lines on a grid, a legend, and the numbers behind them. */
import type { Curve } from "./curve.ts";

export interface Line {
	values: (number | null)[];
	colour: string;
	width: number;
	alpha: number;
	dash?: number[];
	/**
	 * dots: points where they have room, else a thin line; dottedLine: a line, with points where they have room; steps:
	 * each value holds until the next
	 */
	shape: "line" | "steps" | "dots" | "dottedLine";
	/** id of the run that it is of */
	run?: string;
}

export interface Picture {
	x: number[];
	lines: Line[];
	xRange: [number, number];
	yRange: [number, number];
	/** of the y axis */
	log: boolean;
	logX: boolean;
	/** along the x axis lie learning rates, not iterations */
	rates?: boolean;
	/** nothing to show: a bare frame */
	empty: boolean;
}

/** Values at ascending iterations; NaN where there is none. */
export interface Points {
	at: Uint32Array;
	values: Float32Array;
}

/** What a figure shows as numbers, for its table and its files: a value an iteration, or at some iterations. */
export interface Column {
	/** in files */
	label: string;
	/** on the screen */
	heading?: string;
	/** name of the run that it is of, above the heading */
	run?: string;
	curve?: Curve;
	points?: Points;
	/** of several iterations: their last value stands for them, else their lowest and highest */
	last?: boolean;
	/** how a value is written; else as a cost */
	format?: (value: number) => string;
}

/** One entry of a picture's legend. */
export interface LegendEntry {
	label: string;
	colour: string;
	dash?: number[];
	dots?: boolean;
}
