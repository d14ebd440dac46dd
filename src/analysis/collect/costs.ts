import type { Task } from "../../engine/protocol/dataset.ts";
import type { CostFact } from "../facts.ts";
import { nameOf } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import { type NamedCall, type Reading, span } from "../reading.ts";
import type { Expression } from "../syntax/code.ts";
import { compileOption } from "./optimizers.ts";

/** Costs of libraries by their last names, written without "_" and "loss"; those with a star are the engine's own. */
const TASKS: Record<Task, string> = {
	regression:
		"mse* meansquarederror* squarederror* l1 l2 smoothl1 huber mae meanabsoluteerror absolutedifference msle " +
		"meansquaredlogarithmicerror mape meanabsolutepercentageerror logcosh poisson poissonnll gaussiannll",
	binary:
		"bce* bcewithlogits* binarycrossentropy* binarycrossentropywithlogits* sigmoidcrossentropy* " +
		"sigmoidbinarycrossentropy* sigmoidcrossentropywithlogits* log* binaryfocalcrossentropy hinge squaredhinge",
	multiclass:
		"crossentropy* nll* categoricalcrossentropy* sparsecategoricalcrossentropy* softmaxcrossentropy* " +
		"softmaxcrossentropywithintegerlabels* softmaxcrossentropywithlogits* sparsesoftmaxcrossentropywithlogits* " +
		"categoricalfocalcrossentropy categoricalhinge multimargin",
};

const KNOWN = new Map(
	Object.entries(TASKS).flatMap(([task, names]) =>
		names
			.split(" ")
			.map((name): [string, Pick<CostFact, "task" | "own">] => [
				name.replace("*", ""),
				{ task: task as Task, own: name.endsWith("*") },
			]),
	),
);

const known = remembered((title) => KNOWN.get(title.replaceAll("_", "").replace(/loss$/i, "").toLowerCase()));
const isCost = remembered((name) =>
	/^(torch\.nn\.\w*Loss|torch\.nn\.functional\.(\w+_loss|\w*cross_entropy\w*)|keras\.(losses|metrics)\.\w+|optax\.(losses\.)?\w*(loss|error|entropy)\w*|tfjs\.(losses|metrics)\.\w+|tensorflow\.nn\.\w+cross_entropy\w*)$/.test(
		name,
	),
);

/** Finds the costs that a program trains by. */
export function collectCosts(reading: Reading): void {
	for (const site of reading.calls) {
		const { call, callee, name, where } = site;
		if (callee.kind === "member" && callee.name === "compile") {
			const e = compileOption(reading, call, where, "loss");
			if (e) addCompiled(reading, site, e);
		} else if (callee.kind === "symbol" && !/\.metrics\./.test(name) && isCost(name)) add(reading, name, site.call.at);
	}
}

/** loss="mse", loss=keras.losses.MeanSquaredError(), loss: tf.losses.meanSquaredError */
function addCompiled(reading: Reading, { where }: NamedCall, e: Expression): void {
	const m = reading.evaluate(e, where);
	const name = m.kind === "constant" ? (typeof m.value === "string" ? m.value : undefined) : nameOf(m);
	if (name && (m.kind === "constant" || isCost(name))) add(reading, name, e.at);
}

function add(reading: Reading, name: string, at: CostFact["at"]): void {
	const title = name.split(".").at(-1)!;
	const { costs } = reading.facts;
	if (!costs.some((cost) => cost.at.start === at.start)) {
		costs.push({ title, own: false, ...known(title), at: span(at) });
	}
}
