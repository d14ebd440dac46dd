/** The rows of the mini-batch in which the cost was no longer a finite number. */

import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
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
			t("Show in the table"),
		);
		this.open.addEventListener("click", () => {
			this.element.close();
			if (this.shown !== undefined) openRows(this.shown.runId, this.shown.rows);
		});
		const close = element("button", { type: "button", class: "dialog-button secondary" }, t("Close"));
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
		setText(this.title, t("Mini-batch of iteration {0}", formatInteger(iteration)));
		setText(
			this.seen,
			finding ? engineWords(finding.message) : t("The cost of this mini-batch is not a finite number."),
		);
		setText(
			this.note,
			rows.length === 0
				? t("Which rows it held was not kept.")
				: t(
						"Rows of {0}, the first {1} of the mini-batch at most; the header is not counted.",
						run.dataset,
						formatInteger(rows.length),
					),
		);
		setText(this.rows, rows.join(", "));
		this.shown = { runId: run.id, rows };
		setShown(this.open, rows.length > 0 && lineTables.test(run.dataset));
		this.element.showModal();
	}
}
