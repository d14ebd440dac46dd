/** A run as a program for TensorFlow.js. */
import type { Task } from "../protocol/dataset.ts";
import type { Activation } from "../protocol/hyperparameters.ts";
import { type Dialect, write } from "./expression.ts";
import {
	classicalMomentum,
	heading,
	indent,
	isConstant,
	isPlainAdam,
	type Part,
	type Program,
	Rates,
	stoppingOf,
	text,
} from "./program.ts";
import { isFullBatch, rateWords } from "./python.ts";
import { rateRule } from "./rate-rule.ts";
import { updateRule } from "./update-rule.ts";

const ACTIVATIONS: Record<Exclude<Activation, "leakyRelu">, string> = {
	relu: "relu",
	tanh: "tanh",
	sigmoid: "sigmoid",
	gelu: "gelu",
};

const COSTS: Record<Task, string[]> = {
	regression: ["tf.losses.meanSquaredError(y, model.apply(x).squeeze([1]))"],
	binary: ["tf.losses.sigmoidCrossEntropy(y, model.apply(x).squeeze([1]))"],
	multiclass: [],
};

const numbers: Dialect = {
	functions: { sqrt: "Math.sqrt", cos: "Math.cos", floor: "Math.floor", sign: "Math.sign", largest: "Math.max" },
	choose: (condition, yes, no) => `${condition} ? ${yes} : ${no}`,
};

