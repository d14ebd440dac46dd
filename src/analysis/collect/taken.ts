import type { Column } from "../facts.ts";
import { argument, type Meaning, sameMeaning } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { CallSite, Where } from "../meaning/survey.ts";
import type { Reading } from "../reading.ts";
import type { Call, Expression, Slice } from "../syntax/code.ts";
import { type Columns, columnAt, columnsBetween } from "./places.ts";
import { isSplit } from "./rows.ts";
import { isHeadless, isReader, placeOf, placesOf, readTable, textsOf } from "./table-readers.ts";

/** Columns of a table that was read from a file, as the file has them. */
export interface Taken extends Columns {
	/** the call that reads the file */
	reader: Call;
	/** names that the program gives the file's columns */
	given?: string[];
	/** its columns are no longer at the file's places, or may not be */
	moved?: true;
	/** one column as such, not a table of one */
	single: boolean;
	/** rows with no value in one of these columns are left out; columns are given as above */
	complete: Columns[];
	/** cells that the reader takes for no value; undefined where it is told others that are not known */
	marks: string[] | undefined;
	/** what else chooses rows, or keeps the text from telling which rows have a value: "query()" */
	chosenBy?: string;
}

/** Functions that give the columns that they are given, as other numbers for the same things. */
const isSame = remembered((name) =>
	/^(torch\.(tensor|as_tensor|from_numpy|FloatTensor|LongTensor|Tensor)|(numpy|jax\.numpy)\.(array|asarray|ascontiguousarray|ravel|squeeze|expand_dims)|pandas\.(get_dummies|DataFrame|Series|Categorical|factorize|to_numeric)|tensorflow\.(constant|convert_to_tensor|cast|one_hot)|keras\.utils\.(to_categorical|normalize)|jax\.nn\.one_hot|torch\.nn\.functional\.one_hot|\.(list|len))$/.test(
		name,
	),
);
const SAME_METHODS =
	/^(to_numpy|numpy|astype|copy|tolist|to_list|float|long|double|int|view|reshape|unsqueeze|squeeze|ravel|flatten|contiguous|clone|detach|type|round|reset_index|infer_objects|convert_dtypes|to_frame|to_series|to_torch|collect|rename_axis|sort_index|cast|fillna|fill_null|ffill|bfill|interpolate)$/;
const SAME_MEMBERS = /^(values|cat|codes|array)$/;
/** What of these may give as many columns, but others or at other places. */
const MOVES =
	/(^|\.)(get_dummies|one_hot|to_categorical|expand_dims|view|reshape|unsqueeze|squeeze|ravel|flatten|reset_index|to_frame|rename_axis)$/;
const KEEPS_PLACES = /(Scaler|Normalizer|PowerTransformer|QuantileTransformer|Imputer|OrdinalEncoder)$/;
const FEWER_ROWS = /^(head|tail|query|drop_duplicates|unique|nlargest|nsmallest|sample|filter|limit)$/;
const FILLS = ["fillna", "fill_null", "ffill", "bfill", "interpolate", "SimpleImputer", "KNNImputer"];
const DEEPEST = 40;

/** Follows data of a program back to the columns of the file that they come from. */
export class TakenColumns {
	private readonly reading: Reading;
	/** calls that change a table in its place, in the order of the text */
	private readonly inPlace: { of: Meaning; name: string; site: CallSite }[];
	/** when missing values are first filled or made, in the order of the text */
	private readonly filled: number;
	/** an expression is asked for by each one that is computed of it */
	private readonly known = new Map<Meaning, Taken | undefined>();

	constructor(reading: Reading) {
		this.reading = reading;
		const { callsByName } = reading.survey;
		const sites = (names: string[]) => names.flatMap((name) => callsByName.get(name) ?? []);
		this.inPlace = sites(["dropna", "drop", "pop", "set_index"])
			.filter(({ call, name, where }) => name === "pop" || this.says(call, "inplace", true, where))
			.flatMap((site) => {
				const { callee } = site.call;
				if (callee.kind !== "member") return [];
				return [{ of: reading.evaluate(callee.object, site.where), name: site.name, site }];
			})
			.sort((a, b) => a.site.where.order - b.site.where.order);
		const coerced = sites(["to_numeric", "to_datetime"]).filter(({ call }) => argument(call, "errors"));
		this.filled = Math.min(...[...sites(FILLS), ...coerced].map(({ where }) => where.order));
	}

