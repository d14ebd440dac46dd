import type { BatchSizeFact, EpochsFact, Parameter, Source } from "../facts.ts";
import { parameterOf, readArguments } from "../frameworks/signature.ts";
import { type Meaning, nameOf } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { Where } from "../meaning/survey.ts";
import { type NamedCall, plainParameter, type Reading, span } from "../reading.ts";
import type { Call, Expression } from "../syntax/code.ts";
import { addTrainingArguments, isTrainingArguments } from "./training-arguments.ts";

const LOADER =
	"dataset, batch_size:batchSize=1, shuffle=false, sampler=none, batch_sampler=none, num_workers=0, collate_fn=none, pin_memory=false, drop_last:dropLast=false";

/** Functions that cut data into mini-batches, by their parameters. */
const LOADERS: Record<string, [Source, string]> = {
	"torch.utils.data.DataLoader": ["pytorch", LOADER],
	"torch_geometric.loader.DataLoader": [
		"pytorch",
		"dataset, batch_size:batchSize=1, shuffle=false, *, drop_last:dropLast=false",
	],
	"torch_geometric.loader.NeighborLoader": [
		"pytorch",
		"data, num_neighbors, *, batch_size:batchSize=1, shuffle=false, drop_last:dropLast=false",
	],
	"torch.utils.data.BatchSampler": ["pytorch", "sampler, batch_size:batchSize, drop_last:dropLast"],
	"torchtext.data.BucketIterator": ["pytorch", "dataset, batch_size:batchSize"],
	"keras.utils.image_dataset_from_directory": ["keras", "directory, *, batch_size:batchSize=32"],
	"keras.utils.text_dataset_from_directory": ["keras", "directory, *, batch_size:batchSize=32"],
	"keras.utils.timeseries_dataset_from_array": ["keras", "data, targets, sequence_length, *, batch_size:batchSize=128"],
	"tensorflow.data.experimental.make_csv_dataset": ["keras", "file_pattern, batch_size:batchSize"],
};

const loaderOf = remembered((name) => (Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined));

/** Methods that do, of what comes from their framework. */
const METHODS: Record<string, [Source, string]> = {
	flow: ["keras", "x, y=none, batch_size:batchSize=32, shuffle=true"],
	flow_from_directory: ["keras", "directory, *, batch_size:batchSize=32, shuffle=true"],
	flow_from_dataframe: ["keras", "dataframe, *, batch_size:batchSize=32, shuffle=true"],
	batch: ["keras", "batch_size:batchSize, drop_remainder:dropLast=false"],
	padded_batch: ["keras", "batch_size:batchSize, padded_shapes, padding_values, drop_remainder:dropLast=false"],
};

const FIT =
	"x=none, y=none, batch_size:batchSize, epochs=1, verbose=auto, callbacks=none, validation_split=0, validation_data=none, shuffle=true";

/** Finds batch sizes and numbers of epochs that are passed to libraries. */
export function collectBatches(reading: Reading): void {
	for (const site of reading.calls) {
		const loader = loaderOf(site.name) ?? loaderSubclass(reading, site.callee);
		if (loader) addLoader(reading, site, loader);
		else if (isTrainingArguments(reading, site)) addTrainingArguments(reading, site);
		else if (site.callee.kind === "member") addMethod(reading, site, site.callee);
		else if (site.name === "lightning.Trainer") addEpochs(reading, site, "max_epochs:epochs", "Trainer");
		if (site.name === "lightning.Trainer") addAccumulation(reading, site);
	}
}

function loaderSubclass(reading: Reading, callee: Meaning): [Source, string] | undefined {
	if (callee.kind !== "class") return undefined;
	const own = callee.of.body.some((s) => s.kind === "function" && s.name === "__init__");
	return !own && reading.evaluator.ancestry(callee.of).includes("torch.utils.data.DataLoader")
		? ["pytorch", LOADER]
		: undefined;
}

function addLoader(reading: Reading, site: NamedCall, [framework, signature]: [Source, string]): void {
	const parameters = readArguments(reading.evaluator, site.call, site.where, signature);
	const parameter = parameters.find((p) => p.name === "batchSize");
	const sampled = parameters.find((p) => p.name === "batch_sampler");
	if (!parameter || (sampled?.at && sampled.value !== null)) return;
	if (parameter.value === null) return;
	add(reading, site, framework, parameter, parameters.find((p) => p.name === "dropLast")?.value === true);
}

function add(reading: Reading, site: NamedCall, framework: Source, parameter: Parameter, dropsLast: boolean): void {
	const { call, callee } = site;
	const fact: BatchSizeFact = {
		framework,
		role: roleOf(site),
		parameter: plainParameter(parameter),
		where: callee.kind === "member" ? callee.name : (nameOf(callee)?.split(".").at(-1) ?? "DataLoader"),
		at: span(call.at),
	};
	if (dropsLast) fact.dropsLast = true;
	reading.madeBy.set(fact, site);
	reading.facts.batchSizes.push(fact);
}

const EVALUATED =
	/(^|[^a-z])(val|valid|validation|test|testing|eval|evaluation|dev)(?![a-z])|(val|test|eval|valid)_?(loader|set|data|dl|ds)/i;

