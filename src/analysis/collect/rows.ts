import { t } from "../../l10n.ts";
import type { Parameter } from "../facts.ts";
import { parameterOf } from "../frameworks/signature.ts";
import { argument, type Meaning, nameOf } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import { type NamedCall, plainParameter, type Reading } from "../reading.ts";
import type { Expression } from "../syntax/code.ts";

/** Functions that give back as many rows as they get. */
const SAME_ROWS =
	/^(torch\.(from_numpy|tensor|as_tensor|FloatTensor|utils\.data\.TensorDataset)|numpy\.(array|asarray)|tfjs\.tensor\dd)$/;
/** Made data: the rows are the first number. */
const FIRST = /^(torch\.(randn|rand|zeros|ones|empty|arange|linspace)|numpy\.random\.(randn|rand))$/;
const SHAPE =
	/^(numpy\.(zeros|ones|empty)|numpy\.random\.(random|normal|uniform|randint|standard_normal)|torch\.(randn|rand|zeros|ones|randint)|tfjs\.(randomNormal|randomUniform|zeros|ones))$/;

/** @returns how many rows data has, where the text tells */
export function rowsOf(reading: Reading, m: Meaning): number | undefined {
	if (m.kind === "result" && /^(float|long|reshape|astype|to|view_as)$/.test(m.name)) {
		return m.name === "reshape" ? undefined : rowsOf(reading, m.of);
	}
	if (m.kind !== "made") {
		const of = m.kind === "member" && m.of.kind === "made" ? m.of : undefined;
		// Parts of random_split(data, [800, 200])
		return of && /^torch\.utils\.data\.random_split$/.test(of.name)
			? partOf(reading, of, Number((m as { name: string }).name))
			: undefined;
	}
	const { call, where, name } = m;
	const first = call.args[0]?.value;
	if (/^sklearn\.datasets\.make_/.test(name)) return reading.number(argument(call, "n_samples", 0), where);
	if (!first) return undefined;
	if (SAME_ROWS.test(name)) {
		const rows = rowsOf(reading, reading.evaluate(first, where));
		return rows;
	}
	if (FIRST.test(name) && call.args.filter((a) => !a.name).length > 0) {
		const rows = reading.number(first, where);
		if (rows !== undefined) return /arange|linspace/.test(name) && call.args.length > 1 ? undefined : rows;
	}
	if (!SHAPE.test(name)) return undefined;
	const shape =
		argument(call, "size") ??
		argument(call, "shape") ??
		call.args.map((a) => a.value).find((e) => e.kind === "sequence") ??
		first;
	const meaning = reading.evaluate(shape, where);
	if (meaning.kind === "sequence" && meaning.items[0]) return reading.number(meaning.items[0], meaning.where);
	return undefined;
}

function partOf(reading: Reading, { call, where }: Meaning & { kind: "made" }, place: number): number | undefined {
	const lengths = argument(call, "lengths", 1);
	const m = lengths && reading.evaluate(lengths, where);
	const item = m?.kind === "sequence" ? m.items[place] : undefined;
	const rows = item && m?.kind === "sequence" ? reading.number(item, m.where) : undefined;
	return rows !== undefined && rows >= 1 && Number.isInteger(rows) ? rows : undefined;
}

/** Says of each batch size how many rows it is cut from. */
export function collectRows(reading: Reading): void {
	for (const fact of reading.facts.batchSizes) {
		const site = reading.madeBy.get(fact);
		const data = site?.call.args[0]?.value;
		if (!site || !data) continue;
		const { where, callee } = site;
		const m = reading.evaluate(data, where);
		const name = nameOf(m) ?? "";
		const named = reading.facts.datasets.find((d) => m.kind === "made" && d.at.start === m.call.at.start);
		const rows = rowsOf(reading, m) ?? (callee.kind === "symbol" && name ? named?.rows : undefined);
		if (rows === undefined) continue;
		const share = callee.kind === "member" && callee.name === "fit" ? heldOutBy(reading, site) : undefined;
		const kept =
			share === undefined ? rows : typeof share.value === "number" ? rows - Math.ceil(rows * share.value) : 0;
		if (kept >= 1) fact.rows = kept;
	}
}

/** Finds what the program keeps from training: scikit-learn's and PyTorch's splits, and the share that fit() sets aside. */
export function collectHeldOut(reading: Reading): void {
	for (const site of reading.calls) {
		const found = heldOutBy(reading, site);
		if (found) reading.facts.heldOut.push(plainParameter(found));
	}
}

