/** What was understood of the table, and the guesses that a person may change. */
import type { ColumnSummary, DatasetSummary, Task } from "../../src/engine/protocol/dataset.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { leftOutWords, partWords } from "../dataset/dataset-cards.ts";
import { OtherTask, taskReasonOf } from "../dataset/other-task.ts";
import { element, setAttribute, setCutText, setShown, setText } from "../dom.ts";
import { formatInteger } from "../format.ts";
import { taskWords } from "../run-kinds.ts";
import type { PanelModel } from "../state.ts";
import { type DropdownControl, makeDropdown } from "../ui.ts";
import { isReading, readingWords, shareRead } from "./reading.ts";

interface DataEvents {
	dataset(path: string): void;
	runFile(path: string | null): void;
	target(target: string): void;
	task(task: Task): void;
	saveRunFile(): void;
	openRunFile(): void;
	/** ends the reading of the table */
	stop(): void;
	/** opens or closes the wide view */
	columns(): void;
}

const tasks = Object.entries(taskWords).map(([value, label]) => ({ value, label }));

/** more columns than these are looked through in the wide view only */
const mostListed = 200;

export class DataSection {
	readonly element: HTMLElement;
	private readonly dataset: DropdownControl;
	private readonly runFile: DropdownControl;
	private readonly runFileRow: HTMLElement;
	private readonly opened = linkButton("open-run-file", "");
	private readonly save = linkButton("save-run-file", t("Save as run file"));
	private readonly columns = linkButton("show-columns", t("Show columns"));
	private readonly target: DropdownControl;
	private readonly task: DropdownControl;
	private readonly name = element("p", { class: "name" });
	private readonly readingText = element("p", { class: "quiet", "data-testid": "reading" });
	private readonly readingBar = element("div", { class: "progress-done" });
	private readonly reading: HTMLElement;
	private readonly targetReason = element("p", { class: "reason" });
	private readonly taskReason = element("p", { class: "reason" });
	private readonly otherTask: OtherTask;
	private readonly facts = element("dl");
	private readonly understood: HTMLElement;
	private written: DatasetSummary | undefined;

	constructor(events: DataEvents) {
		this.dataset = makeDropdown({ label: t("Dataset"), testId: "dataset", onChange: (path) => events.dataset(path) });
		this.runFile = makeDropdown({
			label: t("Run file"),
			testId: "run-file",
			onChange: (path) => events.runFile(path === "" ? null : path),
		});
		this.opened.addEventListener("click", () => events.openRunFile());
		this.save.addEventListener("click", () => events.saveRunFile());
		this.columns.addEventListener("click", () => events.columns());
		this.columns.setAttribute("aria-controls", "dataset");
		this.target = makeDropdown({ label: t("Target"), testId: "target", onChange: (name) => events.target(name) });
		this.task = makeDropdown({ label: t("Task"), testId: "task", onChange: (task) => events.task(task as Task) });
		this.otherTask = new OtherTask("other-task", (task) => events.task(task));
		this.dataset.element.classList.add("wide");
		const row = (label: string, control: DropdownControl, reason: HTMLElement) =>
			element("div", { class: "row" }, element("span", { class: "label" }, label), control.element, reason);
		this.understood = element(
			"div",
			{},
			row(t("Target"), this.target, this.targetReason),
			row(t("Task"), this.task, this.taskReason),
			this.otherTask.element,
			this.facts,
			this.save,
		);
		const cancel = linkButton("cancel-reading", t("Cancel"));
		cancel.addEventListener("click", () => events.stop());
		const bar = element("div", { class: "progress", "aria-hidden": "true" }, this.readingBar);
		this.reading = element("div", { class: "reading-line" }, this.readingText, cancel, bar);
		this.runFileRow = row(t("Run file"), this.runFile, element("p", { class: "reason" }, this.opened));
		this.element = element(
			"section",
			{ class: "data" },
			element("h2", {}, t("Data"), this.columns),
			this.name,
			this.dataset.element,
			this.runFileRow,
			this.reading,
			this.understood,
		);
	}

	/** Puts the focus where the wide view is opened from. */
	focus(): void {
		this.columns.focus();
	}