/** By the name that takes it, or by that of the data: a lens only counts steps by it. */
export function roleOf({ call, statement }: Pick<NamedCall, "call" | "statement">): BatchSizeFact["role"] {
	const target =
		statement.kind === "assign" && statement.value && holds(statement.value, call) ? statement.targets[0] : undefined;
	const data = call.args[0]?.value;
	const text = (e: Expression | undefined): string =>
		e?.kind === "name"
			? e.name
			: e?.kind === "member"
				? `${text(e.object)}.${e.name}`
				: e?.kind === "index"
					? text(e.object)
					: "";
	const words = [text(target), text(data)].map((t) => t.replace(/([a-z])([A-Z])/g, "$1_$2"));
	if (!words.some((t) => EVALUATED.test(t))) return "train";
	// "trainingValidationData" is evaluated, "train_test_data" is not told.
	return /train/i.test(words[0]) && !/valid|eval/i.test(words[0]) ? "train" : "evaluation";
}

function holds(e: Expression, call: Call): boolean {
	return e.at.start <= call.at.start && e.at.end >= call.at.end;
}

function addMethod(reading: Reading, site: NamedCall, callee: Meaning & { kind: "member" }): void {
	const { call, where } = site;
	const kinds = reading.kinds(callee.of);
	const name = callee.name;
	if (name === "evaluate" || name === "predict") {
		addEvaluation(reading, site, callee);
		return;
	}
	if (name === "fit" || name === "fit_generator" || name === "fitDataset") {
		addFit(reading, site, callee);
		return;
	}
	const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
	if (!method || !call.args[0]) return;
	const foreign = kinds.some((k) => !/^(tensorflow|keras|tfds|tensorflow_datasets|tfjs|\.)/.test(k));
	if (name === "batch" && reading.has("tfjs") && reading.language !== "python" && !foreign) {
		const parameter = parameterOf(reading.evaluator, call.args[0].value, where, "batchSize", "batchSize");
		add(
			reading,
			site,
			"tfjs",
			parameter,
			reading.evaluator.constant(call.args[1]?.value ?? call.callee, where) === true,
		);
		return;
	}
	if (foreign || !(reading.has("keras") || kinds.some((k) => /^(tensorflow_datasets|tfds)/.test(k)))) return;
	const parameters = readArguments(reading.evaluator, call, where, method[1]);
	const parameter = parameters.find((p) => p.name === "batchSize");
	if (parameter)
		add(reading, site, method[0], parameter, parameters.find((p) => p.name === "dropLast")?.value === true);
}

/** True for a model of Keras or TensorFlow.js; `unknown` counts when the call says something that only they take. */
function isModel(reading: Reading, of: Meaning, call: Call): boolean {
	const kinds = reading.kinds(of);
	if (kinds.some((k) => /^(keras|tfjs)\./.test(k))) return true;
	if (kinds.some((k) => !k.startsWith("."))) return false;
	return (
		reading.language !== "python" ||
		call.args.some((a) => /^(epochs|batch_size|validation_data|validation_split|steps_per_epoch)$/.test(a.name ?? ""))
	);
}

function addFit(reading: Reading, site: NamedCall, callee: Meaning & { kind: "member" }): void {
	const { call, where } = site;
	if (!isModel(reading, callee.of, call)) return;
	if (reading.has("tfjs") && reading.language !== "python") {
		addFitOfObject(reading, site, callee.name);
		return;
	}
	if (!reading.has("keras")) return;
	const parameters = readArguments(
		reading.evaluator,
		call,
		where,
		callee.name === "fit" ? FIT : "generator, *, epochs=1",
	);
	const batchSize = parameters.find((p) => p.name === "batchSize");
	const target = parameters.find((p) => p.name === "y");
	if (batchSize && batchSize.value !== null) add(reading, site, "keras", batchSize, false);
	else if (!batchSize && target?.at) {
		add(reading, site, "keras", { name: "batchSize", written: "batch_size", value: 32, origin: "library" }, false);
	}
	const epochs = parameters.find((p) => p.name === "epochs");
	if (epochs) pushEpochs(reading, site, "keras", epochs, callee.name);
}

/** evaluate(x, y, batch_size=128), predict(x, {batchSize: 128}) */
function addEvaluation(reading: Reading, site: NamedCall, callee: Meaning & { kind: "member" }): void {
	const { call, where } = site;
	const given = call.args.find((a) => a.name === "batch_size")?.value;
	const last = call.args.at(-1)?.value;
	const options = last?.kind === "mapping" ? last.entries.find((o) => o.name === "batchSize")?.value : undefined;
	const e = reading.language === "python" ? given : options;
	const framework = reading.language === "python" ? "keras" : "tfjs";
	if (!e || !reading.has(framework) || reading.kinds(callee.of).some((k) => !/^(keras|tfjs|\.)/.test(k))) return;
	const written = framework === "keras" ? "batch_size" : "batchSize";
	add(reading, site, framework, parameterOf(reading.evaluator, e, where, "batchSize", written), false);
	reading.facts.batchSizes.at(-1)!.role = "evaluation";
}

