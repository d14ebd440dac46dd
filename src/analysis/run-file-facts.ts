import type { OptimizerName, RatePoint } from "../engine/protocol/hyperparameters.ts";
import { t } from "../l10n.ts";
import type { Analysis, Constant, Facts, Finding, OptimizerFact, Parameter, ScheduleFact } from "./facts.ts";
import type { Case } from "./findings/finding.ts";
import { SEVERITIES } from "./findings/finding.ts";
import { judgeOptimizer } from "./findings/ranges.ts";
import { noFacts, span } from "./reading.ts";
import type { Expression, Mapping, Span, Statement } from "./syntax/code.ts";

const keyOf = ({ key, name }: Mapping["entries"][number]) => name ?? (key?.kind === "text" ? key.value : undefined);

/** Reads a `*.train.json`, parsed as the one expression that it is. */
export function readRunFileFacts(statements: Statement[], text: string): Analysis {
	const facts: Facts = { ...noFacts(), seeded: true };
	const first = statements[0];
	const root = first?.kind === "expression" && first.value.kind === "mapping" ? first.value : undefined;
	if (root) readRoot(facts, root);
	const findings: Finding[] = [];
	const report: Case["report"] = (finding, at, severity) =>
		findings.push({ ...finding, severity: severity ?? SEVERITIES[finding.code], start: at.start, end: at.end });
	for (const optimizer of facts.optimizers) judgeOptimizer({ report, facts }, optimizer, text);
	return { facts, findings: findings.sort((a, b) => a.start - b.start) };
}

function readRoot(facts: Facts, root: Mapping): void {
	const framework = "runFile";
	const value = (key: string) => root.entries.find((e) => keyOf(e) === key)?.value;
	const batchSize = value("batchSize");
	if (batchSize) {
		const parameter = parameterOf("batchSize", batchSize);
		facts.batchSizes.push({ framework, role: "train", parameter, where: "batchSize", at: span(batchSize.at) });
	}
	const epochs = value("epochs");
	if (epochs)
		facts.epochs.push({ framework, parameter: parameterOf("epochs", epochs), where: "epochs", at: span(epochs.at) });
	const path = member(value("dataset"), "path");
	if (path?.kind === "text") {
		facts.datasets.push({
			library: "dataset.path",
			kind: "file",
			name: path.value,
			at: span(path.at),
			nameAt: span(path.at),
		});
	}
	const layers = member(value("model"), "layers");
	if (layers?.kind === "sequence") {
		const dense = layers.items.flatMap((e) =>
			e.kind === "number" ? [{ kind: "dense" as const, title: "layer", outputs: e.value, at: span(e.at) }] : [],
		);
		facts.models.push({ framework, name: "model", layers: dense, at: span(layers.at) });
	}
	const optimizer = named(value("optimizer"));
	if (optimizer) {
		const { name, at, nameAt, parameters } = optimizer;
		facts.optimizers.push({
			framework,
			optimizer: name as OptimizerFact["optimizer"] & OptimizerName,
			library: name,
			title: name,
			parameters,
			groups: [],
			at,
			nameAt,
		});
	}
	const decay = named(value("decay"));
	if (decay) {
		const { name, at, nameAt, parameters } = decay;
		facts.schedules.push({
			framework,
			library: name,
			title: name,
			decay: name,
			parameters,
			counts: "epochs",
			moves: "epochs",
			at,
			nameAt,
			...(optimizer && { optimizer: 0 }),
			...pointsOf(value("decay")),
		});
	}
}

/** "points": [{ "epoch": 10, "rate": 0.01 }, ...] */
function pointsOf(decay: Expression | undefined): Pick<ScheduleFact, "points"> {
	const list = member(decay, "points");
	if (list?.kind !== "sequence") return {};
	const points = list.items.flatMap((item): RatePoint[] => {
		const [epoch, step, rate] = ["epoch", "step", "rate"].map((key) => numberIn(member(item, key)));
		if (rate === undefined) return [];
		return epoch !== undefined ? [{ epoch, rate }] : step !== undefined ? [{ step, rate }] : [];
	});
	return points.length === list.items.length ? { points } : {};
}

function numberIn(e: Expression | undefined): number | undefined {
	return e?.kind === "number" ? e.value : undefined;
}

function member(e: Expression | undefined, key: string): Expression | undefined {
	return e?.kind === "mapping" ? e.entries.find((entry) => keyOf(entry) === key)?.value : undefined;
}

/** {"name": "adam", "learningRate": 0.001} */
function named(
	e: Expression | undefined,
): { name: string; at: Span; nameAt: Span; parameters: Parameter[] } | undefined {
	const name = member(e, "name");
	if (e?.kind !== "mapping" || name?.kind !== "text") return undefined;
	const parameters = e.entries.flatMap((entry) => {
		const key = keyOf(entry);
		return key === undefined || key === "name" ? [] : [parameterOf(key, entry.value)];
	});
	return { name: name.value, at: span(e.at), nameAt: span(name.at), parameters };
}

function parameterOf(name: string, e: Expression): Parameter {
	const at = span(e.at);
	const value = constantOf(e);
	if (value === undefined) return { name, written: name, at, unknown: t("it is no number"), origin: "unknown" };
	return { name, written: name, value, at, writtenAt: at, origin: "literal" };
}

function constantOf(e: Expression): Constant | undefined {
	if (e.kind === "number" || e.kind === "text" || e.kind === "constant") return e.value;
	return e.kind === "unary" && e.operator === "-" && e.operand.kind === "number" ? -e.operand.value : undefined;
}
