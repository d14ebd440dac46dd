/** Kinds of columns: a file each. */
import type { FeatureKind as Choosable, ColumnKind, ColumnSummary } from "../../protocol/dataset.ts";
import { amountFormOf } from "../amount-text.ts";
import { dateFormOf, numberFormOf } from "../dates/date-text.ts";
import { isNumber } from "../number-text.ts";
import type { PreparedColumn } from "../preparation.ts";
import type { RawColumn } from "../raw-table.ts";
import { boolean, describeBoolean } from "./boolean.ts";
import { categorical, describeCategorical } from "./categorical.ts";
import { date, describeDate } from "./date.ts";
import type { Describe, FeatureKind } from "./kind.ts";
import { describeNumeric, numeric } from "./numeric.ts";
import {
	describeConstant,
	describeEmpty,
	describeIdentifier,
	describeMixture,
	describeText,
	describeUnread,
	mostMissing,
} from "./set-aside.ts";

/** The first that fits says what a column is. */
const found: readonly Describe[] = [
	describeEmpty,
	describeUnread,
	describeMixture,
	describeConstant,
	describeIdentifier,
	describeDate,
	describeBoolean,
	describeText,
	describeCategorical,
	describeNumeric,
];

/** ... when the user said what it is */
const chosen: readonly Describe[] = [
	describeEmpty,
	describeUnread,
	describeConstant,
	describeDate,
	describeCategorical,
	describeNumeric,
];

const featureKinds: { [K in PreparedColumn["kind"]]: FeatureKind<Extract<PreparedColumn, { kind: K }>> } = {
	numeric,
	boolean,
	categorical,
	date,
};

/**
 * Tells the kind of a column and, where it is no feature, why.
 *
 * @param otherKinds what the user may say that it is
 * @param choice what the user has said that it is; its cells are settled accordingly
 */
export function describeColumn(
	column: RawColumn,
	otherKinds: Choosable[],
	choice: Choosable | undefined,
): ColumnSummary {
	for (const describe of choice ? chosen : found) {
		const summary = describe(column);
		if (!summary) continue;
		const { cells, missingMarks = [] } = column;
		const marks = new Set(
			[...missingMarks, ...(cells.type === "texts" ? cells.missingMarks : [])].map((m) => m.trim()),
		);
		const others = summary.unusable ? [] : otherKinds.filter((kind) => kind !== summary.kind);
		return {
			...summary,
			...(marks.size > 0 && cells.missing > 0 ? { missingMarks: [...marks] } : {}),
			...(others.length > 0 ? { otherKinds: others } : {}),
			...(cells.missing > cells.rows * mostMissing && !summary.setAside ? { setAside: "nearly all missing" } : {}),
		};
	}
	throw new Error(`column ${column.name} is of no kind`);
}

/** @returns kinds that a column's cells can be taken for, before they are settled */
export function possibleKinds({ cells, decimal }: RawColumn): Choosable[] {
	const kinds: Choosable[] = [];
	if (cells.type === "numbers") {
		const { distinct, whole, min, max } = cells.facts;
		kinds.push("numeric");
		if (distinct !== undefined) kinds.push("categorical");
		if (whole && numberFormOf(min, max)) kinds.push("date");
		return kinds;
	}
	if (cells.texts.some(isNumber) || amountFormOf(cells.texts, decimal, 0)) kinds.push("numeric");
	if (!cells.cut) kinds.push("categorical");
	if (dateFormOf(cells.texts, 0)) kinds.push("date");
	return kinds;
}

/** @returns how columns of a kind become inputs; a kind that is no feature has no way */
export function featureKind(kind: ColumnKind): FeatureKind {
	const way = Object.hasOwn(featureKinds, kind) ? featureKinds[kind as PreparedColumn["kind"]] : undefined;
	if (!way) throw new Error(`a ${kind} column is no feature`);
	return way as unknown as FeatureKind;
}