	/** @param wide the columns are shown in the place of the charts */
	render(model: PanelModel, wide: boolean): void {
		const { datasets, dataset, summary } = model.state;
		setText(this.columns, wide ? t("Back to charts") : t("Show columns"));
		setAttribute(this.columns, "aria-expanded", String(wide));
		this.renderRunFile(model);
		setShown(this.element, datasets.length > 0);
		const several = datasets.length > 1;
		setShown(this.dataset.element, several);
		setShown(this.name, !several);
		if (several) {
			const none = dataset === undefined ? [{ value: "", label: t("Choose a dataset") }] : [];
			this.dataset.show([...none, ...datasets.map((path) => ({ value: path, label: path }))], dataset ?? "");
		} else setCutText(this.name, datasets[0] ?? "");
		setShown(this.reading, isReading(model));
		setText(this.readingText, readingWords(model));
		const share = shareRead(model);
		this.readingBar.parentElement!.classList.toggle("unknown", share === undefined);
		this.readingBar.style.width = share === undefined ? "" : `${(share * 100).toFixed(1)}%`;
		setShown(this.understood, summary !== undefined);
		if (summary === undefined) return;

		const { columns, target } = summary;
		const targetReason = engineWords(summary.targetReason);
		const candidates = columns.filter(({ kind, name }) => name === target || (kind !== "empty" && kind !== "constant"));
		const many = candidates.length > mostListed;
		const listed = many ? [target] : candidates.map(({ name }) => name);
		this.target.show(
			listed.map((name) => ({ value: name, label: name })),
			target,
		);
		const [ofTarget, ofTask] = (["target", "task"] as const).map((name) => model.settled.includes(name));
		this.target.setDisabled(many || ofTarget);
		this.task.show(tasks, summary.task);
		this.task.setDisabled(ofTask);
		const byCode = t("read from the code");
		const words = ofTarget ? byCode : many ? t("{0}; choose among the columns", targetReason) : targetReason;
		setCutText(this.targetReason, words);
		setCutText(this.taskReason, ofTask ? byCode : taskReasonOf(summary));
		this.otherTask.render(summary);

		if (summary === this.written) return;
		this.written = summary;
		this.facts.replaceChildren(
			...fact(t("rows × features"), `${formatInteger(summary.rows)} × ${formatInteger(summary.features)}`),
			...rowsOfParts(summary),
			...leftOutWords(summary).map((words) => element("dd", { class: "list" }, words)),
			...(summary.classes === undefined ? [] : classes(summary.classes)),
			...setAside(columns.filter((column) => column.setAside)),
		);
	}

	/** Where what is chosen here is kept: in a run file, or in the panel until it is saved as one. */
	private renderRunFile({ state }: PanelModel): void {
		const { runFiles, runFile } = state;
		setShown(this.runFileRow, runFiles.length > 0);
		setShown(this.save, runFile === undefined);
		setShown(this.opened, runFile !== undefined);
		setText(this.opened, t("Choices are written to it: open"));
		const files = runFiles.map((path) => ({ value: path, label: path.slice(path.lastIndexOf("/") + 1) }));
		this.runFile.show([...files, { value: "", label: t("None") }], runFile ?? "");
	}
}

/** A button in the text. */
function linkButton(testId: string, label: string): HTMLButtonElement {
	return element("button", { type: "button", class: "link", "data-testid": testId }, label);
}

function rowsOfParts({ parts }: DatasetSummary): HTMLElement[] {
	const held = Object.entries(parts ?? {}).filter(([name, rows]) => name !== "test" || rows > 0);
	if (held.length === 0) return [];
	const names = held.map(([name]) => partWords[name as keyof typeof partWords]).join(" / ");
	return fact(t("{0} rows", names), held.map(([, rows]) => formatInteger(rows)).join(" / "));
}

function fact(name: string, value: string): HTMLElement[] {
	return [element("dt", {}, name), element("dd", { title: value }, value)];
}

function classes(names: readonly string[]): HTMLElement[] {
	const list = names.length > 20 ? `${names.slice(0, 20).join(", ")}, …` : names.join(", ");
	return [
		element("dt", {}, t("classes")),
		element("dd", {}, formatInteger(names.length)),
		element("dd", { class: "list", title: list }, list),
	];
}

function setAside(columns: readonly ColumnSummary[]): HTMLElement[] {
	if (columns.length === 0) return fact(t("set aside"), t("none"));
	const list = element("ul", { class: "aside-columns" });
	for (const { name, setAside } of columns.slice(0, mostListed)) {
		const why = engineWords(setAside ?? "");
		list.append(element("li", { title: `${name}: ${why}` }, element("b", {}, name), element("i", {}, why)));
	}
	return [
		element("dt", {}, t("set aside")),
		element("dd", {}, t(columns.length === 1 ? "{0} column" : "{0} columns", formatInteger(columns.length))),
		element("dd", { class: "list" }, list),
	];
}
