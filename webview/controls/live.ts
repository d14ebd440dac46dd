/** What the live charts follow, how the last edit did, and what was assumed for lack of words in the code. */
import type { LiveState, LiveValue, PanelCommand, RunSummary } from "../../src/engine/protocol/panel.ts";
import { t } from "../../src/l10n.ts";
import { element, icon, setShown, setText } from "../dom.ts";
import { formatInteger } from "../format.ts";
import type { PanelModel } from "../state.ts";

export class LiveSection {
	readonly element: HTMLElement;
	private readonly file = element("b", { class: "file" });
	private readonly difference = element("span", { "data-testid": "live-difference" });
	private readonly sample = element("i", { class: "quiet", "data-testid": "live-sample" });
	private readonly problemText = element("span", { "data-testid": "live-problem" });
	private readonly problem = element("p", { class: "live-problem" }, icon("warning"), this.problemText);
	private readonly counts = element("p", { class: "quiet", "data-testid": "live-counts" });
	private readonly mended = element("p", { class: "quiet", "data-testid": "live-mended" });
	private readonly read = new LiveValues("live-read");
	private readonly assumed = new LiveValues("live-assumed");

	constructor(command: (command: PanelCommand) => void) {
		const off = element("button", { class: "link", type: "button", "data-testid": "live-off" }, t("Turn off"));
		off.addEventListener("click", () => command("liveOff"));
		const line = element(
			"p",
			{ class: "live-line" },
			icon("pulse"),
			element("span", { class: "live-words" }, t("Live: "), this.file, this.difference, this.sample),
			off,
		);
		this.element = element(
			"section",
			{ class: "live", "aria-label": t("Live charts") },
			line,
			this.problem,
			this.counts,
			this.mended,
			this.read.element,
			this.assumed.element,
		);
	}

	render({ state, current }: PanelModel): void {
		const { on, file, difference, problem, counts, mended = [], read = [], assumed = [] } = state.live;
		setShown(this.element, on);
		setText(this.file, file ?? t("open a run file or a training loop"));
		setText(this.difference, difference === undefined ? "" : `: ${difference}`);
		const start = current?.live ? current.start : undefined;
		const { sampledFrom, trainRows = 0 } = start ?? {};
		const rows = sampledFrom
			? ` ${t("A sample of {0} of {1} training rows.", formatInteger(trainRows), formatInteger(sampledFrom))}`
			: "";
		setText(this.sample, rows);
		this.say(this.counts, start === undefined || counts === undefined ? "" : countsWords(counts, start));
		const codes = mended.join(", ");
		this.say(
			this.mended,
			codes && t("The curves are those of the loop as it should be, without what was found in it: {0}.", codes),
		);
		setShown(this.problem, problem !== undefined);
		setText(this.problemText, problem ?? "");
		const said = read.map(({ name, value }) => `${name} ${value}`).join(" · ");
		this.read.render(read, t("Read from the code: {0}", said));
		const names = assumed.map(({ name }) => name).join(", ");
		this.assumed.render(
			assumed,
			t(assumed.length === 1 ? "{0} value is assumed: {1}" : "{0} values are assumed: {1}", assumed.length, names),
		);
	}

	private say(line: HTMLElement, words: string): void {
		setShown(line, words !== "");
		setText(line, words);
	}
}

/** Values in a line, which opens to say why each is what it is. */
class LiveValues {
	readonly element: HTMLElement;
	private readonly summary = element("summary");
	private readonly list = element("dl");
	private written = "";

	constructor(testId: string) {
		this.element = element("details", { class: "values", "data-testid": testId }, this.summary, this.list);
	}

	render(values: readonly LiveValue[], words: string): void {
		setShown(this.element, values.length > 0);
		setText(this.summary, words);
		const key = JSON.stringify(values);
		if (key === this.written) return;
		this.written = key;
		this.list.replaceChildren(
			...values.flatMap(({ name, value, why }) => [
				element("dt", {}, name),
				element("dd", {}, element("b", {}, value), element("i", {}, why)),
			]),
		);
	}
}

/** @returns why the run has other rows and steps than the lens in the code says; "" when it has not */
function countsWords(
	{ rows, stepsPerEpoch }: NonNullable<LiveState["counts"]>,
	{ trainRows, sampledFrom, devRows, stepsPerEpoch: steps }: NonNullable<RunSummary["start"]>,
): string {
	// That a table is sampled is said by itself.
	if (rows === undefined || rows === (sampledFrom ?? trainRows)) return "";
	const counted = (m: number, steps?: number) =>
		steps === undefined ? formatInteger(m) : t("{0} ({1} steps per epoch)", formatInteger(m), formatInteger(steps));
	const code = counted(rows, stepsPerEpoch);
	const run = counted(trainRows, stepsPerEpoch === undefined ? undefined : steps);
	return devRows > 0
		? t(
				"m, the rows that train, is {0} in the code and {1} in its run, which keeps {2} rows as dev set.",
				code,
				run,
				formatInteger(devRows),
			)
		: t("m, the rows that train, is {0} in the code and {1} in its run.", code, run);
}
