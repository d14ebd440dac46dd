// What the charts say of several runs at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeGrid } from "../../webview/charts/decimation.ts";
import { devEntries, devLines } from "../../webview/charts/dev-lines.ts";
import { type DrawnRun, drawnRuns } from "../../webview/charts/drawn-run.ts";
import { Epochs } from "../../webview/charts/epochs.ts";
import { rateWords } from "../../webview/charts/rate-words.ts";
import { readingsAt } from "../../webview/charts/readings.ts";
import { RunCurves } from "../../webview/charts/run-curves.ts";
import { bestRun } from "../../webview/controls/best-run.ts";
import { split } from "../../webview/controls/compare-columns.ts";
import { svgOf } from "../../webview/files/svg.ts";
import { kindsOf } from "../../webview/run-kinds.ts";
import type { RunView } from "../../webview/run-view.ts";
import { PanelModel } from "../../webview/state.ts";

const palette = {
	...{ foreground: "#000", description: "#555", background: "#fff", grid: "#eee", dev: "yellow" },
	...{ runs: [], font: "", highContrast: false },
};

/** @param devCosts of an epoch of two iterations each, NaN where there is none */
function drawn(name: string, costs: number[], devCosts: number[], current = false): DrawnRun {
	const cost = Float32Array.from(costs);
	const curves = new RunCurves(0);
	curves.replace({ cost, learningRate: cost.map(() => 0.5), gradientNorm: cost.map(() => 2) });
	const epochs = new Epochs();
	epochs.replace({
		first: 1,
		stepsPerEpoch: 2,
		cost: Float32Array.from(devCosts),
		devCost: Float32Array.from(devCosts),
		devShare: Float32Array.from(devCosts, (value) => 1 - value),
		share: "accuracy",
	});
	const view = {
		...{ id: name, name, dataset: "a.csv", phase: "finished" as const, iteration: costs.length },
		...{ findings: [], rateChanges: [], visible: true, colour: 0, epochs },
	};
	return { view, curves, colour: current ? "blue" : "green", current };
}

test("the dev cost of every drawn run is a line, in its own colour but for the current run's", () => {
	const runs = [drawn("one", [4, 3, 2, 1], [0.5, 0.25]), drawn("two", [4, 3, 2, 1], [0.75, Number.NaN], true)];
	const lines = devLines(runs, palette.dev, makeGrid(1, 4, 4, 400));
	assert.deepEqual(
		lines.map(({ colour, values }) => [colour, ...values]),
		[
			["green", null, 0.5, null, 0.25],
			["yellow", null, 0.75, null, null],
		],
	);
	assert.ok(lines.every(({ dash, shape }) => dash !== undefined && shape === "dots"));
	assert.deepEqual(
		devEntries([...runs, drawn("none", [1], [])], palette.dev).map(({ label, colour }) => [label, colour]),
		[
			["one dev", "green"],
			["dev", "yellow"],
		],
	);
});

test("the box beside the cursor has the dev cost and accuracy of every run, as they were by then", () => {
	const runs = [drawn("one", [4, 3, 2, 1], [0.5, 0.25]), drawn("two", [4, 3, 2, 1], [0.75, 0.125], true)];
	const at = (iteration: number) =>
		Object.fromEntries(readingsAt({ runs, palette }, iteration).map((row) => [row.label, row.value]));
	assert.equal(at(3).one, "2.000 · dev 0.500 · 0.500");
	assert.equal(at(4).one, "1.000 · dev 0.250 · 0.750");
	assert.equal(at(1).one, "4.000");
	assert.equal(at(4)["dev, epoch 2"], "0.125");
});