	/** @returns undefined for what is no table's, or is made of it in a way that is not followed */
	of(m: Meaning, depth = 0): Taken | undefined {
		if (this.known.has(m) || depth > DEEPEST) return this.known.get(m);
		const taken = this.find(m, depth);
		this.known.set(m, taken);
		return taken;
	}

	private find(m: Meaning, depth: number): Taken | undefined {
		let taken = this.read(m, depth + 1);
		if (!taken || (m.kind !== "made" && m.kind !== "result" && m.kind !== "element")) return taken;
		for (const { of, name, site } of this.inPlace) {
			if (taken && sameMeaning(of, m)) taken = name === "pop" ? this.without(taken, site) : this.method(taken, site);
		}
		return taken;
	}

	private read(m: Meaning, depth: number): Taken | undefined {
		switch (m.kind) {
			case "made": {
				const first = m.call.args[0];
				if (isReader(m.name)) return readTable(this.reading, m.name, m.call, m.where);
				if (!first || !isSame(m.name)) return undefined;
				return movedBy(m.name, this.of(this.reading.evaluate(first.value, m.where), depth));
			}
			case "member":
				return this.member(m, depth);
			case "result":
				return this.result(m, depth);
			case "element":
				return this.element(m, depth);
			case "unknown":
				return this.computed(m.of ?? [], depth);
			default:
				return undefined;
		}
	}

	private member({ of, name }: Meaning & { kind: "member" }, depth: number): Taken | undefined {
		if (of.kind === "made" && /^\d+$/.test(name)) {
			const place = Number(name);
			if (isSplit(of.name)) {
				const args = of.call.args.filter((a) => !a.name && !a.spread);
				const data = args[Math.floor(place / 2)]?.value;
				return data && this.of(this.reading.evaluate(data, of.where), depth);
			}
			if (of.name === "pandas.factorize" && place === 0) return this.of(of, depth);
			const table = isReader(of.name) && isHeadless(of.call) ? this.of(of, depth) : undefined;
			const at = table && columnAt(table, place);
			return table && at !== undefined ? { ...table, names: [at], single: true } : undefined;
		}
		const taken = this.of(of, depth);
		if (!taken || SAME_MEMBERS.test(name)) return taken;
		return taken.single ? undefined : column(taken, name);
	}

	private result(m: Meaning & { kind: "result" }, depth: number): Taken | undefined {
		const { call, name, where, of } = m;
		// StandardScaler().fit_transform(X)
		if (/^(fit_)?transform$/.test(name)) {
			const data = call.args[0]?.value;
			const encodes = of.kind === "made" && /^sklearn\.(preprocessing|impute)\./.test(of.name);
			const taken = data && encodes ? this.of(this.reading.evaluate(data, where), depth) : undefined;
			return taken && of.kind === "made" && !KEEPS_PLACES.test(of.name) ? { ...taken, moved: true } : taken;
		}
		const taken = this.of(of, depth);
		if (!taken) return undefined;
		if (name === "pop" || name === "get_column") {
			const text = call.args[0] && this.reading.evaluator.constant(call.args[0].value, where);
			return typeof text === "string" ? column(taken, text) : undefined;
		}
		return this.method(taken, { call, name, where });
	}

	/** What a method makes of a table. */
	private method(taken: Taken, { call, name, where }: Pick<CallSite, "call" | "name" | "where">): Taken | undefined {
		switch (name) {
			case "dropna":
			case "drop_nulls":
			case "drop_nans":
				return this.dropsRows(taken, call, where);
			case "drop":
			case "set_index":
				return this.without(taken, { call, name, where });
			case "select": {
				const names = call.args.flatMap(({ value }) => this.named(taken, value, where) ?? [undefined]);
				return names.includes(undefined) ? undefined : { ...taken, names: names as Column[], single: false };
			}
			case "map":
			case "replace":
				return taken.single && call.args[0] && this.recodes(call.args[0].value, where) ? taken : undefined;
		}
		// All rows in another order.
		if (name === "sample" && !argument(call, "n", 0) && this.says(call, "frac", 1, where)) return taken;
		if (FEWER_ROWS.test(name)) return { ...taken, chosenBy: `${name}()` };
		return SAME_METHODS.test(name) ? movedBy(name, taken) : undefined;
	}

