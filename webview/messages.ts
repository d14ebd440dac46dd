/**
 * The boundary: a message from the host is taken only if it has the shape that the protocol says. What does not is
 * dropped, so nothing behind this file has to ask whether a member is there.
 */

import type { DatasetSummary } from "../src/engine/protocol/dataset.ts";
import type {
	CurveOverview,
	EpochsOverview,
	HostToPanel,
	PanelState,
	RangeTest,
	RunOverview,
	RunSeries,
} from "../src/engine/protocol/panel.ts";
import type { EpochSeries, StepBatch } from "../src/engine/protocol/run.ts";

type Check = (value: unknown) => boolean;
type Fields = Record<string, Check>;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const number: Check = (value) => typeof value === "number";
/** A cost may be anything; JSON makes null of what is not finite. */
const figure: Check = (value) => value === null || number(value);
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const optional =
	(check: Check): Check =>
	(value) =>
		value === undefined || value === null || check(value);
const oneOf =
	(...words: string[]): Check =>
	(value) =>
		words.includes(value as string);
const listOf =
	(check: Check): Check =>
	(value) =>
		Array.isArray(value) && value.every(check);
const object =
	(fields: Fields): Check =>
	(value) =>
		typeof value === "object" &&
		value !== null &&
		Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const task = oneOf("regression", "binary", "multiclass");
const optimizer = oneOf("gradientDescent", "momentum", "rmsprop", "adam", "adamw", "adagrad", "nadam", "lion");
const decay = oneOf(
	...["constant", "inverseTime", "exponential", "sqrtEpoch", "sqrtStep", "staircase"],
	...["piecewise", "cosine", "linear", "oneCycle", "manual"],
);
const batchSize: Check = (value) => value === "full" || value === "auto" || count(value);

const summary = object({
	path: text,
	rows: count,
	columns: listOf(
		object({
			name: text,
			kind: text,
			otherKinds: optional(listOf(text)),
			dates: optional(oneOf("dayFirst", "monthFirst")),
			missing: count,
			missingMarks: optional(listOf(text)),
			levels: optional(listOf(object({ value: text, count }))),
			distinct: optional(count),
			min: optional(number),
			max: optional(number),
			mean: optional(number),
			written: optional(text),
			histogram: optional(object({ from: number, width: number, counts: listOf(count) })),
			cycles: optional(listOf(text)),
			setAside: optional(text),
		}),
	),
	target: text,
	targetReason: text,
	task,
	taskReason: text,
	otherTask: optional(task),
	features: count,
	classes: optional(listOf(text)),
	classRows: optional(listOf(count)),
	parts: optional(object({ train: count, dev: count, test: count })),
	droppedRows: optional(count),
	targetlessRows: optional(count),
	incompleteRows: optional(count),
});

const memory = object({
	table: number,
	miniBatch: number,
	parameters: number,
	gradients: number,
	optimizerState: number,
	other: number,
	total: number,
});
const streams = object({ bytes: number, blockBytes: number });

const start = object({
	run: object({
		dataset: object({ path: text, target: text, task }),
		model: object({ layers: listOf(count), activation: text }),
		optimizer: object({
			name: optimizer,
			learningRate: number,
			beta: optional(number),
			beta1: optional(number),
			beta2: optional(number),
		}),
		decay: object({ name: text, rate: optional(number), base: optional(number) }),
		batchSize: count,
		epochs: count,
		l2: number,
		clip: optional(object({ norm: optional(number), value: optional(number) })),
		seed: number,
	}),
	trainRows: count,
	devRows: count,
	testRows: count,
	sampledFrom: optional(count),
	fingerprint: object({ size: number, mtimeMs: number }),
	stepsPerEpoch: count,
	iterations: count,
	parameters: count,
	memory,
	streams: optional(streams),
});

const finding = object({
	code: text,
	severity: oneOf("error", "warning", "info"),
	message: text,
	advice: optional(text),
	iteration: optional(number),
	rows: optional(listOf(count)),
});

const done = object({
	outcome: oneOf("finished", "stoppedEarly", "stopped", "outOfTime", "diverged"),
	iterations: count,
	bestEpoch: optional(count),
	cost: figure,
	devCost: optional(number),
	devAccuracy: optional(number),
	devR2: optional(number),
	testCost: optional(number),
	testAccuracy: optional(number),
	testR2: optional(number),
	seconds: number,
	stepsPerSecond: number,
});

