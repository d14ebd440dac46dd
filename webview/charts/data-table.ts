/** The numbers of a chart as a table that follows its zoom: every iteration where they fit, else spans of iterations. */

import { t } from "../../src/l10n.ts";
import { element, setShown, setText } from "../dom.ts";
import { formatInteger } from "../format.ts";
import type { Column } from "./picture.ts";
import { tableRows } from "./table-rows.ts";

/** a run that goes on is not read line by line: the table is written again at most this often, in ms */
const every = 1000;

export class DataTable {
	readonly element: HTMLElement;
	private readonly head = element("tr");
	private readonly body = element("tbody");
	private readonly note = element("span");
	private written = "";
	private writtenAt = Number.NEGATIVE_INFINITY;
	private timer: number | undefined;

	private readonly zooms: boolean;

	/** @param zooms whether a person can zoom in to read every value */
	constructor(name: string, title: string, zooms: boolean) {
		this.zooms = zooms;
		const table = element("table", {}, element("caption", {}, this.note), element("thead", {}, this.head), this.body);
		this.element = element(
			"div",
			{
				class: "data-table",
				id: `numbers-${name}`,
				role: "region",
				"aria-label": t("{0}: numbers", title),
				tabindex: "0",
				hidden: "",
				"data-testid": `numbers-${name}`,
			},
			table,
		);
	}

	get shown(): boolean {
		return !this.element.hidden;
	}

	open(open: boolean): void {
		setShown(this.element, open);
		this.writtenAt = Number.NEGATIVE_INFINITY;
	}

	show(columns: readonly Column[], range: [number, number], end: number): void {
		clearTimeout(this.timer);
		const wait = this.writtenAt + every - performance.now();
		if (wait > 0) {
			this.timer = window.setTimeout(() => this.show(columns, range, end), wait);
			return;
		}
		this.writtenAt = performance.now();
		const rows = tableRows(columns, range, end);
		const key = JSON.stringify([columns.map(({ label }) => label), rows]);
		if (key === this.written) return;
		this.written = key;
		const spans = rows.some(({ first, last }) => last > first);
		setText(
			this.note,
			spans
				? this.zooms
					? t("Lowest and highest value of so many iterations; zoom in to read each one.")
					: t("Lowest and highest value of so many iterations; the CSV file has each one.")
				: t("Every value in view."),
		);
		this.head.replaceChildren(
			element("th", { scope: "col" }, t("Iteration")),
			...columns.map(({ label, heading, run }) => {
				const name = run === undefined ? undefined : element("span", { title: run }, run);
				return element("th", { scope: "col" }, name, name && " ", heading ?? label);
			}),
		);
		this.body.replaceChildren(
			...rows.map(({ first, last, cells }) => {
				const at = first === last ? formatInteger(first) : `${formatInteger(first)} – ${formatInteger(last)}`;
				return element("tr", {}, element("th", { scope: "row" }, at), ...cells.map((text) => element("td", {}, text)));
			}),
		);
	}
}