/** @returns the text of a JavaScript module for Node */
export function tfjsProgram(program: Program): string {
	const { start, run, sizes } = program;
	const { task } = run.dataset;
	const optimizer = libraryOptimizer(program);
	const rates = new Rates(optimizer?.averaged ? program.h.beta : undefined);
	const constant = isConstant(program);
	const full = isFullBatch(program);
	const hasDev = start.devRows > 0;
	const stopping = stoppingOf(program);
	const clips = run.clip.value !== undefined || run.clip.norm !== undefined;
	const outputs = sizes.at(-1)!;
	const labels = (name: string) =>
		task === "multiclass"
			? `tf.oneHot(tf.tensor1d(Int32Array.from(data.${name}.values), "int32"), ${outputs})`
			: `tensor("${name}")`;
	const minimize = optimizer && !clips;
	const step = constant ? "" : full ? "epoch" : "costs.length";
	return text(
		"\t",
		"/**",
		heading(program, "TensorFlow.js").map((line) => (line === "" ? " *" : ` * ${line}`)),
		" */",
		'import { readFileSync } from "node:fs";',
		"// @tensorflow/tfjs-node has the same functions, and is faster where it can be installed.",
		'import * as tf from "@tensorflow/tfjs";',
		"",
		"/** The arrays of a safetensors file: a length of 8 bytes, a JSON header of that length, then their bytes. */",
		"function readArrays(url) {",
		"\tconst { buffer } = Uint8Array.from(readFileSync(url));",
		"\tconst start = 8 + Number(new DataView(buffer).getBigUint64(0, true));",
		"\tconst header = JSON.parse(new TextDecoder().decode(buffer.slice(8, start)));",
		"\tconst arrays = {};",
		"\tfor (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {",
		'\t\tif (name === "__metadata__") continue;',
		"\t\tconst bytes = buffer.slice(start + data_offsets[0], start + data_offsets[1]);",
		'\t\tarrays[name] = { shape, values: dtype === "F32" ? new Float32Array(bytes) : new Uint32Array(bytes) };',
		"\t}",
		"\treturn arrays;",
		"}",
		"",
		`const data = readArrays(new URL(${JSON.stringify(program.dataFile)}, import.meta.url));`,
		"const tensor = (name) => tf.tensor(data[name].values, data[name].shape);",
		`const [xTrain, yTrain] = [tensor("x_train"), ${labels("y_train")}];`,
		hasDev && `const [xDev, yDev] = [tensor("x_dev"), ${labels("y_dev")}];`,
		"",
		"const model = tf.sequential({",
		"\tlayers: [",
		layers(program),
		"\t],",
		"});",
		`const layerNumbers = [${sizes
			.slice(1)
			.map((_, i) => i + 1)
			.join(", ")}];`,
		'model.setWeights(layerNumbers.flatMap((i) => [tensor("W" + i), tensor("b" + i).squeeze([0])]));',
		`const lossFunction = (x, y) => ${task === "multiclass" ? "tf.losses.softmaxCrossEntropy(y, model.apply(x))" : COSTS[task][0]};`,
		run.l2 > 0
			? [
					"function costFunction(x, y) {",
					'\tconst kernels = model.trainableWeights.filter(({ name }) => name.includes("kernel"));',
					"\tconst squares = tf.addN(kernels.map((kernel) => kernel.read().square().sum()));",
					`\treturn lossFunction(x, y).add(squares.mul(${run.l2} / (2 * x.shape[0])));`,
					"}",
				]
			: undefined,
		"",
		`const learningRate = ${rates.text(run.optimizer.learningRate)};`,
		!constant && rateFunction(program, rates),
		optimizer?.comment,
		optimizer ? `const optimizer = ${optimizer.call};` : customOptimizer(program),
		clips && ["", clipFunction(program)],
		"",
		!full && ["const m = xTrain.shape[0];", `const batchSize = ${run.batchSize};`],
		`const epochs = ${run.epochs};`,
		stopping && "let [bestCost, bestEpoch, bestWeights] = [Infinity, 0, undefined];",
		"/** of every step */",
		"export const costs = [];",
		"for (let epoch = 0; epoch < epochs; epoch++) {",
		!full && [
			"\tconst order =",
			"\t\t(epoch + 1) * m <= data.orders.values.length",
			"\t\t\t? data.orders.values.subarray(epoch * m, (epoch + 1) * m)",
			"\t\t\t: tf.util.createShuffledIndices(m);",
			"\tlet epochCost = 0;",
			"\tfor (let start = 0; start < m; start += batchSize) {",
			"\t\tconst rows = Int32Array.from(order.subarray(start, start + batchSize));",
		],
		indent(full ? "\t" : "\t\t", [
			...(optimizer && !constant ? [optimizer.setRate(`rateOf(${step})`)] : []),
			"const cost = tf.tidy(() => {",
			...(full ? [] : ["\tconst [x, y] = [tf.gather(xTrain, rows), tf.gather(yTrain, rows)];"]),
			...gradientLines(program, {
				minimize: minimize !== undefined && minimize,
				full,
				clips,
				hasOwn: !optimizer,
				rate: constant ? "learningRate" : `rateOf(${step})`,
			}),
			"});",
			"costs.push(cost);",
			...(full ? [] : ["epochCost += (cost * rows.length) / m;"]),
		]),
		!full && "\t}",
		hasDev && indent("\t", evaluation(task)),
		`\tconsole.log(\`${words(program, full ? "costs.at(-1)" : "epochCost")}\`);`,
		stopping &&
			indent("\t", [
				`if (devCost < bestCost${stopping.minDelta > 0 ? ` - ${stopping.minDelta}` : ""}) {`,
				"\t[bestCost, bestEpoch] = [devCost, epoch + 1];",
				...(stopping.restoreBest
					? ["\ttf.dispose(bestWeights);", "\tbestWeights = model.getWeights().map((weights) => weights.clone());"]
					: []),
				"}",
				...(stopping.patience === undefined ? [] : [`if (epoch + 1 - bestEpoch >= ${stopping.patience}) break;`]),
			]),
		"}",
		stopping?.restoreBest && [
			"if (bestWeights) {",
			"\tmodel.setWeights(bestWeights);",
			`\tconsole.log(\`the weights are those of epoch \${bestEpoch}, dev cost \${bestCost.toFixed(6)}\`);`,
			"}",
		],
	);
}

