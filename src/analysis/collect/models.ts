import type { LayerFact, ModelFact, Source } from "../facts.ts";
import { find, numberOf, readArguments } from "../frameworks/signature.ts";
import type { Meaning } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { Where } from "../meaning/survey.ts";
import { type NamedCall, type Reading, span } from "../reading.ts";
import type { Call } from "../syntax/code.ts";
import { titleOf } from "./optimizers.ts";

/** How a layer's parameters say its size. */
const LAYERS: [RegExp, LayerFact["kind"], string][] = [
	[/^torch\.nn\.(Linear|LazyLinear)$/, "dense", "in_features:inputs, out_features:outputs, bias=true"],
	[/^torch\.nn\.Bilinear$/, "other", "in1"],
	[/^torch\.nn\.Conv\w+$/, "convolution", "in_channels:inputs, out_channels:outputs"],
	[/^torch\.nn\.(RNN|LSTM|GRU)$/, "recurrent", "input_size:inputs, hidden_size:outputs"],
	[/^torch\.nn\.Embedding(Bag)?$/, "embedding", "num_embeddings:inputs, embedding_dim:outputs"],
	[/^torch\.nn\.\w*Norm\w*$/, "normalization", "num_features:inputs"],
	[/^torch\.nn\.\w*Dropout\w*$/, "dropout", "p=0.5"],
	[/^torch\.nn\.(Softmax|LogSoftmax|Sigmoid|Tanh|GELU|SiLU|ELU|SELU|Softplus|\w*ReLU6?)$/, "activation", "dim=none"],
	[/^keras\.layers\.(Input|InputLayer)$|^keras\.Input$/, "input", "shape/input_shape/batch_shape:shape"],
	[
		/^keras\.layers\.Dense$/,
		"dense",
		"units:outputs, activation=none, use_bias:bias=true, *, input_shape:shape, input_dim:inputs",
	],
	[
		/^keras\.layers\.\w*Conv\w*$/,
		"convolution",
		"filters:outputs, kernel_size, strides, padding, *, activation=none, input_shape:shape",
	],
	[/^keras\.layers\.(LSTM|GRU|SimpleRNN)$/, "recurrent", "units:outputs"],
	[/^keras\.layers\.Embedding$/, "embedding", "input_dim:inputs, output_dim:outputs"],
	[/^keras\.layers\.\w*Normalization$/, "normalization", "axis=-1"],
	[/^keras\.layers\.\w*Dropout\w*$/, "dropout", "rate=0.5"],
	[/^keras\.layers\.(Activation|Softmax|ReLU|LeakyReLU)$/, "activation", "activation=none"],
	[
		/^tfjs\.layers\.dense$/,
		"dense",
		"units:outputs, activation=none, useBias:bias=true, *, inputShape:shape, inputDim:inputs",
	],
	[/^tfjs\.layers\.\w*conv\w*$/i, "convolution", "filters:outputs, *, activation=none, inputShape:shape"],
	[/^tfjs\.layers\.(lstm|gru|simpleRNN)$/, "recurrent", "units:outputs"],
	[/^tfjs\.layers\.embedding$/, "embedding", "inputDim:inputs, outputDim:outputs"],
	[/^tfjs\.layers\.dropout$/, "dropout", "rate=0.5"],
	[/^tfjs\.layers\.batchNormalization$/, "normalization", "axis=-1"],
	[/^tfjs\.(input|layers\.input)$/, "input", "shape"],
	[/^flax\.(nn|nnx)\.(Dense)$/, "dense", "features:outputs"],
	[/^flax\.nnx\.Linear$/, "dense", "in_features:inputs, out_features:outputs"],
	[/^flax\.(nn|nnx)\.Conv$/, "convolution", "features:outputs"],
	[/^flax\.(nn|nnx)\.\w*Norm$/, "normalization", "x"],
	[/^flax\.(nn|nnx)\.Dropout$/, "dropout", "rate=0.5"],
];