/** fit(x, y, {batchSize, epochs}) and fitDataset(data, {epochs}) */
function addFitOfObject(reading: Reading, site: NamedCall, name: string): void {
	const e = site.call.args[name === "fit" ? 2 : 1]?.value;
	const options = e && reading.evaluate(e, site.where);
	const entry = (key: string) => {
		const found = options?.kind === "mapping" ? options.entries.find((o) => o.name === key) : undefined;
		return found && options?.kind === "mapping"
			? parameterOf(reading.evaluator, found.value, options.where, key, key)
			: undefined;
	};
	const open =
		(options && options.kind !== "mapping") ||
		(options?.kind === "mapping" && options.entries.some((o) => !o.name && !o.key));
	const batchSize = entry("batchSize");
	if (batchSize) add(reading, site, "tfjs", batchSize, false);
	else if (name === "fit" && !open)
		add(reading, site, "tfjs", { name: "batchSize", written: "batchSize", value: 32, origin: "library" }, false);
	const epochs =
		entry("epochs") ?? (open ? undefined : { name: "epochs", written: "epochs", value: 1, origin: "library" as const });
	if (epochs) pushEpochs(reading, site, "tfjs", epochs, name);
}

function addEpochs(reading: Reading, site: NamedCall, signature: string, where: string): void {
	const epochs = readArguments(reading.evaluator, site.call, site.where, `*, ${signature}`)[0];
	if (epochs?.at) pushEpochs(reading, site, "lightning", epochs, where);
}

/** Lightning's accumulate_grad_batches belongs to every mini-batch of the run. */
function addAccumulation(reading: Reading, { call, where }: NamedCall): void {
	const found = readArguments(reading.evaluator, call, where, "*, accumulate_grad_batches:accumulation")[0];
	if (!found?.at) return;
	for (const fact of reading.facts.batchSizes) if (fact.role === "train") fact.accumulation = plainParameter(found);
}

export function pushEpochs(
	reading: Reading,
	site: NamedCall,
	framework: Source,
	parameter: Parameter,
	where: string,
): void {
	const fact: EpochsFact = { framework, parameter: plainParameter(parameter), where, at: span(site.call.at) };
	reading.madeBy.set(fact, site);
	reading.facts.epochs.push(fact);
}

/** Batch sizes and epochs that no library is given: variables, parameters and options that are called so. */
export function collectNamed(reading: Reading): void {
	if (reading.facts.batchSizes.length === 0)
		addNamed(reading, /^(train_?|mini_?|global_)?batch_?size$|^bs$/i, "batchSize");
	if (reading.facts.epochs.length === 0) addNamed(reading, /^(num_?|n_?|max_?|total_)?(train_?)?epochs?$/i, "epochs");
}

function addNamed(reading: Reading, pattern: RegExp, name: "batchSize" | "epochs"): void {
	const [framework] = reading.facts.frameworks;
	if (!framework) return;
	const named = namedValues(reading, pattern, name);
	for (const parameter of named) {
		const at = parameter.at ?? parameter.writtenAt!;
		if (name === "epochs") reading.facts.epochs.push({ framework, parameter, where: "variable", at });
		else reading.facts.batchSizes.push({ framework, role: "train", parameter, where: "variable", at });
	}
}

/** @returns a parameter for each number that is given to a variable of such a name, in the order of the text */
export function namedValues(reading: Reading, pattern: RegExp, name: string): Parameter[] {
	const scopes = [reading.survey.module, ...reading.survey.innerScopes];
	const found: Parameter[] = [];
	const look = (written: string, e: Expression | undefined, where: Where) => {
		if (!e || !pattern.test(written.split(".").at(-1)!.replace(/^--?/, "").replaceAll("-", "_"))) return;
		const parameter = parameterOf(reading.evaluator, e, where, name, written);
		if (typeof parameter.value === "number" && !found.some((p) => p.writtenAt?.start === parameter.writtenAt?.start)) {
			found.push(plainParameter(parameter));
		}
	};
	for (const scope of scopes) {
		for (const definitions of scope.definitions.values()) {
			for (const { how, name: written, where } of definitions) {
				if (how.kind === "value" && how.path.length === 0) look(written, how.value, where);
				else if (how.kind === "parameter") look(written, how.default ?? how.parameter.default, where);
			}
		}
	}
	for (const members of reading.survey.fields) {
		for (const { how, name: written, where } of [...members.values()].flat()) {
			if (how.kind === "value" && how.path.length === 0) look(written, how.value, where);
		}
	}
	for (const { call, where } of reading.survey.calls) {
		const isOption = /^(add_argument|addArgument|option|DEFINE_\w+)$/.test(
			call.callee.kind === "member" ? call.callee.name : "",
		);
		const flag = isOption ? call.args.filter((a) => !a.name).map((a) => a.value) : [];
		const value = call.args.find((a) => a.name === "default")?.value ?? flag[1];
		for (const e of flag) if (e.kind === "text") look(e.value, value, where);
	}
	return found.sort((a, b) => a.at!.start - b.at!.start);
}
