import { kindsOf } from "../run-kinds.ts";
import type { RunView } from "../run-view.ts";
import type { PanelModel } from "../state.ts";
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

/**
 * @param colours that runs take in turn
 * @returns the runs whose curves are to be seen, oldest first and over all others the one that the panel speaks of; where
 * they differ in kind, it stands in their names
 */
export function drawnRuns(model: PanelModel, colours: readonly string[]): DrawnRun[] {
	const drawn = model.state.runs.filter(({ id, visible }) => visible && model.curvesFor(id)?.length);
	const kinds = kindsOf(drawn);
	const runs = drawn.map((view): DrawnRun => {
		const kind = kinds.get(view.id);
		const place = view.colour;
		return {
			view: kind === undefined ? view : { ...view, name: `${view.name} · ${kind}` },
			curves: model.curvesFor(view.id)!,
			colour: colours[place % colours.length],
			dash: place < colours.length ? undefined : [6, 3],
			current: view.id === model.current?.id,
		};
	});
	return runs.sort((a, b) => Number(a.current) - Number(b.current));
}
