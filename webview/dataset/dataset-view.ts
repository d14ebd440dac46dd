/** The dataset opened wide in the place of the charts: what was understood of it, column by column. */
import type { DatasetSummary, Task } from "../../src/engine/protocol/dataset.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { isReading, readingWords } from "../controls/reading.ts";
import { element, icon, setCutText, setShown, setText } from "../dom.ts";
import { formatInteger } from "../format.ts";
import type { PanelModel } from "../state.ts";
import { makeButton } from "../ui.ts";
import type { ColumnEvents } from "./column-row.ts";
import { ColumnTable } from "./column-table.ts";
import { countColumns, filterColumns, kindWords, roleOf } from "./column-words.ts";
import { RowsCard, TargetCard } from "./dataset-cards.ts";

export class DatasetView {
	readonly element: HTMLElement;
	private readonly title = element("h2", { tabindex: "-1" });
	private readonly sizes = element("p", { class: "quiet sizes" });
	/** what had to be understood of the file's form */
	private readonly form = element("p", { class: "quiet form", "data-testid": "dataset-form" });
	private readonly empty = element("p", { class: "quiet empty", role: "status" });
	private readonly target: TargetCard;
	private settled = "";
	private readonly rows = new RowsCard();
	private readonly filter = element("input", {
		type: "search",
		placeholder: t("Filter columns"),
		"aria-label": t("Filter columns by name, kind or reason"),
		"data-testid": "column-filter",
	});
	private readonly groups = element("div", { class: "groups", role: "group", "aria-label": t("Kinds of columns") });
	private readonly found = element("span", { class: "quiet found", role: "status" });
	private readonly table: ColumnTable;
	private readonly understood: HTMLElement;
	/** the kind that is filtered by */
	private group: string | undefined;
	private written: DatasetSummary | undefined;
	private reading = false;

	constructor(events: ColumnEvents & { task(task: Task): void; close(): void }) {
		this.target = new TargetCard((task) => events.task(task));
		this.table = new ColumnTable(events);
		const close = makeButton({
			label: t("Back to the charts"),
			icon: "close",
			testId: "close-dataset",
			appearance: "icon",
			onClick: () => events.close(),
		});
		this.understood = element(
			"div",
			{ class: "understood" },
			this.form,
			element("div", { class: "cards" }, this.target.element, this.rows.element),
			element("div", { class: "filters" }, this.filter, this.groups, this.found),
			this.table.element,
		);
		this.element = element(
			"section",
			{ class: "dataset", id: "dataset", "aria-label": t("Dataset"), "data-testid": "dataset-view" },
			element("div", { class: "dataset-head" }, icon("table"), this.title, this.sizes, close.element),
			this.empty,
			this.understood,
		);
		this.filter.addEventListener("input", () => this.showColumns());
		this.element.addEventListener("keydown", (event) => {
			if (event.key !== "Escape") return;
			if (this.filter.value === "" && this.group === undefined) events.close();
			else this.showAll();
		});
	}

	focus(): void {
		this.title.focus();
	}

	render(model: PanelModel): void {
		const { dataset, summary, inspecting } = model.state;
		setCutText(this.title, dataset ?? t("No dataset"));
		setShown(this.understood, summary !== undefined);
		setShown(this.empty, summary === undefined);
		setShown(this.sizes, summary !== undefined);
		// After a refused choice the summary is the old one: every control goes back to what holds.
		if (this.reading && !inspecting && summary !== undefined && summary === this.written) this.table.reset();
		this.reading = inspecting;
		this.element.classList.toggle("reading", inspecting);
		this.table.element.setAttribute("aria-busy", String(inspecting));
		if (summary === undefined) {
			setText(this.empty, isReading(model) ? readingWords(model) : emptyWords(dataset));
			this.written = undefined;
			return;
		}
		const used = summary.columns.filter((column) => roleOf(column, summary) === "feature").length;
		const { rows, features, columns, parts } = summary;
		const m = parts ? ` · ${t("m = {0} that train", formatInteger(parts.train))}` : "";
		const inputs = t(
			"n_x = {0} features from {1} of {2} columns",
			...[features, used, columns.length].map(formatInteger),
		);
		setText(this.sizes, `${t(rows === 1 ? "{0} row" : "{0} rows", formatInteger(rows))}${m} · ${inputs}`);
		const settled = model.settled.join(" ");
		if (summary === this.written && settled === this.settled) return;
		this.settled = settled;
		if (summary.path !== this.written?.path) {
			this.filter.value = "";
			this.group = undefined;
		}
		this.written = summary;
		const form = summary.understood?.split("; ").map(engineWords).join("; ") ?? "";
		setShown(this.form, form !== "");
		setText(this.form, form);
		this.target.render(summary, model.settled);
		this.rows.render(summary);
		this.showGroups(summary);
		this.showColumns();
	}

	private showAll(): void {
		this.filter.value = "";
		this.group = undefined;
		if (this.written) this.showGroups(this.written);
		this.showColumns();
		this.filter.focus();
	}

	private showGroups(summary: DatasetSummary): void {
		const counts = countColumns(summary);
		if (this.group !== undefined && !counts.has(this.group)) this.group = undefined;
		const focused = [...this.groups.children].indexOf(document.activeElement as Element);
		this.groups.replaceChildren(
			...[...counts].map(([name, count]) => {
				const pressed = String(name === this.group);
				const label = element("b", {}, formatInteger(count));
				const button = element(
					"button",
					{ type: "button", class: "group", "aria-pressed": pressed },
					kindWords(name),
					label,
				);
				button.addEventListener("click", () => {
					this.group = this.group === name ? undefined : name;
					this.showGroups(summary);
					this.showColumns();
				});
				return button;
			}),
		);
		setShown(this.groups, counts.size > 1);
		(this.groups.children[focused] as HTMLElement | undefined)?.focus();
	}

	private showColumns(): void {
		const summary = this.written;
		if (summary === undefined) return;
		const found = filterColumns(summary, this.filter.value, this.group);
		this.table.show(summary, found);
		const all = summary.columns.length;
		const words = t("{0} of {1} columns", formatInteger(found.length), formatInteger(all));
		setText(this.found, found.length === all ? "" : found.length === 0 ? t("No column matches") : words);
	}
}

function emptyWords(dataset: string | undefined): string {
	if (dataset === undefined) return t("Choose a dataset to see what is in it.");
	return t("Nothing is known of this table: it was not read, or could not be.");
}