export const isSplit = remembered((name) => /^(sklearn\.model_selection\.)?train_test_split$/.test(name));
const isPart = remembered((name) => /^torch\.utils\.data\.(random_split|Subset)$/.test(name));
const isDirectory = remembered((name) => /_dataset_from_directory$/.test(name));

function heldOutBy(reading: Reading, site: NamedCall): Parameter | undefined {
	const { call, where, name, callee } = site;
	const said = (e: Expression, written: string) => parameterOf(reading.evaluator, e, where, "heldOut", written);
	// The method is that of Hugging Face's datasets.
	if (isSplit(callee.kind === "member" ? callee.name : name)) {
		const [size, rest] = [argument(call, "test_size"), argument(call, "train_size")];
		if (size) return said(size, "test_size");
		if (rest || call.args.some((a) => a.spread)) return unknownShare("train_size");
		return { name: "heldOut", written: "test_size", value: 0.25, origin: "library" };
	}
	if (isPart(name)) {
		const lengths = argument(call, "lengths", 1);
		if (!lengths || !trainsFirst(site)) return unknownShare(name);
		const value = lengthsOf(reading, lengths, where);
		return value === undefined
			? said(lengths, "lengths")
			: { name: "heldOut", written: "lengths", value, at: lengths.at, origin: "computed" };
	}
	if (isDirectory(name)) {
		const share = argument(call, "validation_split");
		return share && said(share, "validation_split");
	}
	if (callee.kind !== "member" || callee.name !== "fit") return undefined;
	const python = reading.language === "python";
	if (!reading.has(python ? "keras" : "tfjs")) return undefined;
	const share = python ? argument(call, "validation_split") : optionOf(reading, site);
	return share && said(share, python ? "validation_split" : "validationSplit");
}

/**
 * @returns shares of the rows, or the number that is kept: [0.8] of [int(0.8 * len(data)), ...], [0.8, 0.2] of
 *   [len(data) - int(0.2 * len(data)), ...], 200 of [len(data) - 200, 200]
 */
function lengthsOf(reading: Reading, lengths: Expression, where: NamedCall["where"]): number | number[] | undefined {
	const m = reading.evaluate(lengths, where);
	const first = m.kind === "sequence" && m.items[0] ? reading.evaluate(m.items[0], m.where) : undefined;
	const share = first && shareOfRows(first);
	if (share !== undefined) return [share];
	if (first?.kind !== "unknown" || first.operator !== "-" || !isAllRows(first.of![0])) return undefined;
	const [, kept] = first.of!;
	const rest = shareOfRows(kept);
	return rest === undefined ? numberOf(kept) : [1 - rest, rest];
}

/** @returns 0.8 of int(0.8 * len(data)), 0.1 of len(data) // 10 */
function shareOfRows(m: Meaning): number | undefined {
	if (m.kind !== "unknown" || !m.of) return undefined;
	const [left, right] = m.of;
	if (m.operator === "*") return isAllRows(left) ? numberOf(right) : isAllRows(right) ? numberOf(left) : undefined;
	const parts = /^\/\/?$/.test(m.operator!) && isAllRows(left) ? numberOf(right) : undefined;
	// 1 / 49 of 49 rows is rounded to less than one.
	return parts && (1 + 1e-12) / parts;
}

/** len(data), data.shape[0] */
function isAllRows(m: Meaning): boolean {
	if (m.kind === "member" && m.name === "0") {
		return (m.of.kind === "member" || m.of.kind === "symbol") && /(^|\.)shape$/.test(m.of.name);
	}
	return m.kind === "made" && m.name === ".len";
}

function numberOf(m: Meaning): number | undefined {
	return m.kind === "constant" && typeof m.value === "number" ? m.value : undefined;
}

/** train, rest = random_split(data, [0.8, 0.2]) */
function trainsFirst({ statement }: NamedCall): boolean {
	const target = statement.kind === "assign" ? statement.targets[0] : undefined;
	const first = target?.kind === "sequence" ? target.items[0] : undefined;
	return first?.kind === "name" && /train/i.test(first.name);
}

/** fit(x, y, {validationSplit: 0.2}) */
function optionOf(reading: Reading, { call, where }: NamedCall): Expression | undefined {
	const e = call.args[2]?.value;
	const options = e && reading.evaluate(e, where);
	return options?.kind === "mapping" ? options.entries.find((o) => o.name === "validationSplit")?.value : undefined;
}

function unknownShare(written: string): Parameter {
	return { name: "heldOut", written, unknown: t("it is not followed"), origin: "unknown" };
}
