/** How the run ended, then what was seen while it ran, each with one thing to try. */
import type { PanelCommand, RunPhase } from "../../src/engine/protocol/panel.ts";
import type { Finding } from "../../src/engine/protocol/run.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { element, icon, setShown } from "../dom.ts";
import { formatInteger } from "../format.ts";
import type { PanelModel } from "../state.ts";
import { describeResult } from "./result.ts";

const resultIcons: Partial<Record<RunPhase, string>> = {
	finished: "pass",
	stoppedEarly: "pass",
	stopped: "debug-stop",
	outOfTime: "watch",
	diverged: "error",
	interrupted: "debug-disconnect",
	failed: "error",
};

export class FindingsSection {
	readonly element: HTMLElement;
	private readonly list = element("ul", { class: "findings" });
	private readonly command: (command: PanelCommand) => void;
	private readonly openRows: (runId: string, iteration: number) => void;
	private written = "";

	constructor(command: (command: PanelCommand) => void, openRows: (runId: string, iteration: number) => void) {
		this.command = command;
		this.openRows = openRows;
		this.element = element("section", { class: "findings-section" }, element("h2", {}, t("Findings")), this.list);
	}

	render(model: PanelModel): void {
		const run = model.current;
		const result = run === undefined ? undefined : describeResult(run);
		const findings = run?.findings ?? [];
		setShown(this.element, result !== undefined || findings.length > 0);
		const key = JSON.stringify([run?.phase, result, findings]);
		if (key === this.written) return;
		this.written = key;
		this.list.replaceChildren();
		if (run !== undefined && result !== undefined) {
			const text = element("div", { "data-testid": "result" }, result);
			const item = element("li", { class: `result ${run.phase}` }, icon(resultIcons[run.phase] ?? "info"), text);
			if (run.phase === "failed") item.append(links(this.link("openLog", t("Open log"))));
			else if (run.phase !== "diverged") {
				const resume = run.phase === "interrupted" ? [this.link("continueRun", t("Resume"))] : [];
				const weights = [this.link("predictRun", t("Predict…")), this.link("saveCheckpoint", t("Save checkpoint…"))];
				item.append(links(...resume, ...weights));
			}
			this.list.append(item);
		}
		for (const finding of findings) {
			const item = findingItem(finding);
			const { iteration, rows } = finding;
			if (run !== undefined && iteration !== undefined && (rows?.length ?? 0) > 0) {
				const show = element("button", { class: "link", type: "button", "data-testid": "show-rows" }, t("Show rows"));
				show.addEventListener("click", () => this.openRows(run.id, iteration));
				item.append(links(show));
			}
			this.list.append(item);
		}
	}

	private link(command: PanelCommand, label: string): HTMLElement {
		const button = element("button", { class: "link", type: "button", "data-testid": command }, label);
		button.addEventListener("click", () => this.command(command));
		return button;
	}
}

function links(...buttons: HTMLElement[]): HTMLElement {
	return element("span", { class: "links" }, ...buttons);
}

function findingItem(finding: Finding): HTMLElement {
	const text = element("div", {}, engineWords(finding.message));
	if (finding.iteration !== undefined && finding.iteration !== null) {
		text.append(element("i", { class: "at" }, t("step {0}", formatInteger(finding.iteration))));
	}
	if (finding.advice) text.append(element("i", {}, engineWords(finding.advice)));
	return element("li", { class: finding.severity, "data-code": finding.code }, icon(finding.severity), text);
}
