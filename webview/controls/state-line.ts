/** The first line: what is going on, how far it is, and the buttons that act on it. */
import type { PanelCommand } from "../../src/engine/protocol/panel.ts";
import { t } from "../../src/l10n.ts";
import { element, setCutText, setShown, setText } from "../dom.ts";
import { formatClock, formatCost, formatInteger, formatSeconds, formatShare } from "../format.ts";
import { phaseWords } from "../phase-words.ts";
import type { PanelModel } from "../state.ts";
import { type ButtonControl, makeButton } from "../ui.ts";
import { Menu, type MenuItem } from "./menu.ts";
import { shareRead } from "./reading.ts";

/** A number with what it counts; without a number it is not there. */
class Figure {
	readonly element: HTMLElement;
	private readonly value: HTMLElement;
	private readonly after: HTMLElement;

	constructor(before: string, testId: string, after = "") {
		this.value = element("b", { "data-testid": testId });
		this.after = element("i", {}, after);
		this.element = element("span", { class: "figure" }, before === "" ? undefined : before, this.value, this.after);
	}

	show(value: string | undefined, after?: string): void {
		setShown(this.element, value !== undefined);
		setText(this.value, value ?? "");
		if (after !== undefined) setText(this.after, after);
	}
}

const buttons = [
	{ command: "run", icon: "play", label: t("Run training") },
	{ command: "pause", icon: "debug-pause", label: t("Pause") },
	{ command: "resume", icon: "debug-continue", label: t("Resume") },
	{ command: "step", icon: "debug-step-over", label: t("Single step") },
	{ command: "stop", icon: "debug-stop", label: t("Stop") },
] as const;

export class StateLine {
	readonly element: HTMLElement;
	private readonly dot = element("span", { class: "dot", "aria-hidden": "true" });
	private readonly word = element("b", { class: "word", "data-testid": "state" }, t("Idle"));
	/** where it is not the newest run that the line speaks of */
	private readonly name = element("span", { class: "shown-run", "data-testid": "shown-run" });
	private readonly epoch = new Figure(t("epoch"), "epoch");
	private readonly step = new Figure(t("step"), "iteration");
	private readonly cost = new Figure(t("cost"), "cost");
	private readonly accuracy = new Figure(t("dev accuracy"), "dev-accuracy");
	private readonly r2 = new Figure(t("dev R²"), "dev-r2");
	private readonly speed = new Figure("", "steps-per-second", t("steps/s"));
	private readonly left = new Figure("", "time-left", t("left"));
	private readonly seconds = new Figure("", "seconds", t("s"));
	private readonly bar = element("div", {
		class: "progress",
		role: "progressbar",
		"aria-label": t("Training progress"),
		"aria-valuemin": "0",
		"aria-valuemax": "100",
	});
	private readonly done = element("div", { class: "progress-done" });
	private readonly controls = new Map<PanelCommand, ButtonControl>();

	private readonly files: Menu;

	constructor(command: (command: PanelCommand) => void, files: readonly MenuItem[]) {
		this.files = new Menu(t("Export"), "export", "export", files);
		const toolbar = element("span", { class: "toolbar", role: "toolbar", "aria-label": t("Training") });
		for (const { command: name, icon, label } of buttons) {
			const control = makeButton({
				label,
				icon,
				testId: `button-${name}`,
				appearance: "icon",
				onClick: () => command(name),
			});
			this.controls.set(name, control);
			toolbar.append(control.element);
		}
		this.bar.append(this.done);
		this.element = element(
			"header",
			{ class: "state-line" },
			element("h1", { class: "unseen" }, "Descent"),
			element("span", { class: "phase" }, this.dot, this.word, this.name),
			element(
				"span",
				{ class: "figures" },
				...[this.epoch, this.step, this.cost, this.accuracy, this.r2, this.speed, this.left, this.seconds].map(
					(figure) => figure.element,
				),
			),
			element("span", { class: "toolbar" }, toolbar, this.files.element),
			this.bar,
		);
	}

