/** The form of the next run. A change is sent as soon as it can be read; what cannot is marked and stays here. */

import type { DecayName } from "../../src/engine/protocol/hyperparameters.ts";
import type { FormPatch, PanelCommand, RunForm } from "../../src/engine/protocol/panel.ts";
import { t } from "../../src/l10n.ts";
import { decayNames } from "../decay-names.ts";
import { element, setShown, setText } from "../dom.ts";
import type { RunView } from "../run-view.ts";
import type { PanelModel } from "../state.ts";
import {
	type ButtonControl,
	type DropdownControl,
	makeButton,
	makeDropdown,
	makeTextField,
	type TextControl,
} from "../ui.ts";
import { type FieldContext, type FieldSpec, fieldSpecs } from "./hyperparameter-fields.ts";

interface HyperparameterEvents {
	form(patch: FormPatch): void;
	run(): void;
	find(command: PanelCommand): void;
}

/** A person who types on is not interrupted by a run of half a number. */
const settleAfter = 250;
/** The host's answer to a change may be one state late: until then the form shows what was chosen here. */
const echoWithin = 1500;

const optimizers = [
	{ value: "gradientDescent", label: t("Gradient descent") },
	{ value: "momentum", label: t("Momentum") },
	{ value: "rmsprop", label: "RMSprop" },
	{ value: "adam", label: "Adam" },
	{ value: "adamw", label: "AdamW" },
	{ value: "adagrad", label: "Adagrad" },
	{ value: "nadam", label: "NAdam" },
	{ value: "lion", label: "Lion" },
];
/** What can be made up here; a run file may name more: a table of rates, or changes by hand. */
const decays = (
	[
		...["constant", "inverseTime", "exponential", "sqrtEpoch", "sqrtStep"],
		...["staircase", "cosine", "linear", "oneCycle"],
	] as DecayName[]
).map((value) => ({ value, label: decayNames[value] }));
const activations = [
	{ value: "relu", label: "ReLU" },
	{ value: "leakyRelu", label: "Leaky ReLU" },
	{ value: "tanh", label: "tanh" },
	{ value: "sigmoid", label: t("Sigmoid") },
	{ value: "gelu", label: "GELU" },
];

interface FieldRow {
	spec: FieldSpec;
	element: HTMLElement;
	control: TextControl;
	meaning: HTMLElement;
	problem: HTMLElement;
	invalid: string | undefined;
}

export class Hyperparameters {
	readonly element: HTMLElement;
	private readonly model: PanelModel;
	private readonly events: HyperparameterEvents;
	private readonly rows = new Map<keyof RunForm, FieldRow>();
	private readonly optimizer: DropdownControl;
	private readonly decay: DropdownControl;
	private readonly activation: DropdownControl;
	private readonly runButton: ButtonControl;
	private readonly findButtons: ButtonControl[] = [];
	/** changes that were sent and not yet answered */
	private readonly sent = new Map<keyof RunForm, { value: unknown; at: number }>();
	private waiting: FormPatch = {};
	private timer: number | undefined;

	constructor(model: PanelModel, events: HyperparameterEvents) {
		this.model = model;
		this.events = events;
		const choice = (key: "optimizer" | "decay" | "activation", label: string): DropdownControl =>
			makeDropdown({ label, testId: key, onChange: (value) => this.change(key, value) });
		this.optimizer = choice("optimizer", t("Optimizer"));
		this.decay = choice("decay", t("Learning-rate decay"));
		this.activation = choice("activation", t("Activation"));
		for (const spec of fieldSpecs) this.rows.set(spec.key, this.fieldRow(spec));
		this.runButton = makeButton({
			label: t("Run training"),
			icon: "play",
			testId: "run-training",
			appearance: "primary",
			onClick: () => events.run(),
		});
		const rowOf = (key: keyof RunForm) => this.rows.get(key)!.element;
		this.element = element(
			"section",
			{ class: "hyperparameters" },
			element("h2", {}, t("Hyperparameters")),
			choiceRow(t("Optimizer"), this.optimizer),
			rowOf("learningRate"),
			rowOf("beta"),
			rowOf("beta1"),
			rowOf("beta2"),
			rowOf("weightDecay"),
			choiceRow(t("Decay"), this.decay),
			rowOf("decayRate"),
			rowOf("decayBase"),
			rowOf("batchSize"),
			rowOf("epochs"),
			rowOf("layers"),
			choiceRow(t("Activation"), this.activation),
			rowOf("l2"),
			rowOf("seed"),
			this.runButton.element,
		);
	}

	render(): void {
		const form = this.form();
		// what is not chosen is what the engine takes, whatever another run had
		const optimizer = form.optimizer ?? "adam";
		const decay = form.decay ?? "constant";
		const context: FieldContext = { optimizer, decay, trainRows: this.trainRows() };
		this.optimizer.show(optimizers, optimizer);
		const others = decays.some(({ value }) => value === decay) ? [] : [{ value: decay, label: decayNames[decay] }];
		this.decay.show([...decays, ...others], decay);
		this.activation.show(activations, form.activation ?? "relu");
		for (const row of this.rows.values()) this.renderField(row, form, context);
		for (const button of [this.runButton, ...this.findButtons]) button.setDisabled(!this.model.canRun);
	}

