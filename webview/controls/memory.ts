/** The memory plan of the current run: exact bytes before its first step, and about so many while its table is read. */
import type { MemoryPlan } from "../../src/engine/protocol/run.ts";
import { t } from "../../src/l10n.ts";
import { element, setShown, setText } from "../dom.ts";
import { formatBytes } from "../format.ts";
import type { PanelModel } from "../state.ts";

const parts = [
	{ name: t("table"), colour: "blue", bytes: (plan: MemoryPlan) => plan.table },
	{ name: t("mini-batch, activations"), colour: "green", bytes: (plan: MemoryPlan) => plan.miniBatch },
	{ name: t("parameters, gradients"), colour: "yellow", bytes: (plan: MemoryPlan) => plan.parameters + plan.gradients },
	{ name: t("optimizer state"), colour: "purple", bytes: (plan: MemoryPlan) => plan.optimizerState },
	{ name: t("row order, work space"), colour: "cyan", bytes: (plan: MemoryPlan) => plan.other },
] as const;

export class MemorySection {
	readonly element: HTMLElement;
	private readonly bar = element("div", { class: "memory-bar", "aria-hidden": "true" });
	private readonly list = element("dl");
	private readonly total = element("span", { class: "total" });
	private written = "";

	constructor() {
		this.element = element(
			"section",
			{ class: "memory" },
			element("h2", {}, t("Memory"), this.total),
			this.bar,
			this.list,
		);
	}

	render(model: PanelModel): void {
		const { current } = model;
		// while its table is read, what the run is going to take
		const planned = current?.start === undefined && current?.phase === "preparing" ? current.plan : undefined;
		const start = planned ?? current?.start ?? model.state.runs.findLast((run) => run.start !== undefined)?.start;
		setShown(this.element, start !== undefined);
		if (start === undefined) return;
		const { memory: plan, streams } = start;
		const key = JSON.stringify([plan, streams, planned?.limit]);
		if (key === this.written) return;
		this.written = key;
		const bytes = formatBytes(plan.total);
		setText(this.total, planned ? t("about {0} of {1}", bytes, formatBytes(planned.limit)) : bytes);
		this.bar.replaceChildren();
		this.list.replaceChildren();
		for (const part of parts) {
			const bytes = part.bytes(plan);
			if (!(bytes > 0)) continue;
			const share = element("div", { class: `memory-part ${part.colour}` });
			share.style.flexGrow = String(bytes);
			this.bar.append(share);
			this.list.append(
				element("dt", {}, element("s", { class: `part ${part.colour}` }), part.name),
				element("dd", {}, formatBytes(bytes)),
			);
		}
		if (streams === undefined) return;
		this.list.append(
			element("dt", {}, t("rows on disk, in blocks of {0}", formatBytes(streams.blockBytes))),
			element("dd", {}, formatBytes(streams.bytes)),
		);
	}
}