function layers({ run, sizes }: Program): string[] {
	const { activation } = run.model;
	const shape = (i: number) => (i === 0 ? `, inputShape: [${sizes[0]}]` : "");
	const named = activation === "leakyRelu" ? "" : `, activation: "${ACTIVATIONS[activation]}"`;
	return [
		...run.model.layers.flatMap((units, i) => [
			`\t\ttf.layers.dense({ units: ${units}${named}${shape(i)} }),`,
			...(activation === "leakyRelu" ? ["\t\ttf.layers.leakyReLU({ alpha: 0.01 }),"] : []),
		]),
		`\t\ttf.layers.dense({ units: ${sizes.at(-1)}${shape(run.model.layers.length)} }),`,
	];
}

interface StepForm {
	minimize: boolean;
	full: boolean;
	clips: boolean;
	/** the update is a function of the program */
	hasOwn: boolean;
	rate: string;
}

function gradientLines({ run }: Program, { minimize, full, clips, hasOwn, rate }: StepForm): string[] {
	const cost = `${run.l2 > 0 ? "costFunction" : "lossFunction"}(${full ? "xTrain, yTrain" : "x, y"})`;
	if (minimize) return [`\treturn optimizer.minimize(() => ${cost}, true).dataSync()[0];`];
	const gradients = clips ? "clipped(grads)" : "grads";
	return [
		`\tconst { value, grads } = tf.variableGrads(() => ${cost});`,
		hasOwn ? `\tupdate(${gradients}, ${rate});` : `\toptimizer.applyGradients(${gradients});`,
		"\treturn value.dataSync()[0];",
	];
}

function evaluation(task: Task): string[] {
	const cost = "const devCost = tf.tidy(() => lossFunction(xDev, yDev).dataSync()[0]);";
	if (task === "regression") {
		return [cost, "const devR2 = tf.tidy(() => 1 - devCost / tf.moments(yDev).variance.dataSync()[0]);"];
	}
	const right =
		task === "binary"
			? "model.apply(xDev).squeeze([1]).greater(0).equal(yDev.greater(0))"
			: "model.apply(xDev).argMax(1).equal(yDev.argMax(1))";
	return [cost, `const devAccuracy = tf.tidy(() => ${right}.mean().dataSync()[0]);`];
}

function words({ start, run }: Program, cost: string): string {
	const dev =
		run.dataset.task === "regression" ? `dev R2 \${devR2.toFixed(4)}` : `dev accuracy \${devAccuracy.toFixed(4)}`;
	const after = start.devRows > 0 ? `, dev cost \${devCost.toFixed(6)}, ${dev}` : "";
	return `epoch \${epoch + 1}: cost \${${cost}.toFixed(6)}${after}`;
}

interface OwnOptimizer {
	call: string;
	setRate: (rate: string) => string;
	averaged?: boolean;
	comment?: string;
}

/** @returns TensorFlow.js's own optimizer, undefined where it has none that takes the run's steps */
function libraryOptimizer(program: Program): OwnOptimizer | undefined {
	const { run, h } = program;
	const { name } = run.optimizer;
	// It has no weight decay of any kind.
	if (h.weightDecay > 0) return undefined;
	const made = (type: string, ...options: (string | number)[]) =>
		`tf.train.${type}(${["learningRate", ...options].join(", ")})`;
	const setRate = (rate: string) => `optimizer.learningRate = ${rate};`;
	if ((name === "adam" || name === "adamw") && !h.amsgrad && isPlainAdam(program, false)) {
		return { call: made("adam", h.beta1, h.beta2, h.epsilon), setRate };
	}
	if (name === "rmsprop" && h.epsilonPlacement === "inside") {
		return { call: made("rmsprop", h.beta2, 0, h.epsilon), setRate };
	}
	// Its Adagrad has this epsilon and no other.
	if (name === "adagrad" && h.epsilonPlacement === "inside" && h.epsilon === 1e-7) {
		return { call: made("adagrad", h.initialAccumulator), setRate };
	}
	const setScalar = (rate: string) => `optimizer.setLearningRate(${rate});`;
	if (name === "gradientDescent") return { call: made("sgd"), setRate: setScalar };
	const form = classicalMomentum(program, false);
	if (!form) return undefined;
	const call = made("momentum", h.beta, ...(h.nesterov ? ["true"] : []));
	if (form === "same") return { call, setRate: setScalar };
	const comment = "// V = b V + (1 - b) dW with the rate a takes the steps of V = b V + dW with a (1 - b).";
	return { call, setRate: setScalar, averaged: true, comment };
}

