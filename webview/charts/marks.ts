/** What is marked at an iteration of a chart: lines over the plot, and buttons on the axis. */
import { element, setAttribute, setShown, setText } from "../dom.ts";
import type { Chart } from "./chart.ts";

export interface Mark {
	iteration: number;
	/** short, on the chart */
	text: string;
	/** in full, for a tooltip and a screen reader */
	label: string;
	/** what a click opens; without it the mark is a line with its text */
	open?(): void;
}

/** CSS pixels that a button and a line's text need: what stands closer to the one before is left out. */
const room = { button: 30, line: 64 };

export class Marks {
	private readonly chart: Chart;
	private readonly layer = element("div", { class: "marks" });
	private marks: readonly Mark[] = [];
	private readonly made: { element: HTMLElement; mark: Mark | undefined }[] = [];

	constructor(chart: Chart) {
		this.chart = chart;
		chart.element.append(this.layer);
	}

	show(marks: readonly Mark[]): void {
		this.marks = marks;
	}

	/** Puts the marks where their iterations are; called when the chart has drawn. */
	place(): void {
		const { bottom } = this.chart;
		let used = 0;
		let free = { button: Number.NEGATIVE_INFINITY, line: Number.NEGATIVE_INFINITY };
		for (const mark of this.marks) {
			const left = this.chart.left(mark.iteration);
			if (left === undefined) continue;
			const kind = mark.open === undefined ? "line" : "button";
			const roomy = left >= free[kind];
			if (!roomy && kind === "button") continue;
			const item = this.item(used++, kind, mark);
			if (roomy) free = { ...free, [kind]: left + room[kind] };
			setText(item, roomy ? mark.text : "");
			item.style.left = `${left}px`;
			item.classList.toggle("flipped", kind === "line" && left + room.line > this.layer.clientWidth);
			item.style.top = kind === "button" ? `${bottom}px` : "8px";
			item.style.height = kind === "button" ? "" : `${bottom - 8}px`;
		}
		for (let i = used; i < this.made.length; i++) setShown(this.made[i].element, false);
	}

	private item(index: number, kind: "button" | "line", mark: Mark): HTMLElement {
		let made = this.made[index];
		if (made === undefined || made.element.classList.contains(kind) === false) {
			const fresh =
				kind === "button"
					? element("button", { type: "button", class: "mark button", "data-testid": "mark" })
					: element("div", { class: "mark line", "data-testid": "rate-mark", role: "note" });
			const entry: { element: HTMLElement; mark: Mark | undefined } = { element: fresh, mark: undefined };
			if (kind === "button") fresh.addEventListener("click", () => entry.mark?.open?.());
			if (made === undefined) this.layer.append(fresh);
			else made.element.replaceWith(fresh);
			this.made[index] = entry;
			made = entry;
		}
		made.mark = mark;
		setShown(made.element, true);
		setAttribute(made.element, "aria-label", mark.label);
		setAttribute(made.element, "title", mark.label);
		return made.element;
	}
}