	/** @returns false, with the focus on the first field that is wrong, when the form cannot be run as it stands */
	ready(): boolean {
		const wrong = [...this.rows.values()].find((row) => row.invalid !== undefined && !row.element.hidden);
		wrong?.control.focus();
		return wrong === undefined;
	}

	/** Sends what was typed and not yet sent: a run must not start without it. */
	flush(): void {
		clearTimeout(this.timer);
		const patch = this.waiting;
		this.waiting = {};
		if (Object.keys(patch).length === 0) return;
		for (const [key, value] of Object.entries(patch)) {
			this.sent.set(key as keyof RunForm, { value: value ?? undefined, at: performance.now() });
		}
		this.events.form(patch);
		setTimeout(() => this.render(), echoWithin + 50);
	}

	private change(key: keyof RunForm, value: unknown): void {
		(this.waiting as Record<string, unknown>)[key] = value;
		this.flush();
		this.render();
	}

	/** The host's form, with the changes on top that it has not answered yet. */
	private form(): RunForm {
		const form: Record<string, unknown> = { ...this.model.state.form };
		for (const [key, { value, at }] of this.sent) {
			if (JSON.stringify(form[key]) === JSON.stringify(value) || performance.now() - at > echoWithin) {
				this.sent.delete(key);
			} else form[key] = value;
		}
		for (const [key, value] of Object.entries(this.waiting)) form[key] = value ?? undefined;
		return form as RunForm;
	}

	private fieldRow(spec: FieldSpec): FieldRow {
		const control = makeTextField({
			label: spec.spoken,
			testId: spec.key,
			onInput: () => this.onInput(row),
			onCommit: () => {
				this.flush();
				this.render();
			},
			onEnter: () => {
				if (row.invalid === undefined && this.model.canRun) this.events.run();
			},
		});
		const meaning = element("i");
		const problem = element("p", { class: "field-problem", hidden: "" });
		const { find } = spec;
		const button =
			find &&
			makeButton({
				label: find.label,
				icon: "search",
				testId: find.command,
				appearance: "icon",
				onClick: () => this.events.find(find.command),
			});
		if (button) this.findButtons.push(button);
		const label = element("span", { class: "label" }, spec.label, meaning);
		const row: FieldRow = {
			spec,
			element: element("div", { class: "row" }, label, control.element, ...(button ? [button.element] : []), problem),
			control,
			meaning,
			problem,
			invalid: undefined,
		};
		return row;
	}

	private onInput(row: FieldRow): void {
		const parsed = row.spec.parse(row.control.text);
		row.invalid = parsed.ok ? undefined : parsed.message;
		clearTimeout(this.timer);
		if (parsed.ok) (this.waiting as Record<string, unknown>)[row.spec.key] = parsed.value;
		else delete this.waiting[row.spec.key];
		this.timer = window.setTimeout(() => this.flush(), settleAfter);
		this.render();
	}

	private renderField(row: FieldRow, form: RunForm, context: FieldContext): void {
		const { spec, control } = row;
		setShown(row.element, spec.shown === undefined || spec.shown(context));
		control.setInvalid(row.invalid);
		setShown(row.problem, row.invalid !== undefined);
		setText(row.problem, row.invalid ?? "");
		const value = form[spec.key];
		const resolved = this.resolvedFor(spec, context);
		const write = spec.write as (value: unknown) => string;
		if (!control.hasFocus() && row.invalid === undefined) control.setText(value === undefined ? "" : write(value));
		const usual = spec.usual?.(context);
		control.setPlaceholder(resolved !== undefined ? write(resolved) : (usual ?? t("auto")));
		const meant =
			value === "auto" ? resolved : (value ?? resolved ?? (usual === undefined ? undefined : Number(usual)));
		setText(row.meaning, row.invalid !== undefined ? "" : (spec.meaning?.(meant, context) ?? ""));
	}

	/** What the engine took by itself the last time, where it would again: another optimizer or table has other defaults. */
	private resolvedFor(spec: FieldSpec, { optimizer }: FieldContext): unknown {
		const ofOptimizer = ["learningRate", "beta", "beta1", "beta2", "weightDecay"].includes(spec.key);
		const told = this.model.state.runs.findLast((run) => {
			if (!run.asked || !run.start || !this.sameTable(run)) return false;
			const asked = run.asked[spec.key] ?? "auto";
			return asked === "auto" && (!ofOptimizer || run.start.run.optimizer.name === optimizer);
		});
		return told?.start && (spec.resolved(told.start.run) ?? undefined);
	}

	/** Live runs have what a text says, and the next run what stands here. */
	private lastStarted(): RunView | undefined {
		return this.model.state.runs.findLast((run) => run.start !== undefined && !run.live && this.sameTable(run));
	}

	private sameTable(run: RunView): boolean {
		const path = this.model.state.summary?.path;
		return path === undefined || run.start?.run.dataset.path === path;
	}

	private trainRows(): number | undefined {
		return this.lastStarted()?.start?.trainRows;
	}
}

function choiceRow(label: string, control: DropdownControl): HTMLElement {
	return element("div", { class: "row" }, element("span", { class: "label" }, label), control.element);
}
