/** The two summaries above the columns: what is learned, and what becomes of the rows. */
import type { DatasetSummary, Task } from "../../src/engine/protocol/dataset.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { element, setShown, setText } from "../dom.ts";
import { formatFigure, formatInteger, formatPercent } from "../format.ts";
import { bars } from "./bars.ts";
import { dateWords } from "./column-words.ts";
import { OtherTask, taskReasonOf } from "./other-task.ts";

const mostClasses = 6;

/** The target: classes with their rows as bars, or how its numbers are spread. */
export class TargetCard {
	readonly element: HTMLElement;
	private readonly title = element("h3");
	private readonly reason = element("p", { class: "quiet" });
	private readonly content = element("div");
	private readonly otherTask: OtherTask;

	constructor(chooseTask: (task: Task) => void) {
		const { title, reason, content } = this;
		this.otherTask = new OtherTask("card-other-task", chooseTask);
		const parts = [title, reason, this.otherTask.element, content];
		this.element = element("section", { class: "card", "aria-label": t("Target") }, ...parts);
	}

	/** @param settled what the code says */
	render(summary: DatasetSummary, settled: readonly ("target" | "task")[]): void {
		const { target, task, targetReason, classes } = summary;
		const kind = task === "regression" ? t("regression") : t("{0} classes", classes?.length ?? 2);
		this.title.replaceChildren(element("span", { class: "name", title: target }, target), element("i", {}, kind));
		const byCode = t("read from the code");
		const reasons = new Set([
			settled.includes("target") ? byCode : engineWords(targetReason),
			settled.includes("task") ? byCode : taskReasonOf(summary),
		]);
		setText(this.reason, [...reasons].join("; "));
		this.otherTask.render(summary);
		this.content.replaceChildren(classes ? classBars(summary) : spreadOf(summary));
	}
}

function classBars(summary: DatasetSummary): HTMLElement {
	const rows = rowsOfClasses(summary);
	const all = Math.max(1, summary.rows - (summary.targetlessRows ?? 0));
	const sorted = [...rows].sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
	const shown = sorted.slice(0, sorted.length > mostClasses + 1 ? mostClasses : sorted.length);
	const most = Math.max(1, ...shown.map(({ count }) => count ?? 0));
	const list = element("ul", { class: "class-bars" });
	for (const { name, count } of shown) {
		const bar = element("s", { "aria-hidden": "true" });
		bar.style.width = `${((count ?? 0) / most) * 100}%`;
		const figure = count === undefined ? "" : `${formatInteger(count)} · ${formatPercent(count / all)}`;
		list.append(
			element(
				"li",
				{ title: name },
				element("span", { class: "name" }, name),
				element("span", {}, bar),
				element("span", {}, figure),
			),
		);
	}
	const rest = sorted.length - shown.length;
	if (rest > 0) list.append(element("li", { class: "rest quiet" }, t("and {0} more", formatInteger(rest))));
	return list;
}

/** The engine counts every class; else the levels of the column do, as far as they go. */
function rowsOfClasses({ classes, classRows, columns, target }: DatasetSummary): { name: string; count?: number }[] {
	const levels = new Map(columns.find(({ name }) => name === target)?.levels?.map((l) => [l.value, l.count]));
	return (classes ?? []).map((name, i) => ({ name, count: classRows?.[i] ?? levels.get(name) }));
}

function spreadOf({ columns, target }: DatasetSummary): HTMLElement {
	const column = columns.find(({ name }) => name === target);
	const { min, max, mean, histogram, kind, timeOfDay } = column ?? {};
	const words = (value: number | undefined) =>
		value === undefined ? "" : kind === "date" ? dateWords(value, timeOfDay) : formatFigure(value);
	const labels = element("p", { class: "range quiet" }, element("span", {}, words(min)));
	if (mean !== undefined) labels.append(element("span", {}, t("mean {0}", words(mean))));
	labels.append(element("span", {}, words(max)));
	const picture = histogram ? bars(histogram.counts, "target-bars") : undefined;
	return element("div", {}, ...(picture ? [picture as unknown as HTMLElement] : []), labels);
}

/** The parts of a table as they are called on the screen. */
export const partWords = { train: t("train"), dev: t("dev"), test: t("test") };

const parts = [
	{ name: "train", colour: "blue" },
	{ name: "dev", colour: "yellow" },
	{ name: "test", colour: "purple" },
] as const;

/** @returns how many rows neither train nor are looked at, and why */
export function leftOutWords({ target, droppedRows = 0, targetlessRows = 0 }: DatasetSummary): string[] {
	const others = droppedRows - targetlessRows;
	const ofTarget = t(
		targetlessRows === 1 ? "{0} row is left out: it has no {1}" : "{0} rows are left out: they have no {1}",
		...[formatInteger(targetlessRows), target],
	);
	const ofOthers = t(
		others === 1 ? "{0} row is left out: it lacks a value" : "{0} rows are left out: they lack a value",
		formatInteger(others),
	);
	return [...(targetlessRows > 0 ? [ofTarget] : []), ...(others > 0 ? [ofOthers] : [])];
}

/** How the rows are shared out, and what is missing in them. */
export class RowsCard {
	readonly element: HTMLElement;
	private readonly title = element("h3");
	private readonly bar = element("div", { class: "memory-bar", "aria-hidden": "true" });
	private readonly list = element("ul", { class: "parts", "data-testid": "parts" });
	private readonly facts = element("ul", { class: "quiet" });

	constructor() {
		const { title, bar, list, facts } = this;
		this.element = element("section", { class: "card", "aria-label": t("Rows") }, title, bar, list, facts);
	}

	render(summary: DatasetSummary): void {
		const { rows, columns } = summary;
		setText(this.title, t("{0} rows", formatInteger(rows)));
		this.bar.replaceChildren();
		this.list.replaceChildren();
		setShown(this.bar, summary.parts !== undefined);
		for (const { name, colour } of parts) {
			const count = summary.parts?.[name] ?? 0;
			if (count === 0) continue;
			const share = element("div", { class: `memory-part ${colour}` });
			share.style.flexGrow = String(count);
			this.bar.append(share);
			const sign = element("s", { class: `part ${colour}` });
			this.list.append(element("li", {}, sign, `${partWords[name]} `, element("b", {}, formatInteger(count))));
		}
		const missing = columns.reduce((sum, column) => sum + column.missing, 0);
		const facts = [
			missing === 0
				? t("no cell is missing")
				: t(missing === 1 ? "{0} cell is missing" : "{0} cells are missing", formatInteger(missing)),
		];
		this.facts.replaceChildren(...[...facts, ...leftOutWords(summary)].map((fact) => element("li", {}, fact)));
	}
}