const knownLayer = remembered((name) => LAYERS.find(([pattern]) => pattern.test(name)));
const isOtherLayer = remembered(
	(name) =>
		/^(torch\.nn\.(?!functional|utils|init|parallel|Module$|Sequential$|ModuleList|ModuleDict|Parameter)[A-Z]|keras\.layers\.[A-Z]|tfjs\.layers\.)\w*/.test(
			name,
		) && !/Loss$/.test(name),
);
const isSequential = remembered((name) =>
	/^torch\.nn\.Sequential$|^keras\.(models\.)?Sequential$|^tfjs\.sequential$|^flax\.nn\.Sequential$/.test(name),
);
const isKerasModel = remembered((name) => /^keras\.(models\.)?Model$/.test(name));
const frameworkOfBase = remembered((name): Source | undefined => {
	if (/^torch\.nn\.Module$|LightningModule$/.test(name)) return "pytorch";
	if (isKerasModel(name)) return "keras";
	return /^flax\.(nn|nnx)\.Module$/.test(name) ? "jax" : undefined;
});

/** @returns the layer that a call makes, undefined when it makes none */
export function layerOf(reading: Reading, call: Call, where: Where, name: string): LayerFact | undefined {
	const known = knownLayer(name);
	if (!known) return isOtherLayer(name) ? { kind: "other", title: titleOf(name), at: span(call.at) } : undefined;
	const [, kind, signature] = known;
	const layer: LayerFact = { kind, title: titleOf(name), at: span(call.at) };
	const parameters = readArguments(
		reading.evaluator,
		name.startsWith("tfjs.") ? objectAsKeywords(reading, call, where) : call,
		where,
		signature,
	);
	const [inputs, outputs] = ["inputs", "outputs"].map((n) => numberOf(parameters, n));
	const shape = find(parameters, "shape")?.value;
	if (inputs !== undefined) layer.inputs = inputs;
	else if (Array.isArray(shape)) layer.inputs = shape.at(-1);
	else if (typeof shape === "number") layer.inputs = shape;
	if (kind === "input") {
		layer.outputs = layer.inputs;
		delete layer.inputs;
	} else if (outputs !== undefined) layer.outputs = outputs;
	// Options that are made elsewhere may hold anything.
	const options = name.startsWith("tfjs.") ? call.args[0] : undefined;
	if (options && reading.evaluate(options.value, where).kind !== "mapping") layer.knownActivation = false;
	const given = find(parameters, "activation");
	const activation = given?.value;
	if (typeof activation === "string") layer.activation = activation;
	else if (given?.unknown) layer.knownActivation = false;
	else if (kind === "activation") layer.activation = titleOf(name).toLowerCase();
	return layer;
}

/** {units: 10} is what keywords are elsewhere. */
export function objectAsKeywords(reading: Reading, call: Call, where: Where): Call {
	const first = call.args[0] && reading.evaluate(call.args[0].value, where);
	if (first?.kind !== "mapping") return call;
	const args = first.entries.map(({ name, value }) => ({
		name,
		value,
		at: value.at,
		spread: name === undefined || undefined,
	}));
	return { ...call, args };
}

/** Finds models whose layers can be read. */
export function collectModels(reading: Reading): void {
	const sequential = reading.calls.filter((site) => isSequential(site.name));
	for (const site of sequential) {
		// One inside another is part of it.
		const { start, end } = site.call.at;
		const inner = sequential.some((o) => o.name === site.name && o.call.at.start < start && o.call.at.end >= end);
		if (site.callee.kind === "symbol" && !inner) addSequential(reading, site);
	}
	for (const { cls } of reading.survey.classes) {
		const frameworks = reading.evaluator.ancestry(cls).map(frameworkOfBase);
		const framework = (["pytorch", "keras", "jax"] as const).find((f) => frameworks.includes(f));
		if (!framework) continue;
		const inside = reading.callsWithin(cls.at);
		push(
			reading,
			framework,
			cls.name,
			cls.at,
			inside.flatMap((s) => layerOf(reading, s.call, s.where, s.callee.kind === "symbol" ? s.name : "") ?? []),
		);
	}
	addFunctional(reading);
}

