/** Kinds of columns: a file each. */
import type { ColumnKind, ColumnSummary } from "../../protocol/run.ts";
import type { PreparedColumn } from "../preparation.ts";
import type { RawColumn } from "../raw-table.ts";
import { boolean, describeBoolean } from "./boolean.ts";
import { categorical, describeCategorical } from "./categorical.ts";
import type { Describe, FeatureKind } from "./kind.ts";
import { describeNumeric, numeric } from "./numeric.ts";
import {
	describeBrokenNumbers,
	describeConstant,
	describeDate,
	describeEmpty,
	describeIdentifier,
	describeText,
} from "./set-aside.ts";

/** The first that fits says what a column is. */
const describers: readonly Describe[] = [
	describeEmpty,
	describeDate,
	describeBrokenNumbers,
	describeConstant,
	describeIdentifier,
	describeBoolean,
	describeText,
	describeCategorical,
	describeNumeric,
];

const featureKinds: { [K in PreparedColumn["kind"]]: FeatureKind<Extract<PreparedColumn, { kind: K }>> } = {
	numeric,
	boolean,
	categorical,
};

/** Tells the kind of a column and, where it is no feature, why. */
export function describeColumn(column: RawColumn): ColumnSummary {
	for (const describe of describers) {
		const summary = describe(column);
		if (summary) return summary;
	}
	throw new Error(`column ${column.name} is of no kind`);
}

/** @returns how columns of a kind become inputs; a kind that is no feature has no way */
export function featureKind(kind: ColumnKind): FeatureKind {
	const found = Object.hasOwn(featureKinds, kind) ? featureKinds[kind as PreparedColumn["kind"]] : undefined;
	if (!found) throw new Error(`a ${kind} column is no feature`);
	return found as unknown as FeatureKind;
}
