import { argument, type Meaning, nameOf } from "../meaning/meaning.ts";
import type { Reading } from "../reading.ts";

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
		const site = reading.siteAt(fact.at);
		const data = site?.call.args[0]?.value;
		if (!site || !data) continue;
		const { where, callee } = site;
		const m = reading.evaluate(data, where);
		const name = nameOf(m) ?? "";
		const named = reading.facts.datasets.find((d) => m.kind === "made" && d.at.start === m.call.at.start);
		const rows = rowsOf(reading, m) ?? (callee.kind === "symbol" && name ? named?.rows : undefined);
		if (rows !== undefined) fact.rows = rows;
	}
}
