/** What the panel saves: a name and what stands in the file. */

import { fileName } from "../../src/file-name.ts";
import type { Figure, FileKind, View } from "../charts/figure.ts";
import type { RunCurves } from "../charts/run-curves.ts";
import { formatSingle } from "../format.ts";
import type { RunView } from "../run-view.ts";
import { chartCsv } from "./csv.ts";
import { pngOf } from "./png.ts";
import { svgOf } from "./svg.ts";

export interface SavedFile {
	name: string;
	content: string | Uint8Array;
}

/** CSS pixels of a chart in a file, whatever the panel's own size is. */
const size = { width: 960, height: 540 };
/** device pixels of a PNG for each of them */
const pngScale = 2;

/** A chart as it is zoomed: every raw value, or a picture of it. */
export async function chartFile(figure: Figure, kind: FileKind, view: View): Promise<SavedFile> {
	const name = `${fileName((view.current ?? view.runs[view.runs.length - 1])?.view.name ?? "chart")}-${figure.name}.${kind}`;
	if (kind === "csv") return { name, content: chartCsv(figure.columns(view), view.range) };
	const svg = svgOf(figure.chart.drawnPicture, {
		title: figure.title,
		legend: figure.legend(view),
		palette: view.palette,
		xLabel: figure.xLabel,
		...size,
	});
	return { name, content: kind === "svg" ? svg : await pngOf(svg, size.width, size.height, pngScale) };
}

/** Every step of a run. */
export function stepsFile(run: RunView, curves: RunCurves): SavedFile {
	const columns = [
		{ label: "cost", curve: curves.cost },
		{ label: "smoothed cost", curve: curves.smoothed },
		{ label: "learning rate", curve: curves.learningRate },
		{ label: "gradient norm", curve: curves.gradientNorm },
	];
	return { name: `${fileName(run.name)}-steps.csv`, content: chartCsv(columns, [1, curves.length]) };
}

/** Every epoch of a run. */
export function epochsFile(run: RunView): SavedFile {
	const { epochs } = run;
	const share = epochs.last?.devR2 === undefined ? "dev accuracy" : "dev R2";
	const figure = (value: number) => (Number.isNaN(value) ? "" : formatSingle(value));
	const lines = [`epoch,iteration,cost,dev cost,${share}`];
	for (let i = 0; i < epochs.length; i++) {
		const { cost, devCost, devShare } = epochs;
		const figures = [cost, devCost, devShare].map((curve) => figure(curve.values[i]));
		lines.push([epochs.at(i)?.epoch, epochs.iterationOf(i), ...figures].join(","));
	}
	return { name: `${fileName(run.name)}-epochs.csv`, content: `${lines.join("\n")}\n` };
}