test("the run that the panel speaks of lies over the others, and tables and readings begin with it", () => {
	const model = new PanelModel(0.9);
	const curve = Float32Array.of(3, 2);
	const epochs = { first: 1, stepsPerEpoch: 2, cost: curve, devCost: curve, devShare: curve, share: "r2" } as const;
	const series = { cost: curve, learningRate: curve, gradientNorm: curve };
	const runs = ["a", "b", "c", "d"].map((id, colour) => ({
		...{ id, name: `run ${id}`, dataset: "", phase: "finished" as const, iteration: 2, findings: [], rateChanges: [] },
		...{ visible: id !== "c", colour },
	}));
	for (const { id } of runs) model.apply({ type: "series", runId: id, series, epochs });
	const state = { live: { on: false }, datasets: [], runFiles: [], inspecting: false, form: {}, trusted: true };
	const names = (shown?: string) => {
		model.apply({ type: "state", state: { ...state, runs, shown } });
		return drawnRuns(model, ["red", "blue"]).map(({ view, colour, dash }) => `${view.id} ${colour} ${dash ?? ""}`);
	};
	assert.deepEqual(names(), ["a red ", "b blue ", "d blue 6,3"]);
	assert.deepEqual(names("a"), ["b blue ", "d blue 6,3", "a red "]);
	assert.deepEqual(names("c"), ["a red ", "b blue ", "d blue 6,3"]);
	names("a");
	const labels = readingsAt({ runs: drawnRuns(model, ["red"]), palette }, 1).map(({ label }) => label);
	assert.deepEqual([labels[0], ...labels.slice(-2)], ["cost", "run d", "run b"]);
});

