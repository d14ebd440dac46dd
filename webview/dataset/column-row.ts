/** One column of the dataset as a row: what it is, and the controls that change its use, its kind or make it the target. */

import type { ColumnSummary, DatasetSummary, DateOrder, FeatureKind } from "../../src/engine/protocol/dataset.ts";
import type { ColumnChange } from "../../src/engine/protocol/panel.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { element, icon, setAttribute } from "../dom.ts";
import { bars } from "./bars.ts";
import { kindWords, missingWords, noteOf, roleOf, valueWords } from "./column-words.ts";

export interface ColumnEvents {
	target(name: string): void;
	column(name: string, change: ColumnChange): void;
}

/** The cells of a row, in order. */
export const cellNames = ["use", "target", "name", "kind", "missing", "spread", "values"] as const;
/** Cells that the keyboard stops at: they hold a control, as a rule. */
const stopNames = ["use", "target", "kind"] as const;

export class ColumnRow {
	readonly element: HTMLElement;
	/** what takes the focus: the control of a cell, or the cell where there is none */
	readonly stops: HTMLElement[];

	constructor(column: ColumnSummary, summary: DatasetSummary, events: ColumnEvents) {
		const { name } = column;
		const role = roleOf(column, summary);
		const use = useBox(column, role, (used) => events.column(name, { use: used }));
		const target = targetButton(column, role, () => events.target(name));
		const kind = kindChoice(column, role, (change) => events.column(name, change));
		const note = noteOf(column, summary);
		const values = valueWords(column);
		const words = role === "aside" ? engineWords(column.setAside ?? "") : note || values;
		const missing = missingWords(column.missing, summary.rows);
		const marks = column.missingMarks?.map((mark) => JSON.stringify(mark)).join(", ");
		const contents: Record<(typeof cellNames)[number], [string, HTMLElement | SVGElement | string]> = {
			use: ["", use],
			target: ["", target],
			name: [name, name === "" ? t("(no name)") : name],
			kind: ["", kind],
			missing: [marks ? t("{0}, written as {1}", missing, marks) : missing, missing],
			spread: [values, spread(column)],
			values: [note && values ? `${note}. ${values}` : words, valueCell(column, role, words)],
		};
		const cells = cellNames.map((cell) => {
			const [title, content] = contents[cell];
			const made = element("div", { class: cell, role: cell === "name" ? "rowheader" : "gridcell" });
			made.append(content);
			if (title !== "") made.title = title;
			return made;
		});
		this.stops = [use, target, kind.querySelector("select") ?? kind].map((made, i) =>
			isControl(made) ? made : cells[cellNames.indexOf(stopNames[i])],
		);
		for (const stop of this.stops) stop.tabIndex = -1;
		this.element = element("div", { role: "row", class: `column ${role}${column.leak ? " leak" : ""}` }, ...cells);
	}

	/** @param place number of the row in the whole table, the header being 1 */
	put(place: number, top: number): void {
		setAttribute(this.element, "aria-rowindex", String(place));
		const transform = `translateY(${top}px)`;
		if (this.element.style.transform !== transform) this.element.style.transform = transform;
	}
}

function isControl(made: HTMLElement): boolean {
	return made instanceof HTMLButtonElement || made instanceof HTMLInputElement || made instanceof HTMLSelectElement;
}

function useBox(column: ColumnSummary, role: string, change: (used: boolean) => void): HTMLElement {
	const box = element("input", { type: "checkbox", "aria-label": t("Use {0}", column.name) });
	box.checked = role !== "aside";
	if (role === "target" || column.unusable) {
		box.setAttribute("aria-disabled", "true");
		box.title =
			role === "target"
				? t("The target is no feature")
				: t("Cannot be a feature: {0}", engineWords(column.setAside ?? ""));
		box.addEventListener("click", (event) => event.preventDefault());
		return box;
	}
	box.title = box.checked ? t("A feature; click to set it aside") : t("Set aside; click to use it as a feature");
	box.addEventListener("change", () => change(box.checked));
	return box;
}

function targetButton(column: ColumnSummary, role: string, choose: () => void): HTMLElement {
	if (column.kind === "empty" || column.kind === "constant") return element("span");
	const pressed = role === "target";
	const label = pressed ? t("{0} is the target", column.name) : t("Make {0} the target", column.name);
	const button = element(
		"button",
		{ type: "button", class: "as-target", title: label, "aria-label": label, "aria-pressed": String(pressed) },
		icon("target"),
	);
	button.addEventListener("click", () => {
		if (!pressed) choose();
	});
	return button;
}

/** The kinds that the column may be; dates, of which day and month may be meant the other way round, in both orders. */
function kindChoice(column: ColumnSummary, role: string, choose: (change: ColumnChange) => void): HTMLElement {
	if (role === "target" || !column.otherKinds?.length) return element("span", {}, kindWords(column.kind));
	const select = element("select", { "aria-label": t("Kind of {0}", column.name) });
	for (const kind of [column.kind, ...column.otherKinds]) {
		const order = kind === column.kind ? column.dates : undefined;
		select.append(element("option", { value: kind }, order ? orderWords(order) : kindWords(kind)));
		if (!order) continue;
		const other = order === "dayFirst" ? "monthFirst" : "dayFirst";
		select.append(element("option", { value: other }, orderWords(other)));
	}
	select.addEventListener("change", () => {
		const { value } = select;
		choose(value === "dayFirst" || value === "monthFirst" ? { dates: value } : { kind: value as FeatureKind });
	});
	const arrow = icon("chevron-down");
	arrow.classList.add("pick");
	return element("span", { class: "kind-choice" }, select, arrow);
}

function orderWords(order: DateOrder): string {
	return order === "dayFirst" ? t("date, d/m") : t("date, m/d");
}

function spread({ histogram, levels, setAside }: ColumnSummary): SVGElement | string {
	const counts = histogram?.counts ?? levels?.map(({ count }) => count);
	if (!counts || counts.length < 2) return "";
	return bars(counts, setAside ? "spread-bars aside" : "spread-bars");
}

function valueCell(column: ColumnSummary, role: string, words: string): HTMLElement {
	const cell = element("span", { class: role === "feature" ? "" : "note" });
	if (column.leak) {
		const sign = icon("warning");
		sign.classList.add("leaking");
		cell.append(sign);
	}
	cell.append(words);
	return cell;
}