	/** df.dropna(), df.dropna(subset=["a"]) */
	private dropsRows(taken: Taken, call: Call, where: Where): Taken {
		const subset = argument(call, "subset") ?? (taken.single ? undefined : call.args.find((a) => !a.name)?.value);
		const names = subset ? this.named(taken, subset, where) : taken.names;
		const others = call.args.some((a) => a.spread || /^(axis|how|thresh)$/.test(a.name ?? ""));
		const uncertain = others || !taken.marks || taken.single || (subset && !names) || where.order > this.filled;
		if (uncertain) return { ...taken, chosenBy: "dropna()" };
		const without = names ? [] : taken.without;
		return { ...taken, complete: [...taken.complete, { without, ...(names ? { names } : {}) }] };
	}

	/** df.drop(columns=["a"]), df.drop("a", axis=1), df.pop("a"), and df.drop("a", "b") of Polars */
	private without(taken: Taken, { call, name, where }: Pick<CallSite, "call" | "name" | "where">): Taken {
		const said = argument(call, "columns") ?? (name === "drop" ? undefined : call.args[0]?.value);
		const axis = argument(call, "axis", 1);
		const ofColumns = axis && [1, "columns"].includes(this.reading.evaluator.constant(axis, where) as number);
		const polars = /^polars\./.test(this.reading.evaluator.calleeName(taken.reader, where) ?? "");
		const labels = argument(call, "labels", 0);
		const given = said ? [said] : polars ? call.args.map((a) => a.value) : ofColumns && labels ? [labels] : [];
		const names = given.flatMap((e) => this.named(taken, e, where) ?? [undefined]);
		if (names.length === 0 || names.includes(undefined)) return { ...taken, chosenBy: `${name}()` };
		const gone = names as Column[];
		const left = taken.names?.filter((n) => !gone.includes(n));
		return { ...taken, without: [...taken.without, ...gone], ...(left ? { names: left } : {}) };
	}

	/** df[["a", "b"]], df[mask], df.loc[:, "a"], df.iloc[:, -1], array[:, 0:8] */
	private element(m: Meaning & { kind: "element" }, depth: number): Taken | undefined {
		const { of, index, where } = m;
		if (!index || !where) return undefined;
		const located = of.kind === "member" && /^i?loc$/.test(of.name) ? of : undefined;
		const taken = this.of(located?.of ?? of, depth);
		const items = index.kind === "sequence" ? index.items : undefined;
		if (!taken || taken.single || (items && items.length > 2 && !textsOf(this.reading, index, where))) return undefined;
		const both = items && (located || items.some((item) => sliceOf(item)));
		const [rows, columns] = both ? items : located || sliceOf(index) ? [index] : [undefined, index];
		const picked = rows && !isWhole(rows) ? this.rowsWhere(taken, rows, where, depth) : taken;
		if (!columns || isWhole(columns)) return picked;
		return both && located?.name !== "loc"
			? this.columnsAt(picked, columns, where)
			: this.columnsBy(picked, columns, where, depth);
	}

	private columnsAt(taken: Taken, index: Expression, where: Where): Taken | undefined {
		if (taken.moved) return undefined;
		const slice = sliceOf(index);
		if (slice) {
			const [from, to, step] = slice.map((e) => (e ? (placeOf(this.reading, e, where) ?? Number.NaN) : undefined));
			if ([from, to, step].some(Number.isNaN) || (step ?? 1) !== 1) return undefined;
			const columns = columnsBetween(taken, from, to);
			return columns && { ...taken, ...columns, single: false };
		}
		const one = placeOf(this.reading, index, where);
		const places = one === undefined ? placesOf(this.reading, index, where) : [one];
		const names = places?.map((place) => columnAt(taken, place));
		return names && !names.includes(undefined)
			? { ...taken, names: names as Column[], single: one !== undefined }
			: undefined;
	}