test("a legend that is wider than its picture goes on in further rows, which the plot leaves free", () => {
	const rows = (count: number) => {
		const legend = Array.from({ length: count }, (_, i) => ({ label: `gradientDescent-${i}`, colour: "red" }));
		const svg = svgOf(
			{
				lines: [{ values: [0, 1], colour: "red", width: 1, alpha: 1, shape: "line" }],
				...{ x: [1, 2], xRange: [1, 2], yRange: [0, 1], log: false, logX: false, empty: false },
			},
			{ title: "Cost", legend, palette, width: 500, height: 300, xLabel: "iteration" },
		);
		const texts = [...svg.matchAll(/<text x="(\d+)" y="(\d+)" [^>]*>gradientDescent/g)];
		return {
			x: texts.map(([, x]) => Number(x)),
			y: texts.map(([, , y]) => Number(y)),
			top: Number(/d="M64 [\d.]+L476 ([\d.]+)/.exec(svg)?.[1]),
		};
	};
	assert.deepEqual(rows(2).y, [48, 48]);
	const many = rows(7);
	assert.deepEqual(many.y, [48, 48, 66, 66, 84, 84, 102]);
	assert.ok(many.x.every((x) => x < 400));
	assert.equal(many.top, 44 + 20 + 3 * 18);
});

test("runs are told apart by what they learned as far as that differs: the table, the target, the task", () => {
	const run = (id: string, dataset: string, target: string, task = "binary", mtimeMs = 0) => {
		const start = { run: { dataset: { path: `/w/${dataset}`, target, task } }, fingerprint: { size: 9, mtimeMs } };
		return { id, dataset, start } as RunView;
	};
	const kinds = (...runs: RunView[]) => [...kindsOf(runs).values()];
	assert.deepEqual(kinds(run("1", "a.csv", "y"), run("2", "a.csv", "y")), []);
	assert.deepEqual(kinds(run("1", "data/a.csv", "y"), run("2", "b.csv", "y", "regression")), ["a.csv", "b.csv"]);
	assert.deepEqual(kinds(run("1", "one/a.csv", "y"), run("2", "two/a.csv", "y")), ["one/a.csv", "two/a.csv"]);
	assert.deepEqual(kinds(run("1", "a.csv", "y"), run("2", "a.csv", "z")), ["y", "z"]);
	assert.deepEqual(kinds(run("1", "a.csv", "y"), run("2", "b.csv", "z")), ["a.csv", "b.csv"], "no more than needed");
	assert.deepEqual(kinds(run("1", "a.csv", "y"), run("2", "b.csv", "y"), run("3", "b.csv", "z")), [
		...["a.csv, y", "b.csv, y", "b.csv, z"],
	]);
	assert.deepEqual(kinds(run("1", "a.csv", "y"), run("2", "a.csv", "y", "regression")), ["Binary", "Regression"]);
	const changed = new Date(2025, 0, 31, 14, 5, 9).getTime();
	assert.deepEqual(
		kinds(run("1", "a.csv", "y", "binary", changed), run("2", "a.csv", "y", "binary", changed + 61_000)),
		["as of 2025-01-31 14:05:09", "as of 2025-01-31 14:06:10"],
	);
	assert.deepEqual(kinds(run("1", "a.csv", "y", "binary", changed), run("2", "b.csv", "y")), ["a.csv", "b.csv"]);
	const preparing = { id: "3", dataset: "c.csv" } as RunView;
	assert.deepEqual(kinds(run("1", "a.csv", "y"), preparing), []);
});

test("the schedule of a rate that was changed by hand is no longer called constant, and has the product of all changes", () => {
	const text = (...rates: Parameters<typeof rateWords>) =>
		rateWords(...rates)
			.map(({ text, raised }) => (raised ? `^${text}` : text))
			.join("");
	assert.equal(text({ name: "constant" }, 0.001, []), "constant 0.001");
	const changes = [
		{ iteration: 10, factor: 0.5 },
		{ iteration: 90, factor: 0.1 },
	];
	assert.equal(text({ name: "constant" }, 0.001, changes.slice(0, 1)), "0.001, × 0.5 by hand");
	assert.equal(text({ name: "constant" }, 0.001, changes), "0.001, × 0.05 by hand");
	assert.equal(text({ name: "exponential", base: 0.95 }, 0.2, changes), "0.2 × 0.95^epoch, × 0.05 by hand");
	assert.equal(text({ name: "inverseTime", rate: 1 }, 0.2, []), "0.2 / (1 + epoch)");
	assert.equal(text({ name: "cosine" }, 0.2, []), "Cosine");
});

test("runs that differ in clipping differ in a column, others say what they have in common", () => {
	const run = (clip?: object) => {
		const optimizer = { name: "adam", learningRate: 0.001 };
		const all = {
			dataset: { target: "y", task: "binary" },
			model: { layers: [8] },
			optimizer,
			decay: { name: "constant" },
		};
		const start = { run: { ...all, clip }, fingerprint: { size: 9, mtimeMs: 0 } };
		return { dataset: "a.csv", phase: "finished", iteration: 5, rateChanges: [], start, epochs: new Epochs() };
	};
	const clipping = (...clips: object[]) => {
		const runs = clips.map(run) as unknown as RunView[];
		const { shown, same } = split(runs);
		const column = shown.find(({ name }) => name === "clipping");
		return column ? runs.map((run) => column.value(run)) : /clipping ([^,]+)/.exec(same)?.[1];
	};
	assert.equal(clipping({}, {}), "none");
	assert.deepEqual(clipping({}, { norm: 0.5 }, { norm: 2, value: 0.1 }), [
		"none",
		"norm ≤ 0.5",
		"value ≤ 0.1, norm ≤ 2",
	]);
});

test("the best of the runs that can be compared is named with the next one", () => {
	const run = (name: string, done: object | undefined, target = "y", mtimeMs = 0) =>
		({
			...{ id: name, name, dataset: "a.csv" },
			done: done && { outcome: "finished", ...done },
			start: { run: { dataset: { target, task: "binary" } }, fingerprint: { mtimeMs } },
		}) as unknown as RunView;
	const slow = run("slow", { cost: 0.01, devCost: 0.5 });
	const adam = run("adam", { cost: 0.2, devCost: 0.03125 });
	const lost = run("lost", { outcome: "diverged", cost: Number.NaN, devCost: 0.001 });
	const going = run("going", undefined);
	const best = bestRun([slow, adam, lost, going], going);
	assert.equal(best?.run, adam);
	assert.equal(best.words, "Of 2 runs, adam has the lowest dev cost: 0.0313; then slow with 0.500.");
	assert.equal(bestRun([adam, lost, going], adam), undefined, "nothing to compare it with");
	const other = run("other", { cost: 0.1, devCost: 0.001 }, "z");
	assert.equal(bestRun([slow, adam, other], adam)?.run, adam, "another target's cost is another thing");
	assert.equal(bestRun([slow, adam, other], other), undefined);
	const later = run("later", { cost: 0.1, devCost: 0.001 }, "y", 60_000);
	assert.equal(bestRun([slow, adam, later], adam)?.run, adam, "nor are costs of other rows");
	const plain = [run("a", { cost: 0.25 }), run("b", { cost: 0.125 })];
	assert.match(bestRun(plain, undefined)!.words, /^Of 2 runs, b has the lowest cost: /);
});
