import { t } from "../../l10n.ts";
import type { TableFact } from "../facts.ts";
import { argument, type Meaning } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { Where } from "../meaning/survey.ts";
import type { NamedCall, Reading } from "../reading.ts";
import type { Expression } from "../syntax/code.ts";
import { returnsOf } from "../syntax/statements.ts";
import { isSplit } from "./rows.ts";
import { type Taken, TakenColumns } from "./taken.ts";

/** What goes by the name of inputs and of targets, where nothing takes both. */
const [isInputs, isTargets] = ["x|xs|features?|inputs?", "y|ys|targets?|labels?"].map((names) => {
	const pattern = new RegExp(`^(${names})(_?(all|data|full|raw|np|t|tensor|values|arr|array|train(ing)?))?$`, "i");
	return remembered((name) => pattern.test(name));
});

/** Inputs and targets that belong together. */
interface Pair {
	/** each is one that it may be */
	inputs: Meaning[];
	targets: Meaning[];
}

/** Finds out which columns of a table are learned from, which one is learned, and which rows are left out. */
export function collectTables(reading: Reading): void {
	const readers = reading.facts.datasets.map(({ at }) => at.start);
	if (readers.length === 0) return;
	const columns = new TakenColumns(reading);
	const pairs = reading.calls.flatMap((site) => pairOf(reading, site) ?? []).concat(itemsOf(reading));
	const inputs = pairs.flatMap((pair) => pair.inputs.flatMap((m) => columns.of(m) ?? []));
	const targets = pairs.flatMap((pair) => pair.targets.flatMap((m) => columns.of(m) ?? []));
	const named = (isMeant: (name: string) => boolean) =>
		valuesNamed(reading, isMeant).flatMap((m) => columns.of(m) ?? []);
	const y = pairs.length > 0 ? targets : named(isTargets);
	const x = pairs.length > 0 ? inputs : named(isInputs);
	// A table may go whole into something that is not followed.
	const cleaned = ["dropna", "drop_nulls"]
		.flatMap((name) => reading.survey.callsByName.get(name) ?? [])
		.filter(({ call, statement }) => statement.kind === "assign" || argument(call, "inplace"))
		.flatMap(({ call, where }) => {
			const changed = argument(call, "inplace") && call.callee.kind === "member" ? call.callee.object : call;
			return columns.of(reading.evaluate(changed, where)) ?? [];
		});
	for (const [dataset, start] of readers.entries()) {
		const ofIt = ({ reader }: Taken) => reader.at.start === start;
		const fact = factOf(dataset, x.filter(ofIt), y.filter(ofIt), cleaned.filter(ofIt));
		if (!fact) continue;
		const { given } = [...y, ...x].find(ofIt) ?? {};
		if (hasPlaces(fact)) fact.places = { assigned: columns.assigned, ...(given ? { columns: given.length } : {}) };
		reading.facts.tables.push(fact);
	}
	for (const site of reading.calls) labelled(reading, site);
}

function factOf(dataset: number, x: Taken[], y: Taken[], cleaned: Taken[]): TableFact | undefined {
	const [rows] = [...y, ...x, ...cleaned];
	if (!rows) return undefined;
	const fact: TableFact = {
		dataset,
		without: [],
		complete: rows.complete,
		marks: (rows.complete.length > 0 && rows.marks) || [],
	};
	const chosenBy = rows.chosenBy ?? (cleaned.length > 1 ? "dropna()" : undefined);
	if (chosenBy) fact.chosenBy = chosenBy;
	const learned = new Set(y.flatMap((taken) => taken.names ?? []));
	const [target] = learned;
	if (learned.size === 1 && y.every(({ names }) => names)) fact.target = target;
	else if (learned.size > 1) fact.unknownTarget = t("the code learns several columns: {0}", [...learned].join(", "));
	const [first] = x;
	if (!first || x.some((other) => JSON.stringify(columnsOf(other)) !== JSON.stringify(columnsOf(first)))) return fact;
	fact.without = first.without.filter((name) => name !== target);
	const features = first.names?.filter((name) => name !== target);
	if (!features) return { ...fact, takesRest: true };
	return features.length > 0 ? { ...fact, features } : fact;
}

function hasPlaces({ target, features = [], without, complete }: TableFact): boolean {
	const rows = complete.flatMap(({ names = [], without }) => [...names, ...without]);
	return [target, ...features, ...without, ...rows].some((column) => typeof column === "number");
}

function columnsOf({ names, without }: Taken): unknown {
	return [names?.toSorted(), without.toSorted()];
}