const form = object({
	optimizer: optional(optimizer),
	learningRate: optional(number),
	beta: optional(number),
	beta1: optional(number),
	beta2: optional(number),
	weightDecay: optional(number),
	decay: optional(decay),
	decayRate: optional(number),
	decayBase: optional(number),
	batchSize: optional(batchSize),
	epochs: optional(number),
	layers: optional(listOf(count)),
	activation: optional(oneOf("relu", "leakyRelu", "tanh", "sigmoid", "gelu")),
	l2: optional(number),
	seed: optional(number),
});

const run = object({
	id: text,
	name: text,
	dataset: text,
	phase: oneOf(
		"preparing",
		"running",
		"paused",
		"finished",
		"stoppedEarly",
		"stopped",
		"outOfTime",
		"diverged",
		"interrupted",
		"failed",
	),
	iteration: count,
	plan: optional(object({ rows: count, memory, limit: number, streams: optional(streams) })),
	asked: optional(form),
	start: optional(start),
	findings: listOf(finding),
	rateChanges: listOf(object({ iteration: count, factor: number })),
	done: optional(done),
	error: optional(text),
	stepsPerSecond: optional(number),
	visible: flag,
	colour: count,
	live: optional(oneOf("now", "before")),
	schedule: optional(text),
});

const liveValue = object({ name: text, value: text, why: text });

const live = object({
	on: flag,
	file: optional(text),
	read: optional(listOf(liveValue)),
	settled: optional(listOf(oneOf("target", "task"))),
	assumed: optional(listOf(liveValue)),
	counts: optional(object({ rows: optional(count), stepsPerEpoch: optional(count) })),
	mended: optional(listOf(text)),
	problem: optional(text),
	difference: optional(text),
});

const state = object({
	live,
	datasets: listOf(text),
	dataset: optional(text),
	runFiles: listOf(text),
	runFile: optional(text),
	inspecting: flag,
	reading: optional(object({ rows: count, about: count })),
	problem: optional(text),
	form,
	runs: listOf(run),
	shown: optional(text),
	trusted: flag,
});

const range = object({
	name: text,
	words: text,
	search: object({
		rates: listOf(number),
		costs: listOf(listOf(figure)),
		median: listOf(figure),
		rate: optional(number),
	}),
});

/** Blocks of less than 16 values have no place in the panel's pyramid. */
const shift: Check = (value) => count(value) && (value as number) >= 4 && (value as number) < 32;
const curveOverview: Check = (value) => {
	const { bounds, ends } = (value ?? {}) as Record<string, unknown>;
	return bounds instanceof Float32Array && ends instanceof Float32Array && ends.length === 2;
};
const overviewOf = (...curves: string[]): Check => {
	const fields = object({ length: count, shift, ...Object.fromEntries(curves.map((name) => [name, curveOverview])) });
	return (value) => {
		if (!fields(value)) return false;
		const overview = value as Record<string, CurveOverview> & { length: number; shift: number };
		const blocks = Math.ceil(overview.length / 2 ** overview.shift);
		return blocks > 0 && curves.every((name) => overview[name].bounds.length === 2 * blocks);
	};
};
const curvesOverview = overviewOf("cost", "smoothed", "learningRate", "gradientNorm", "smoothedNorm");
const average = object({ average: (value) => listOf(number)(value) && (value as number[]).length === 2 });
const averages = object({
	smoothed: average,
	smoothedNorm: average,
	broken: (places) => places instanceof Uint32Array,
});
const runOverview: Check = (value) => curvesOverview(value) && averages(value);
const share = oneOf("accuracy", "r2");
const epochCurves = overviewOf("cost", "devCost", "devShare");
const epochsOverview: Check = (value) =>
	object({ first: count, stepsPerEpoch: count, share })(value) && epochCurves(value);

const progress = object({ runId: text, iteration: count, stepsPerSecond: number });

