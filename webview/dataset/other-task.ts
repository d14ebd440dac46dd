/** Few whole numbers may be classes or amounts: what they were taken for, and the other one by a click. */
import type { DatasetSummary, Task } from "../../src/engine/protocol/dataset.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { element, setShown, setText } from "../dom.ts";

/** @returns the task's reason; what to choose instead is said by the button, where there is one */
export function taskReasonOf({ taskReason, otherTask }: DatasetSummary): string {
	return engineWords(otherTask === undefined ? taskReason : taskReason.split(";")[0]);
}

export class OtherTask {
	readonly element: HTMLButtonElement;
	private other: Task | undefined;

	constructor(testId: string, choose: (task: Task) => void) {
		this.element = element("button", { type: "button", class: "link", "data-testid": testId });
		this.element.addEventListener("click", () => this.other && choose(this.other));
	}

	render({ otherTask }: DatasetSummary): void {
		this.other = otherTask;
		setShown(this.element, otherTask !== undefined);
		setText(this.element, otherTask === "regression" ? t("Learn them as amounts") : t("Learn them as classes"));
	}
}
