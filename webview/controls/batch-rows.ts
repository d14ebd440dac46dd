/** The rows of the mini-batch in which the cost was no longer a finite number. */

import { element, setShown, setText } from "../dom.ts";
import { formatInteger } from "../format.ts";
import type { RunView } from "../run-view.ts";

/** Tables whose rows are lines of text. */
const lineTables = /\.(csv|tsv|tab|txt|data|jsonl|ndjson)$/i;

export class BatchRows {
	readonly element = element("dialog", { class: "batch-rows", "aria-labelledby": "batch-rows-title" });
	private readonly title = element("h2", { id: "batch-rows-title" });
	private readonly seen = element("p", { class: "dialog-text" });
	private readonly note = element("p", { class: "quiet dialog-text" });
	private readonly rows = element("p", { class: "row-numbers dialog-text", "data-testid": "batch-rows" });
	private readonly open: HTMLButtonElement;
	private shown: { runId: string; rows: number[] } | undefined;

	constructor(openRows: (runId: string, rows: number[]) => void) {
		this.open = element(
			"button",
			{ type: "button", class: "dialog-button primary", "data-testid": "open-rows" },
			"Show in the table",
		);
		this.open.addEventListener("click", () => {
			this.element.close();
			if (this.shown !== undefined) openRows(this.shown.runId, this.shown.rows);
		});
		const close = element("button", { type: "button", class: "dialog-button secondary" }, "Close");
		close.addEventListener("click", () => this.element.close());
		this.element.append(
			this.title,
			this.seen,
			this.note,
			this.rows,
			element("div", { class: "dialog-buttons" }, this.open, close),
		);
	}

	show(run: RunView, iteration: number): void {
		const finding =
			run.findings.find((found) => found.iteration === iteration && found.rows !== undefined) ??
			run.findings.find((found) => found.iteration === iteration);
		const rows = finding?.rows ?? [];
		setText(this.title, `Mini-batch of iteration ${formatInteger(iteration)}`);
		setText(this.seen, finding?.message ?? "The cost of this mini-batch is not a finite number.");
		setText(
			this.note,
			rows.length === 0
				? "Which rows it held was not kept."
				: `Rows of ${run.dataset}, the first ${formatInteger(rows.length)} of the mini-batch at most; the header is not counted.`,
		);
		setText(this.rows, rows.join(", "));
		this.shown = { runId: run.id, rows };
		setShown(this.open, rows.length > 0 && lineTables.test(run.dataset));
		this.element.showModal();
	}
}
