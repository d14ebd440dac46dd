/** The box beside the cursor: the values of every run at one iteration. */
import { element, setText } from "../dom.ts";
import type { Chart } from "./chart.ts";
import type { ReadoutRow } from "./readings.ts";

export class Readout {
	private readonly box = element("div", { class: "readout", hidden: "", "aria-hidden": "true" });
	private readonly title = element("b");
	private readonly rows = element("div", { class: "readout-rows" });

	constructor() {
		this.box.append(this.title, this.rows);
	}

	hide(): void {
		this.box.hidden = true;
	}

	/** Shows the rows on `chart` beside the place `left`, on the side that has room. */
	show(chart: Chart, left: number, title: string, rows: readonly ReadoutRow[]): void {
		if (this.box.parentElement !== chart.element) chart.element.append(this.box);
		this.box.hidden = false;
		setText(this.title, title);
		while (this.rows.childElementCount < rows.length) {
			this.rows.append(element("div", {}, element("s"), element("span"), element("b")));
		}
		while (this.rows.childElementCount > rows.length) this.rows.lastElementChild?.remove();
		rows.forEach((row, index) => {
			const [swatch, label, value] = this.rows.children[index].children as unknown as HTMLElement[];
			swatch.style.background = row.colour;
			swatch.style.opacity = row.faint ? "0.45" : "1";
			setText(label, row.label);
			setText(value, row.value);
		});
		const width = this.box.offsetWidth;
		const room = chart.element.clientWidth;
		const right = left + 14 + width <= room;
		this.box.style.left = `${Math.max(0, right ? left + 14 : left - 14 - width)}px`;
	}
}
