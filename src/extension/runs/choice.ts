/** What the panel's clicks make of the dataset's part of a run file. */

import type { ColumnChoice } from "../../engine/protocol/dataset.ts";
import type { ColumnChange } from "../../engine/protocol/panel.ts";
import type { Choice } from "./session.ts";

/** Another target: the task is guessed anew, and what was said of the column as a feature is taken back. */
export function withTarget(choice: Choice, target: string): Choice {
	const { task: _, features, ...others } = withColumn(choice, target, { kind: null, use: null, dates: null });
	const left = features?.filter((name) => name !== target);
	return { ...others, target, ...(left?.length ? { features: left } : {}) };
}

/** A word on a column. The opposite of an earlier word takes that back: the column is then what it was found to be. */
export function withColumn(choice: Choice, name: string, change: ColumnChange): Choice {
	const before: ColumnChoice = choice.columns?.[name] ?? {};
	const after: ColumnChange = { ...before, ...change };
	if (before.use !== undefined && change.use === !before.use) after.use = null;
	const said = Object.entries(after).filter(([, value]) => value !== undefined && value !== null);
	const { columns: _, ...others } = choice;
	const columns = Object.entries(choice.columns ?? {}).filter(([other]) => other !== name);
	if (said.length > 0) columns.push([name, Object.fromEntries(said)]);
	return columns.length > 0 ? { ...others, columns: Object.fromEntries(columns) } : others;
}