const isTensors = remembered((name) => /^torch\.utils\.data\.TensorDataset$/.test(name));
const isSlices = remembered((name) => /^tensorflow\.data\.Dataset\.from_tensor_slices$/.test(name));

/** TensorDataset(x, y), train_test_split(x, y), from_tensor_slices((x, y)), model.fit(x, y) */
function pairOf(reading: Reading, { call, name, callee, where }: NamedCall): Pair | undefined {
	// Most calls are none of these.
	const [takesPair, takesSlices] = [isTensors(name) || isSplit(name), isSlices(name)];
	if (!takesPair && !takesSlices && !(callee.kind === "member" && callee.name === "fit")) return undefined;
	const plain = call.args.filter((a) => !a.name && !a.spread).map((a) => a.value);
	const evaluated = (inputs: Expression | undefined, targets: Expression | undefined, there: Where = where) =>
		inputs && targets
			? { inputs: [reading.evaluate(inputs, there)], targets: [reading.evaluate(targets, there)] }
			: undefined;
	if (takesPair) return evaluated(plain[0], plain[1]);
	if (takesSlices) {
		const data = plain[0] && reading.evaluate(plain[0], where);
		return data?.kind === "sequence" ? evaluated(data.items[0], data.items[1], data.where) : undefined;
	}
	return evaluated(argument(call, "x", 0), argument(call, "y", 1));
}

/** What a class gives by its place: __getitem__ that returns self.x[i], self.y[i] */
function itemsOf(reading: Reading): Pair[] {
	return reading.survey.classes.flatMap(({ cls }) => {
		const get = cls.body.find((s) => s.kind === "function" && s.name === "__getitem__");
		if (get?.kind !== "function") return [];
		return returnsOf(get.body).flatMap((s): Pair[] => {
			const where = reading.survey.statementPlaces.get(s);
			if (s.value?.kind !== "sequence" || s.value.items.length !== 2 || !where) return [];
			const [inputs, targets] = s.value.items.map((item) => {
				const e = wholeOf(item);
				// A field that is scaled in its place is given its value twice.
				const own = e.kind === "member" && e.object.kind === "name" && e.object.name === "self" ? e.name : undefined;
				const given = own === undefined ? undefined : reading.survey.attributes.get(cls)?.get(own);
				return given?.map((d) => reading.evaluator.definition(d)) ?? [reading.evaluate(e, where)];
			});
			return [{ inputs, targets }];
		});
	});
}

/** self.x[i] is of self.x, torch.tensor(self.y[i]) of self.y */
function wholeOf(e: Expression): Expression {
	if (e.kind === "index") return e.object;
	return e.kind === "call" && e.args[0] && e.callee.kind === "member" ? wholeOf(e.args[0].value) : e;
}

/** @returns what variables of such a name are given */
function valuesNamed(reading: Reading, isMeant: (name: string) => boolean): Meaning[] {
	const scopes = [reading.survey.module, ...reading.survey.innerScopes];
	return scopes.flatMap(({ definitions }) =>
		[...definitions].flatMap(([name, given]) =>
			isMeant(name) ? given.flatMap((d) => (d.how.kind === "value" ? [reading.evaluator.definition(d)] : [])) : [],
		),
	);
}

const isLabelled = remembered((name) => /\.make_csv_dataset$/.test(name));

/** Readers that are told the target: make_csv_dataset(label_name="y"), tf.data.csv(..., {columnConfigs: {y: {isLabel: true}}}) */
function labelled(reading: Reading, { call, name, where }: NamedCall): void {
	if (name !== "tfjs.data.csv" && !isLabelled(name)) return;
	const dataset = reading.facts.datasets.findIndex(({ at }) => at.start === call.at.start);
	if (dataset < 0) return;
	const push = (target: string) => reading.facts.tables.push({ dataset, target, without: [], complete: [], marks: [] });
	if (isLabelled(name)) {
		const label = argument(call, "label_name");
		const text = label && reading.evaluator.constant(label, where);
		if (typeof text === "string") push(text);
	} else if (call.args[1]) {
		const { evaluator } = reading;
		const configs = evaluator.follow(evaluator.evaluate(call.args[1].value, where), ["columnConfigs"]);
		if (configs.kind !== "mapping") return;
		const labels = configs.entries.filter(({ value }) => {
			const isLabel = evaluator.follow(evaluator.evaluate(value, configs.where), ["isLabel"]);
			return isLabel.kind === "constant" && isLabel.value === true;
		});
		if (labels.length === 1 && labels[0].name) push(labels[0].name);
	}
}