	private columnsBy(taken: Taken, index: Expression, where: Where, depth: number): Taken | undefined {
		const names = this.named(taken, index, where);
		if (names) return { ...taken, names, single: index.kind === "text" };
		const m = this.reading.evaluate(index, where);
		// df[df.columns.drop("a")]
		const ofAll = m.kind === "result" && m.of.kind === "member" && m.of.name === "columns";
		if (ofAll && /^(drop|difference)$/.test(m.name)) {
			const gone = m.call.args[0] && this.named(taken, m.call.args[0].value, m.where);
			return gone && { ...taken, without: [...taken.without, ...gone], single: false };
		}
		const isMask = m.kind !== "sequence" && /^(binary|unary|call)$/.test(index.kind);
		return isMask ? this.rowsWhere(taken, index, where, depth) : undefined;
	}

	/** df[df["a"].notna()] leaves out as dropna does; of other conditions it is not known which rows are left. */
	private rowsWhere(taken: Taken, condition: Expression, where: Where, depth: number): Taken {
		const m = this.reading.evaluate(condition, where);
		const tested = m.kind === "result" && /^not(na|null)$/.test(m.name) ? this.of(m.of, depth) : undefined;
		if (!tested?.single || !taken.marks || where.order > this.filled) return { ...taken, chosenBy: "[…]" };
		return { ...taken, complete: [...taken.complete, { names: tested.names, without: [] }] };
	}

	/** (X - X.mean()) / X.std() */
	private computed(of: Meaning[], depth: number): Taken | undefined {
		const parts = of.flatMap((m) => this.of(m, depth) ?? []);
		const [first] = parts;
		return parts.length > 0 && parts.every((p) => String(p.names) === String(first.names)) ? first : undefined;
	}

	/** {"a": 0, "b": 1}, or a dictionary made by a loop over all classes: each value stays one of its own */
	private recodes(e: Expression, where: Where): boolean {
		if (e.kind === "other" && e.targets) return true;
		const m = this.reading.evaluate(e, where);
		if (m.kind !== "mapping") return false;
		const values = m.entries.map(({ value }) => this.reading.evaluator.constant(value, m.where));
		return !values.includes(undefined) && new Set(values).size === values.length;
	}

	/** Names of columns that a program gives tables: some may be new ones, and move others. */
	get assigned(): string[] {
		const { survey } = this.reading;
		const given = survey.keyed.filter(({ object, where }) => this.of(this.reading.evaluate(object, where)));
		// df.insert(0, "a", values): whatever it is called, it moves others
		const inserts = (survey.callsByName.get("insert") ?? []).filter(
			({ call: { callee }, where }) => callee.kind === "member" && this.of(this.reading.evaluate(callee.object, where)),
		);
		return [...new Set([...given.map(({ name }) => name), ...inserts.map(() => "")])];
	}

	/** @returns the columns of texts that are all known: "a", ["a", "b"] */
	private named(taken: Taken, e: Expression, where: Where): Column[] | undefined {
		return textsOf(this.reading, e, where)?.map((name) => columnNamed(taken, name));
	}

	private says(call: Call, name: string, value: boolean | number, where: Where): boolean {
		const e = argument(call, name);
		return e !== undefined && this.reading.evaluator.constant(e, where) === value;
	}
}

function column(taken: Taken, name: string): Taken | undefined {
	if (/^(i?loc|i?at|T|index|columns|shape|dtypes|str|dt)$/.test(name)) return undefined;
	return { ...taken, names: [columnNamed(taken, name)], single: true };
}

function columnNamed({ given }: Taken, name: string): Column {
	const place = given?.indexOf(name) ?? -1;
	return place < 0 ? name : place;
}

function movedBy(name: string, taken: Taken | undefined): Taken | undefined {
	return taken && MOVES.test(name) ? { ...taken, moved: true } : taken;
}

function sliceOf(e: Expression): Slice | undefined {
	return e.kind === "other" ? e.slice : undefined;
}

/** ":" alone */
function isWhole(e: Expression): boolean {
	return sliceOf(e)?.every((part) => part === undefined) === true;
}
