/** Changes the learning rate of a run that goes on, and gives what was done by hand back as a schedule. */
import type { RateRequest } from "../../src/engine/protocol/run.ts";
import { t } from "../../src/l10n.ts";
import { element, setShown, setText } from "../dom.ts";
import { piecewiseText } from "../files/piecewise.ts";
import { formatRate } from "../format.ts";
import type { PanelModel } from "../state.ts";

interface RateEvents {
	change(runId: string, request: RateRequest): void;
	copy(text: string): void;
	announce(text: string): void;
}

const factors = [
	{ factor: 0.5, text: "× 0.5", label: t("× 0.5: halve the learning rate"), name: "halve" },
	{ factor: 0.1, text: "× 0.1", label: t("× 0.1: divide the learning rate by ten"), name: "tenth" },
];
/** how long a button says that it has copied, in ms */
const thanks = 2000;

export class RateControl {
	readonly element: HTMLElement;
	private readonly group: HTMLElement;
	private readonly field: HTMLInputElement;
	private readonly copy: HTMLButtonElement;
	private readonly events: RateEvents;
	private model: PanelModel | undefined;
	private timer: number | undefined;

	constructor(events: RateEvents) {
		this.events = events;
		const buttons = factors.map(({ factor, text, label, name }) => {
			const button = element("button", { type: "button", title: label, "aria-label": label }, text);
			button.dataset.testid = `rate-${name}`;
			button.addEventListener("click", () => this.change({ factor }));
			return button;
		});
		this.field = element("input", {
			type: "text",
			inputmode: "decimal",
			placeholder: t("new rate"),
			"aria-label": t("New learning rate, applied with Enter"),
			title: t("New learning rate, applied with Enter"),
			"data-testid": "rate-field",
			spellcheck: "false",
		});
		this.field.addEventListener("keydown", (event) => {
			if (event.key === "Enter") this.enter();
		});
		this.field.addEventListener("input", () => this.mark(false));
		this.group = element(
			"span",
			{ class: "rate-change", role: "group", "aria-label": t("Change the learning rate of this run") },
			element("span", { class: "switch" }, ...buttons),
			this.field,
		);
		this.copy = element(
			"button",
			{ type: "button", class: "link", "data-testid": "copy-piecewise" },
			t("Copy as piecewise schedule"),
		);
		this.copy.addEventListener("click", () => void this.model?.filled().then(() => this.copySchedule()));
		this.element = element("span", { class: "rate-control" }, this.copy, this.group);
	}

	render(model: PanelModel): void {
		this.model = model;
		const run = model.current;
		setShown(this.group, run?.phase === "running" || run?.phase === "paused");
		setShown(this.copy, (run?.rateChanges.length ?? 0) > 0);
	}

	private enter(): void {
		const text = this.field.value.trim();
		const rate = Number(text);
		const valid = text !== "" && Number.isFinite(rate) && rate > 0;
		this.mark(!valid);
		if (!valid) {
			this.events.announce(t("A learning rate is a number above 0."));
			return;
		}
		this.change({ rate });
		this.field.value = "";
	}

	private mark(invalid: boolean): void {
		this.field.classList.toggle("invalid", invalid);
		this.field.setAttribute("aria-invalid", String(invalid));
		this.field.title = invalid ? t("A learning rate is a number above 0.") : t("New learning rate, applied with Enter");
	}

	private change(request: RateRequest): void {
		const run = this.model?.current;
		if (run === undefined) return;
		this.events.change(run.id, request);
		this.events.announce(
			"rate" in request
				? t("Learning rate set to {0} from the next step on", formatRate(request.rate))
				: t("Learning rate times {0} from the next step on", formatRate(request.factor)),
		);
	}

	private copySchedule(): void {
		const run = this.model?.current;
		const rates = run && this.model?.curvesFor(run.id)?.learningRate;
		if (!rates) return;
		const text = piecewiseText(rates.values, rates.length);
		if (text !== undefined) this.events.copy(text);
		const said =
			text === undefined ? t("The rate changes too often for a table") : t("Copied: paste it into a run file");
		this.events.announce(said);
		setText(this.copy, said);
		clearTimeout(this.timer);
		this.timer = window.setTimeout(() => setText(this.copy, t("Copy as piecewise schedule")), thanks);
	}
}
