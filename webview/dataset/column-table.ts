/** The columns of a dataset as a grid. Only the rows in sight are in the document: there may be thousands. */
import type { DatasetSummary } from "../../src/engine/protocol/dataset.ts";
import { t } from "../../src/l10n.ts";
import { element, setAttribute } from "../dom.ts";
import { type ColumnEvents, ColumnRow, cellNames } from "./column-row.ts";

/** rows that are kept ready above and below those in sight */
const beyond = 6;
const headings: Record<(typeof cellNames)[number], string> = {
	use: t("Use"),
	target: t("Target"),
	name: t("Column"),
	kind: t("Kind"),
	missing: t("Missing"),
	spread: t("Spread"),
	values: t("Values"),
};

export class ColumnTable {
	readonly element: HTMLElement;
	private readonly body = element("div", { class: "column-rows", role: "rowgroup" });
	private readonly rows = new Map<number, ColumnRow>();
	private readonly events: ColumnEvents;
	private summary: DatasetSummary | undefined;
	private path = "";
	/** indices of the columns that are shown */
	private shown: readonly number[] = [];
	/** where the keyboard is: a place in `shown` and a stop */
	private at = { row: 0, stop: 0 };
	private drawing = false;

	constructor(events: ColumnEvents) {
		this.events = events;
		const head = element("div", { class: "column head", role: "row", "aria-rowindex": "1" });
		for (const name of cellNames) head.append(element("div", { class: name, role: "columnheader" }, headings[name]));
		this.element = element(
			"div",
			{ class: "columns", role: "grid", "aria-label": t("Columns"), "data-testid": "columns" },
			element("div", { class: "column-head", role: "rowgroup" }, head),
			this.body,
		);
		this.element.addEventListener("scroll", () => this.later());
		this.element.addEventListener("keydown", (event) => this.onKey(event));
		this.element.addEventListener("focusin", (event) => this.onFocus(event.target as HTMLElement));
		new ResizeObserver(() => this.later()).observe(this.element);
	}

	/** @param shown indices of the columns to show */
	show(summary: DatasetSummary, shown: readonly number[]): void {
		if (summary === this.summary && same(shown, this.shown)) return;
		const focused = this.element.contains(document.activeElement) && document.activeElement !== this.element;
		if (!same(shown, this.shown)) this.element.scrollTop = 0;
		if (summary.path !== this.path) this.at = { row: 0, stop: 0 };
		this.path = summary.path;
		this.summary = summary;
		this.shown = shown;
		this.at.row = Math.max(0, Math.min(this.at.row, shown.length - 1));
		for (const row of this.rows.values()) row.element.remove();
		this.rows.clear();
		setAttribute(this.element, "aria-rowcount", String(shown.length + 1));
		this.draw();
		if (focused) this.focus();
	}

	/** Makes every row anew: what was clicked and not taken goes back. */
	reset(): void {
		const { summary, shown } = this;
		if (summary === undefined) return;
		this.summary = undefined;
		this.show(summary, shown);
	}

	private get rowHeight(): number {
		return Number.parseFloat(getComputedStyle(this.body).getPropertyValue("--row")) || 30;
	}

	private later(): void {
		if (this.drawing) return;
		this.drawing = true;
		requestAnimationFrame(() => {
			this.drawing = false;
			this.draw();
		});
	}

	private draw(): void {
		const { summary, shown, rows } = this;
		if (summary === undefined || this.element.clientHeight === 0) return;
		const height = this.rowHeight;
		const total = `${shown.length * height}px`;
		if (this.body.style.height !== total) this.body.style.height = total;
		const { scrollTop, clientHeight } = this.element;
		const first = Math.max(0, Math.floor(scrollTop / height) - beyond);
		const end = Math.min(shown.length, Math.ceil((scrollTop + clientHeight) / height) + beyond);
		for (const [place, row] of rows) {
			// the row with the keyboard stays, wherever it is: its control would lose the focus
			if ((place >= first && place < end) || row.element.contains(document.activeElement)) continue;
			row.element.remove();
			rows.delete(place);
		}
		for (let place = first; place < end; place++) this.row(place, summary).put(place + 2, place * height);
		for (const [place, row] of rows) {
			if (place < first || place >= end) row.put(place + 2, place * height);
			for (const [i, stop] of row.stops.entries()) {
				stop.tabIndex = place === this.at.row && i === this.at.stop ? 0 : -1;
			}
		}
		// Tab must find its way in, even where the row of the keyboard has been scrolled away.
		this.element.tabIndex = rows.has(this.at.row) ? -1 : 0;
	}

	private row(place: number, summary: DatasetSummary): ColumnRow {
		let row = this.rows.get(place);
		if (row === undefined) {
			row = new ColumnRow(summary.columns[this.shown[place]], summary, this.events);
			this.rows.set(place, row);
			// in the order of the table, as a screen reader goes through it
			const next = [...this.rows.keys()].filter((other) => other > place).sort((a, b) => a - b)[0];
			this.body.insertBefore(row.element, next === undefined ? null : this.rows.get(next)!.element);
		}
		return row;
	}

	/** Puts the keyboard into its cell, and the cell into sight. */
	private focus(): void {
		const { at, element: grid } = this;
		if (this.shown.length === 0) return;
		const height = this.rowHeight;
		const top = at.row * height;
		const head = grid.firstElementChild!.clientHeight;
		if (top < grid.scrollTop) grid.scrollTop = top;
		else if (top + height + head > grid.scrollTop + grid.clientHeight) {
			grid.scrollTop = top + height + head - grid.clientHeight;
		}
		this.draw();
		this.rows.get(at.row)?.stops[at.stop].focus({ preventScroll: true });
	}

	private onFocus(target: HTMLElement): void {
		if (target === this.element) {
			this.focus();
			return;
		}
		for (const [place, row] of this.rows) {
			const stop = row.stops.findIndex((cell) => cell.contains(target));
			if (stop < 0) continue;
			this.at = { row: place, stop };
			this.draw();
		}
	}

	private onKey(event: KeyboardEvent): void {
		const { at, shown } = this;
		const ends = event.key === "Home" || event.key === "End";
		if (event.altKey || event.metaKey || event.shiftKey || (event.ctrlKey && !ends)) return;
		const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 2);
		const last = shown.length - 1;
		const lastStop = 2;
		const moves: Record<string, [row: number, stop: number]> = {
			ArrowDown: [at.row + 1, at.stop],
			ArrowUp: [at.row - 1, at.stop],
			ArrowRight: [at.row, at.stop + 1],
			ArrowLeft: [at.row, at.stop - 1],
			PageDown: [at.row + page, at.stop],
			PageUp: [at.row - page, at.stop],
			Home: [event.ctrlKey ? 0 : at.row, 0],
			End: [event.ctrlKey ? last : at.row, lastStop],
		};
		const move = moves[event.key];
		if (move === undefined) return;
		// also what a closed list would make of an arrow: another kind by accident
		event.preventDefault();
		this.at = { row: Math.max(0, Math.min(last, move[0])), stop: Math.max(0, Math.min(lastStop, move[1])) };
		this.focus();
	}
}

function same(a: readonly number[], b: readonly number[]): boolean {
	return a.length === b.length && a.every((value, i) => value === b[i]);
}