/** The run's formula as a function that updates every weight. */
function customOptimizer(program: Program): Part {
	const { run, h } = program;
	const rule = updateRule(run.optimizer.name, h);
	const names = rule.state.map(([name]) => name);
	const tensors = new Set([...names, "W", "dW"]);
	const declared = new Set([...names, "dW"]);
	const keepsGradient = rule.lines.every(([name]) => name !== "dW");
	const lines = rule.lines.map(([name, value]) => {
		const formula = write(value, { ...numbers, tensors });
		// What is made of tensors alone or of them and numbers is a tensor.
		if (/\.\w+\(/.test(formula.replace(/Math\.\w+\(/g, ""))) tensors.add(name);
		const line = `${declared.has(name) ? "" : "const "}${name} = ${formula};`;
		declared.add(name);
		return line;
	});
	const start = ([name, value]: [string, number]) =>
		`${name}: tf.variable(tf.${value === 0 ? "zerosLike(weight.read())" : `fill(weight.shape, ${value})`}, false)`;
	return [
		rule.constants.map((name) => `const ${name} = ${h[name]};`),
		names.length > 0 && [
			"const slots = model.trainableWeights.map((weight) => ({",
			rule.state.map((slot) => `\t${start(slot)},`),
			"}));",
		],
		"let t = 0;",
		"",
		`/** The run's ${run.optimizer.name}, which TensorFlow.js has not in this form. */`,
		"function update(gradients, a) {",
		"\tt++;",
		"\tfor (const [i, weight] of model.trainableWeights.entries()) {",
		"\t\tconst W = weight.read();",
		`\t\t${keepsGradient ? "const" : "let"} dW = gradients[W.name];`,
		names.length > 0 && `\t\tlet { ${names.join(", ")} } = slots[i];`,
		indent("\t\t", lines),
		names.map((name) => `\t\tslots[i].${name}.assign(${name});`),
		"\t\tW.assign(W.sub(step));",
		"\t}",
		"}",
	];
}

function clipFunction({ run: { clip } }: Program): string[] {
	return [
		"/** The gradients, clipped. */",
		"function clipped(gradients) {",
		`\t${clip.value === undefined ? "const" : "let"} entries = Object.entries(gradients);`,
		...(clip.value === undefined
			? []
			: [`\tentries = entries.map(([name, dW]) => [name, dW.clipByValue(-${clip.value}, ${clip.value})]);`]),
		...(clip.norm === undefined
			? ["\treturn Object.fromEntries(entries);"]
			: [
					"\tconst norm = tf.addN(entries.map(([, dW]) => dW.square().sum())).sqrt().dataSync()[0];",
					`\tconst factor = Math.min(1, ${clip.norm} / norm);`,
					"\treturn Object.fromEntries(entries.map(([name, dW]) => [name, dW.mul(factor)]));",
				]),
		"}",
	];
}

function rateFunction(program: Program, rates: Rates): string[] {
	const lines = program.hasRates
		? ["return data.rates.values[step];"]
		: rateRule(program.decay, program.start, rates.scaled).map(([name, value], i, all) => {
				const formula = write(value, numbers).replace(/\bpi\b/g, "Math.PI");
				if (i === all.length - 1) return `return ${formula};`;
				return `const ${name} = ${formula};`;
			});
	return ["", `/** ${rateWords(program)} */`, "function rateOf(step) {", ...indent("\t", lines), "}", ""];
}