function push(reading: Reading, framework: Source, name: string, at: ModelFact["at"], layers: LayerFact[]): void {
	if (layers.length === 0) return;
	const fact: ModelFact = { framework, name, layers, at: span(at) };
	const parameters = countParameters(layers);
	if (parameters !== undefined) fact.parameters = parameters;
	reading.facts.models.push(fact);
}

/** Dense layers alone: others depend on more than is read. Weights and a bias for each output. */
function countParameters(layers: LayerFact[]): number | undefined {
	let width: number | undefined;
	let sum = 0;
	for (const layer of layers) {
		if (layer.kind === "input") width = layer.outputs;
		else if (layer.kind === "dense") {
			const inputs = layer.inputs ?? width;
			if (inputs === undefined || layer.outputs === undefined) return undefined;
			layer.inputs = inputs;
			width = layer.outputs;
			sum += inputs * width + width;
		} else if (layer.kind !== "activation" && layer.kind !== "dropout") return undefined;
	}
	return sum > 0 ? sum : undefined;
}

function addSequential(reading: Reading, site: NamedCall): void {
	const { call, where, statement } = site;
	const target = statement.kind === "assign" ? statement.targets[0] : undefined;
	const name = target?.kind === "name" ? target.name : target?.kind === "member" ? target.name : "Sequential";
	const layers: LayerFact[] = [];
	const visit = (m: Meaning): void => {
		if (m.kind === "sequence") for (const item of m.items) visit(reading.evaluate(item, m.where));
		else if (m.kind === "mapping") {
			for (const { value } of m.entries) visit(reading.evaluate(value, m.where));
		} else if (m.kind === "made") {
			if (/^torch\.nn\.Sequential$|^\.OrderedDict$|^collections\.OrderedDict$/.test(m.name)) {
				for (const arg of m.call.args) visit(reading.evaluate(arg.value, m.where));
			} else {
				const layer = layerOf(reading, m.call, m.where, m.name);
				if (layer) layers.push(layer);
			}
		} else if (m.kind === "constant") return;
		else layers.push({ kind: "other", title: "?", at: span(call.at) });
	};
	const args = site.name.startsWith("tfjs.") ? objectAsKeywords(reading, call, where).args : call.args;
	for (const arg of args) visit(reading.evaluate(arg.value, where));
	for (const other of reading.survey.callsByName.get("add") ?? []) {
		const callee = other.call.callee;
		if (callee.kind !== "member" || !other.call.args[0]) continue;
		const model = reading.evaluate(callee.object, other.where);
		if (model.kind === "made" && model.call === call) visit(reading.evaluate(other.call.args[0].value, other.where));
	}
	const framework: Source = site.name.startsWith("torch.")
		? "pytorch"
		: site.name.startsWith("keras")
			? "keras"
			: site.name.startsWith("tfjs")
				? "tfjs"
				: "jax";
	push(reading, framework, name, call.at, layers);
}

/** Model(inputs, outputs): the layers called in the same function. */
function addFunctional(reading: Reading): void {
	for (const site of reading.calls) {
		const keras = isKerasModel(site.name) && site.callee.kind === "symbol";
		if (!keras && site.name !== "tfjs.model") continue;
		const { scope } = site.where.place;
		const inside = reading.calls.filter(
			(o) => o.where.place.scope === scope && o.callee.kind === "symbol" && o.where.order < site.where.order,
		);
		const layers = inside.flatMap((o) => layerOf(reading, o.call, o.where, o.name) ?? []);
		push(reading, keras ? "keras" : "tfjs", "Model", site.call.at, layers);
	}
}
