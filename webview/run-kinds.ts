/** What runs have learned: costs of different data, targets or tasks are of different kinds; so are those of a changed table. */
import type { Task } from "../src/engine/protocol/dataset.ts";
import { t } from "../src/l10n.ts";
import { formatMoment } from "./format.ts";
import type { RunView } from "./run-view.ts";

export const taskWords: Record<Task, string> = {
	regression: t("Regression"),
	binary: t("Binary"),
	multiclass: t("Multiclass"),
};

/** said where runs stand side by side whose costs are of different kinds */
export const notComparable = t("Costs of different data, targets or tasks cannot be compared.");

/**
 * @returns by id what tells each run's data from those of the others: of table, target, task and the table's last change the
 *   ones that are needed; empty when all of them have learned the same
 */
export function kindsOf(runs: readonly RunView[]): Map<string, string> {
	const started = runs.filter(({ start }) => start !== undefined);
	const words = new Map<string, string[]>(started.map(({ id }) => [id, []]));
	const distinct = () => new Set(started.map(({ id }) => JSON.stringify(words.get(id)))).size;
	for (const part of [
		(run: RunView) => shortPath(run.dataset, started),
		(run: RunView) => run.start!.run.dataset.target,
		(run: RunView) => taskWords[run.start!.run.dataset.task],
		(run: RunView) => t("as of {0}", formatMoment(run.start!.fingerprint.mtimeMs)),
	]) {
		const before = distinct();
		for (const run of started) words.get(run.id)!.push(part(run));
		if (distinct() === before) for (const list of words.values()) list.pop();
	}
	if (distinct() < 2) return new Map();
	return new Map([...words].map(([id, list]) => [id, list.join(", ")]));
}

/** The file's name, or the path where two files have one name. */
function shortPath(path: string, runs: readonly RunView[]): string {
	const name = (of: string) => of.slice(of.lastIndexOf("/") + 1);
	const ambiguous = runs.some(({ dataset }) => dataset !== path && name(dataset) === name(path));
	return ambiguous ? path : name(path);
}
