/** What was understood of the table, and the guesses that a person may change. */
import type { ColumnSummary, RunStart, Task } from "../../src/engine/protocol/run.ts";
import { element, setCutText, setShown, setText } from "../dom.ts";
import { formatInteger } from "../format.ts";
import type { PanelModel } from "../state.ts";
import { type DropdownControl, makeDropdown } from "../ui.ts";

interface DataEvents {
	dataset(path: string): void;
	target(target: string): void;
	task(task: Task): void;
}

const tasks = [
	{ value: "regression", label: "Regression" },
	{ value: "binary", label: "Binary" },
	{ value: "multiclass", label: "Multiclass" },
];

export class DataSection {
	readonly element: HTMLElement;
	private readonly dataset: DropdownControl;
	private readonly target: DropdownControl;
	private readonly task: DropdownControl;
	private readonly name = element("p", { class: "name" });
	private readonly reading = element("p", { class: "quiet", role: "status" });
	private readonly targetReason = element("p", { class: "reason" });
	private readonly taskReason = element("p", { class: "reason" });
	private readonly facts = element("dl");
	private readonly understood: HTMLElement;
	private written = "";

	constructor(events: DataEvents) {
		this.dataset = makeDropdown({ label: "Dataset", testId: "dataset", onChange: (path) => events.dataset(path) });
		this.target = makeDropdown({ label: "Target", testId: "target", onChange: (name) => events.target(name) });
		this.task = makeDropdown({ label: "Task", testId: "task", onChange: (task) => events.task(task as Task) });
		this.dataset.element.classList.add("wide");
		const row = (label: string, control: DropdownControl, reason: HTMLElement) =>
			element("div", { class: "row" }, element("span", { class: "label" }, label), control.element, reason);
		this.understood = element(
			"div",
			{},
			row("Target", this.target, this.targetReason),
			row("Task", this.task, this.taskReason),
			this.facts,
		);
		this.element = element(
			"section",
			{ class: "data" },
			element("h2", {}, "Data"),
			this.name,
			this.dataset.element,
			this.reading,
			this.understood,
		);
	}

	render(model: PanelModel): void {
		const { datasets, dataset, summary, inspecting } = model.state;
		setShown(this.element, datasets.length > 0);
		const several = datasets.length > 1;
		setShown(this.dataset.element, several);
		setShown(this.name, !several);
		if (several) {
			const none = dataset === undefined ? [{ value: "", label: "Choose a dataset" }] : [];
			this.dataset.show([...none, ...datasets.map((path) => ({ value: path, label: path }))], dataset ?? "");
		} else setCutText(this.name, datasets[0] ?? "");
		setShown(this.reading, inspecting);
		setText(this.reading, inspecting && dataset !== undefined ? `Reading ${dataset} …` : "");
		setShown(this.understood, summary !== undefined);
		if (summary === undefined) return;

		const candidates = summary.columns.filter((column) => column.kind !== "empty" && column.kind !== "constant");
		const names = new Set([summary.target, ...candidates.map((column) => column.name)]);
		this.target.show(
			summary.columns.filter((column) => names.has(column.name)).map(({ name }) => ({ value: name, label: name })),
			summary.target,
		);
		this.task.show(tasks, summary.task);
		setCutText(this.targetReason, summary.targetReason);
		setCutText(this.taskReason, summary.taskReason);

		const start = model.state.runs.findLast((run) => run.start?.run.dataset.path === summary.path)?.start;
		const aside = summary.columns.filter((column) => column.setAside !== undefined && column.setAside !== null);
		const key = JSON.stringify([
			summary.rows,
			summary.features,
			start?.trainRows,
			start?.devRows,
			start?.testRows,
			aside,
			summary.classes,
		]);
		if (key === this.written) return;
		this.written = key;
		this.facts.replaceChildren(
			...fact("rows × features", `${formatInteger(summary.rows)} × ${formatInteger(summary.features)}`),
			...(start === undefined ? [] : rowsOfParts(start)),
			...(summary.classes === undefined ? [] : classes(summary.classes)),
			...setAside(aside),
		);
	}
}

function rowsOfParts({ trainRows, devRows, testRows }: Omit<RunStart, "summary">): HTMLElement[] {
	const parts = { train: trainRows, dev: devRows, ...(testRows > 0 ? { test: testRows } : {}) };
	return fact(`${Object.keys(parts).join(" / ")} rows`, Object.values(parts).map(formatInteger).join(" / "));
}

function fact(name: string, value: string): HTMLElement[] {
	return [element("dt", {}, name), element("dd", { title: value }, value)];
}

function classes(names: readonly string[]): HTMLElement[] {
	const list = names.length > 20 ? `${names.slice(0, 20).join(", ")}, …` : names.join(", ");
	return [
		element("dt", {}, "classes"),
		element("dd", {}, formatInteger(names.length)),
		element("dd", { class: "list", title: list }, list),
	];
}

function setAside(columns: readonly ColumnSummary[]): HTMLElement[] {
	if (columns.length === 0) return fact("set aside", "none");
	const list = element("ul", { class: "aside-columns" });
	for (const { name, setAside: why } of columns) {
		list.append(element("li", { title: `${name}: ${why}` }, element("b", {}, name), element("i", {}, why ?? "")));
	}
	return [
		element("dt", {}, "set aside"),
		element("dd", {}, `${formatInteger(columns.length)} ${columns.length === 1 ? "column" : "columns"}`),
		element("dd", { class: "list" }, list),
	];
}
