import type { RunView } from "../run-view.ts";
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