/** The message, or undefined when it is none of ours. */
export function readMessage(data: unknown): HostToPanel | undefined {
	if (typeof data !== "object" || data === null) return undefined;
	const message = data as Record<string, unknown>;
	switch (message.type) {
		case "state": {
			if (!state(message.state)) return undefined;
			return { type: "state", state: withoutNulls(message.state as PanelState) };
		}
		case "summary":
			if (message.summary !== null && !summary(message.summary)) return undefined;
			return { type: "summary", summary: message.summary as DatasetSummary | null };
		case "range":
			if (message.range !== null && !range(message.range)) return undefined;
			return { type: "range", range: message.range as RangeTest | null };
		case "series": {
			const series = readSeries(message.series);
			const epochs = readEpochs(message.epochs);
			if (typeof message.runId !== "string" || series === undefined || epochs === undefined) return undefined;
			return { type: "series", runId: message.runId, series, epochs };
		}
		case "overview": {
			const { runId, steps: ofSteps, epochs: ofEpochs } = message;
			const steps = runOverview(ofSteps) ? (ofSteps as RunOverview) : undefined;
			const epochs = epochsOverview(ofEpochs) ? (ofEpochs as EpochsOverview) : readEpochs(ofEpochs);
			if (typeof runId !== "string" || steps === undefined || epochs === undefined) return undefined;
			return { type: "overview", runId, steps, epochs };
		}
		case "fill": {
			const batch = readBatch(message.batch);
			const epochs = readEpochs(message.epochs);
			if (typeof message.runId !== "string" || batch === undefined || epochs === undefined) return undefined;
			return { type: "fill", runId: message.runId, batch, epochs };
		}
		case "steps": {
			const batch = readBatch(message.batch);
			if (typeof message.runId !== "string" || batch === undefined) return undefined;
			return { type: "steps", runId: message.runId, batch };
		}
		case "progress": {
			const epochs = readEpochs(message.epochs);
			if (!progress(message) || epochs === undefined) return undefined;
			return { ...(message as Extract<HostToPanel, { type: "progress" }>), epochs };
		}
		case "rates": {
			const { iterations, stride, rates } = (message.preview ?? {}) as Record<string, unknown>;
			const curve = floats(rates);
			if (!count(iterations) || !count(stride) || curve === undefined) return undefined;
			return { type: "rates", preview: { iterations: iterations as number, stride: stride as number, rates: curve } };
		}
		default:
			return undefined;
	}
}

function readSeries(value: unknown): RunSeries | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const { cost, learningRate, gradientNorm } = value as Record<string, unknown>;
	const curves = [floats(cost), floats(learningRate), floats(gradientNorm)];
	const length = curves[0]?.length;
	// a rate that stands is sent once
	if (length !== undefined && length > 1 && curves[1]?.length === 1) {
		curves[1] = new Float32Array(length).fill(curves[1][0]);
	}
	if (curves.some((curve) => curve === undefined || curve.length !== curves[0]?.length)) return undefined;
	return { cost: curves[0]!, learningRate: curves[1]!, gradientNorm: curves[2]! };
}

function readBatch(value: unknown): StepBatch | undefined {
	const series = readSeries(value);
	const first = (value as { first?: unknown } | undefined)?.first;
	if (series === undefined || !Number.isInteger(first) || (first as number) < 1) return undefined;
	return { first: first as number, ...series };
}

/** Typed arrays arrive as they are; plain arrays (a host that sends JSON) are converted. */
function floats(value: unknown): Float32Array | undefined {
	if (value instanceof Float32Array) return value;
	if (Array.isArray(value)) return Float32Array.from(value, (item) => (typeof item === "number" ? item : Number.NaN));
	return undefined;
}

/** JSON has no undefined: an absent member may come as null, at the places where the panel asks. */
function withoutNulls(value: PanelState): PanelState {
	return {
		...dropNulls(value),
		form: dropNulls(value.form),
		runs: value.runs.map((view) => ({ ...dropNulls(view), done: view.done ? withCost(view.done) : undefined })),
	};
}

function readEpochs(value: unknown): EpochSeries | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const { first, stepsPerEpoch, cost, devCost, devShare, share: of } = value as Record<string, unknown>;
	if (!count(first) || !count(stepsPerEpoch) || !share(of)) return undefined;
	const figures = [floats(cost), floats(devCost), floats(devShare)];
	if (figures.some((list) => list === undefined || list.length !== figures[0]?.length)) return undefined;
	const [costs, devCosts, devShares] = figures as Float32Array[];
	const numbers = { first: first as number, stepsPerEpoch: stepsPerEpoch as number, share: of as EpochSeries["share"] };
	return { ...numbers, cost: costs, devCost: devCosts, devShare: devShares };
}

/** A cost that came as null was not finite; the other figures were absent. */
function withCost<T extends { cost: number }>(value: T): T {
	return { ...dropNulls(value), cost: value.cost ?? Number.NaN };
}

function dropNulls<T extends object>(value: T): T {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) as T;
}