	render(model: PanelModel): void {
		const run = model.current;
		const phase = run?.phase;
		setText(this.word, phase === undefined ? t("Idle") : phaseWords[phase]);
		setShown(this.name, run !== model.newest);
		// the buttons beside are of the one that goes on
		const other = model.busy && model.newest !== undefined ? model.newest.name : undefined;
		const name = run?.name ?? "";
		setCutText(this.name, other === undefined ? name : t("{0}, while {1} goes on", name, other));
		this.dot.className = `dot ${phase ?? "idle"}`;
		this.renderButtons(model);
		this.files.render();

		const iteration = run === undefined ? 0 : model.iterationsOf(run);
		const start = run?.start;
		const done = run?.done;
		const curves = run === undefined ? undefined : model.curvesFor(run.id);
		const last = run?.epochs.last;
		if (start !== undefined && iteration > 0) {
			const epoch = Math.min(start.run.epochs, Math.ceil(iteration / Math.max(1, start.stepsPerEpoch)));
			this.epoch.show(formatInteger(epoch), `/ ${formatInteger(start.run.epochs)}`);
		} else this.epoch.show(undefined);
		const known = run !== undefined && (iteration > 0 || start !== undefined);
		this.step.show(
			known ? formatInteger(iteration) : undefined,
			start === undefined ? "" : `/ ${formatInteger(start.iterations)}`,
		);
		const smoothed =
			curves === undefined || curves.length === 0 ? undefined : curves.smoothed.values[curves.length - 1];
		const cost = done?.cost ?? smoothed;
		this.cost.show(cost === undefined ? undefined : formatCost(cost));
		const accuracy = done?.devAccuracy ?? last?.devAccuracy;
		this.accuracy.show(accuracy === undefined ? undefined : formatShare(accuracy));
		const r2 = done?.devR2 ?? last?.devR2;
		this.r2.show(r2 === undefined ? undefined : formatShare(r2));

		const speed = done?.stepsPerSecond ?? (phase === "running" ? run?.stepsPerSecond : undefined);
		this.speed.show(speed === undefined || !(speed > 0) ? undefined : formatInteger(speed));
		const rest = start === undefined ? 0 : start.iterations - iteration;
		const waiting = phase === "running" && speed !== undefined && speed > 0 && rest > 0;
		this.left.show(waiting ? formatClock(rest / speed) : undefined);
		this.seconds.show(done === undefined ? undefined : formatSeconds(done.seconds));

		const { newest } = model;
		const steps = newest?.start?.iterations ?? 0;
		const share = newest === undefined || steps === 0 ? 0 : Math.min(1, model.iterationsOf(newest) / steps);
		setShown(this.bar, model.busy);
		const preparing = newest?.phase === "preparing";
		const read = preparing ? shareRead(model) : share;
		this.bar.classList.toggle("unknown", read === undefined);
		this.done.style.width = read === undefined ? "" : `${(read * 100).toFixed(2)}%`;
		this.bar.setAttribute("aria-label", preparing ? t("Reading progress") : t("Training progress"));
		this.bar.setAttribute("aria-valuenow", String(Math.floor((read ?? 0) * 100)));
	}

	/** Run, pause and resume share a place; the focus moves along when the one that has it goes. */
	private renderButtons(model: PanelModel): void {
		const phase = model.newest?.phase;
		const busy = model.busy;
		const shown: PanelCommand = phase === "paused" ? "resume" : busy ? "pause" : "run";
		const focused = (["run", "pause", "resume"] as const).find(
			(name) => document.activeElement === this.controls.get(name)?.element,
		);
		for (const name of ["run", "pause", "resume"] as const) setShown(this.controls.get(name)!.element, name === shown);
		this.controls.get("run")!.setDisabled(!model.canRun);
		this.controls.get("pause")!.setDisabled(phase !== "running");
		this.controls.get("step")!.setDisabled(phase !== "running" && phase !== "paused");
		this.controls.get("stop")!.setDisabled(!busy);
		if (focused === undefined || focused === shown) return;
		// nothing can be paused while a run is prepared; and the toolkit enables a button only with the next frame
		const heir = phase === "preparing" ? "stop" : shown;
		requestAnimationFrame(() => this.controls.get(heir)!.element.focus());
	}
}
