import type { StepKind } from "../facts.ts";
import { isKnownName } from "../frameworks/known-names.ts";
import { OPTIMIZERS } from "../frameworks/optimizers.ts";
import { SCHEDULES } from "../frameworks/schedules.ts";
import { type Meaning, nameOf } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { Where } from "../meaning/survey.ts";
import type { Reading } from "../reading.ts";
import {
	type Call,
	type Expression,
	type FunctionStatement,
	type Lambda,
	pathOf,
	type Statement,
} from "../syntax/code.ts";
import type { Move } from "./schedule-moves.ts";

/** What a program does, in order: calls, and the loops, conditions and functions around them. */
export type Action =
	| CallAction
	| { kind: "loop"; of: Statement & { kind: "for" | "while" }; where: Where; body: Action[] }
	| { kind: "branch"; of: Statement; where: Where; bodies: Action[][] }
	/** a `with` block; `grad`: what it does to the recording of gradients */
	| { kind: "context"; grad: Grad; body: Action[] }
	/** a function of the program, called here */
	| { kind: "function"; of: FunctionStatement | Lambda; call?: Call; grad: Grad; body: Action[] }
	| { kind: "assign"; of: Statement & { kind: "assign" }; where: Where };

/** `name` is what is called as it is written: "self.model.fit" */
interface CallAction {
	kind: "call";
	step: StepKind;
	call: Call;
	where: Where;
	statement: Statement;
	name: string;
	callee: Meaning;
	subject: Subject;
}

/** "depends": set_grad_enabled(phase == "train") */
export type Grad = "off" | "depends" | undefined;

/** What a call is about: the optimizer that steps, the model that is trained. */
export interface Subject {
	meaning: Meaning;
	/** as it is written */
	name: string;
}

/** Makes actions of statements; a function's are made once. */
export class Actions {
	private readonly reading: Reading;
	/** where a program begins, once it was found */
	roots: Action[][] | undefined;
	/** what moves its schedules, once it was found */
	moves: Move[] | undefined;
	private readonly made = new Map<FunctionStatement | Lambda, Action[]>();

	constructor(reading: Reading) {
		this.reading = reading;
	}

	of(statements: readonly Statement[]): Action[] {
		const found: Action[] = [];
		for (const s of statements) this.addStatement(s, found);
		return found;
	}

	ofFunction(fn: FunctionStatement | Lambda): Action[] {
		let actions = this.made.get(fn);
		if (!actions) {
			// A function that calls itself does what it does once.
			this.made.set(fn, []);
			actions = this.of(fn.body);
			this.made.set(fn, actions);
		}
		return actions;
	}

	/** @returns a function with what its decorators say, as called somewhere or by somebody else */
	whole(fn: FunctionStatement | Lambda, call?: Call): Action & { kind: "function" } {
		const outside = this.reading.survey.places.get(fn);
		const decorators = fn.kind === "function" && outside ? fn.decorators : [];
		const grads = decorators.map((d) => this.grad(d, outside!));
		return { kind: "function", of: fn, call, grad: grads.find((g) => g), body: this.ofFunction(fn) };
	}

	private addStatement(s: Statement, found: Action[]): void {
		switch (s.kind) {
			case "assign":
				if (s.value) this.addCalls(s.value, found);
				found.push({ kind: "assign", of: s, where: this.placeOf(s) });
				return;
			case "expression":
			case "return":
				if (s.value) this.addCalls(s.value, found);
				return;
			case "for":
				this.addCalls(s.iterable, found);
				found.push({ kind: "loop", of: s, where: this.placeOf(s), body: this.of(s.body) });
				for (const o of s.otherwise) this.addStatement(o, found);
				return;
			case "while": {
				const body: Action[] = [];
				if (s.test) this.addCalls(s.test, body);
				for (const b of s.body) this.addStatement(b, body);
				found.push({ kind: "loop", of: s, where: this.placeOf(s), body });
				return;
			}
			case "if": {
				for (const { test } of s.branches) this.addCalls(test, found);
				const bodies = [...s.branches.map((b) => this.of(b.body)), this.of(s.otherwise)];
				if (bodies.some((b) => b.length > 0)) found.push({ kind: "branch", of: s, where: this.placeOf(s), bodies });
				return;
			}
			case "with": {
				for (const { value } of s.items) this.addCalls(value, found);
				const grads = s.items.map((item) => this.grad(item.value, this.placeOf(s)));
				const grad = grads.find((g) => g === "off") ?? grads.find((g) => g !== undefined);
				found.push({ kind: "context", grad, body: this.of(s.body) });
				return;
			}
			case "try":
				for (const b of s.body) this.addStatement(b, found);
				for (const h of s.handlers) {
					found.push({ kind: "branch", of: s, where: this.placeOf(s), bodies: [this.of(h)] });
				}
				for (const l of s.last) this.addStatement(l, found);
				return;
			case "leave":
			case "others":
				for (const e of s.parts) this.addCalls(e, found);
		}
	}

	private placeOf(s: Statement): Where {
		return this.reading.survey.statementPlaces.get(s)!;
	}

	/** @returns what a context manager or a decorator does to the recording of gradients */
	private grad(e: Expression, where: Where): Grad {
		const call = e.kind === "call" ? e : undefined;
		const name = nameOf(this.reading.evaluate(call?.callee ?? e, where)) ?? "";
		if (/^torch\.(no_grad|inference_mode|autograd\.(no_grad|inference_mode|grad_mode\.no_grad))$/.test(name)) {
			const on = call?.args[0] && this.reading.evaluator.constant(call.args[0].value, where);
			return on === false ? undefined : "off";
		}
		if (!/^torch\.(autograd\.)?set_grad_enabled$/.test(name) || !call?.args[0]) return undefined;
		const on = this.reading.evaluator.constant(call.args[0].value, where);
		return on === false ? "off" : on === true ? undefined : "depends";
	}

	/** What the calls in an expression do, inner ones first. */
	private addCalls(e: Expression, found: Action[]): void {
		for (const site of this.reading.survey.sitesIn.get(e) ?? []) {
			const { call, where, statement, path: name } = site;
			const callee = this.reading.calleeOf(site);
			if (callee.kind === "function") {
				found.push(this.whole(callee.of, call));
				continue;
			}
			const [step, subject] = this.classify(call, callee, where, name);
			const action: CallAction = { kind: "call", step, call, where, statement, name, callee, subject };
			// A closure is run by what it is passed to: optimizer.step(closure), tape, minimize(() => loss).
			for (const { value } of step === "call" ? [] : call.args) {
				const passed =
					value.kind === "name" || value.kind === "lambda" ? this.reading.evaluate(value, where) : undefined;
				if (passed?.kind === "function") {
					found.push({ kind: "function", of: passed.of, grad: undefined, body: this.ofFunction(passed.of) });
				}
			}
			found.push(action);
		}
	}

	private classify(call: Call, callee: Meaning, where: Where, name: string): [StepKind, Subject] {
		const e = call.callee;
		const own: Subject = { meaning: callee, name };
		const full = nameOf(callee) ?? "";
		if (e.kind !== "member") {
			return [isModel(this.reading, callee, name) ? "forward" : (FUNCTIONS.get(full) ?? "call"), own];
		}
		if (callee.kind === "unknown" && !isKnownName(e.name) && !isModule(e.name)) return ["call", own];
		const known = FUNCTIONS.get(full);
		if (known) return [known, this.argumentSubject(call, where) ?? own];
		if (!METHODS.has(e.name)) return [isModel(this.reading, callee, name) ? "forward" : "call", own];
		const object = this.reading.evaluate(e.object, where);
		const subject: Subject = { meaning: object, name: pathOf(e.object) ?? "" };
		const of = nameOf(object) ?? "";
		const torch = this.reading.has("pytorch") || this.reading.has("lightning");
		switch (e.name) {
			case "zero_grad":
				return torch ? ["zeroGrad", subject] : ["call", subject];
			case "backward":
			case "manual_backward":
				return torch ? ["backward", subject] : ["call", subject];
			case "step":
				return torch ? this.step(call, object, subject, where) : ["call", subject];
			case "apply_gradients":
			case "apply_gradient":
			case "applyGradients":
				return ["step", subject];
			case "minimize":
				return this.reading.has("tfjs") || this.reading.has("keras") ? ["step", subject] : ["call", subject];
			case "gradient":
				return of === "tensorflow.GradientTape" ? ["backward", subject] : ["call", subject];
			case "train":
			case "eval": {
				if (!torch || call.args.length > 1 || (e.name === "eval" && call.args.length > 0)) return ["call", subject];
				if (call.args[0]) {
					const mode = this.reading.evaluator.constant(call.args[0].value, where);
					if (mode !== true && mode !== false) return ["call", subject];
					return [mode ? "train" : "eval", subject];
				}
				if (/^transformers\..*Trainer/.test(of) || /Trainer$/.test(of)) return ["fit", subject];
				return [e.name, subject];
			}
			case "fit":
			case "fitDataset":
			case "fit_generator":
				return /^(keras|tfjs|lightning)\./.test(of) ||
					this.reading.facts.epochs.some((f) => f.at.start === call.at.start)
					? ["fit", subject]
					: ["call", subject];
			default:
				return ["call", subject];
		}
	}

	/** @returns what a function such as clip_grad_norm_(model.parameters()) is about */
	private argumentSubject(call: Call, where: Where): Subject | undefined {
		const first = call.args[0]?.value;
		return first && { meaning: this.reading.evaluate(first, where), name: pathOf(first) ?? "" };
	}

	private step(call: Call, object: Meaning, subject: Subject, where: Where): [StepKind, Subject] {
		const of = nameOf(object) ?? "";
		if (object.kind === "made" && OPTIMIZERS.has(of)) return ["step", subject];
		if (object.kind === "made" && SCHEDULES.has(of)) return ["schedulerStep", subject];
		if (/GradScaler$/.test(of) || /scaler$/i.test(subject.name))
			return ["step", this.argumentSubject(call, where) ?? subject];
		if (object.kind === "instance") {
			const ancestry = this.reading.evaluator.ancestry(object.of);
			if (ancestry.some((a) => a.startsWith("torch.optim.lr_scheduler"))) return ["schedulerStep", subject];
			if (ancestry.some((a) => a.startsWith("torch.optim."))) return ["step", subject];
		}
		const last = subject.name.split(".").at(-1)!;
		if (/sched|warm_?up|anneal|lr_?decay|plateau/i.test(last)) return ["schedulerStep", subject];
		if (/^_?(model_)?(opt|optim|optimi[sz]er)|(opt|optim|optimi[sz]er)(_?\w)?$/i.test(last)) return ["step", subject];
		return ["call", subject];
	}
}

const FUNCTIONS = new Map<string, StepKind>(
	Object.entries({
		"torch.nn.utils.clip_grad_norm_": "clip",
		"torch.nn.utils.clip_grad_norm": "clip",
		"torch.nn.utils.clip_grad_value_": "clip",
		"torch.nn.utils.clip_grad.clip_grad_norm_": "clip",
		"torch.autograd.backward": "backward",
		"torch_xla.core.xla_model.optimizer_step": "step",
		"optax.apply_updates": "step",
		"jax.grad": "call",
	}),
);

/** Methods whose object says what they do. */
const METHODS = new Set(
	[
		"zero_grad backward manual_backward step apply_gradients apply_gradient applyGradients minimize gradient",
		"train eval fit fitDataset fit_generator",
	].flatMap((names) => names.split(" ")),
);

const isModule = remembered((name) => /^(model|net|network|module)$/i.test(name));
const isModelName = remembered((name) => /^(self\.)?(model|net|network|classifier)$/i.test(name));
const isModuleClass = remembered((name) =>
	/^torch\.nn\.Module$|LightningModule$|^keras\.(models\.)?Model$|^flax\.(nn|nnx)\.Module$/.test(name),
);
const makesModel = remembered((name) =>
	/^(torch\.nn\.(Sequential|Linear|Transformer)|torchvision\.models\.|timm\.create_model|keras\.(models\.)?(Sequential|Model)|transformers\.\w+\.from_pretrained)/.test(
		name,
	),
);

/** A model that is called: an instance of a module, or something of that name in a framework's program. */
export function isModel(reading: Reading, m: Meaning, name: string): boolean {
	if (m.kind === "instance") return reading.evaluator.ancestry(m.of).some(isModuleClass);
	if (m.kind === "made" && makesModel(m.name)) return true;
	if (m.kind === "result" && /^(transformers|torchvision\.models)\./.test(nameOf(m) ?? "")) return true;
	const known =
		(m.kind === "made" && !m.name.startsWith(".")) ||
		m.kind === "function" ||
		m.kind === "class" ||
		m.kind === "constant";
	return !known && isModelName(name);
}

/**
 * Visits actions and all that is in them, with what is around each.
 * @param visit false: what is in this action is passed over
 */
export function walk(
	actions: readonly Action[],
	visit: (action: Action, around: readonly Action[]) => unknown,
	around: readonly Action[] = [],
): void {
	for (const action of actions) {
		if (visit(action, around) === false || action.kind === "call" || action.kind === "assign") continue;
		const inside = [...around, action];
		if (action.kind !== "branch") walk(action.body, visit, inside);
		else for (const body of action.bodies) walk(body, visit, inside);
	}
}

export type Loop = Action & { kind: "loop" };

/** An action, and what is around it. */
export interface Placed<A extends Action> {
	action: A;
	around: readonly Action[];
}

export type PlacedCall = Placed<CallAction>;

/** @returns all calls in some actions, in order */
export function callsIn(actions: readonly Action[]): readonly PlacedCall[] {
	return inside(actions).calls;
}

/** @returns all loops in some actions, outer ones first */
export function loopsIn(actions: readonly Action[]): readonly Placed<Loop>[] {
	return inside(actions).loops;
}

interface Inside {
	calls: PlacedCall[];
	loops: Placed<Loop>[];
}

/** Every rule asks for what is in the same programs and loops. */
const known = new WeakMap<readonly Action[], Inside>();

function inside(actions: readonly Action[]): Inside {
	let found = known.get(actions);
	if (!found) {
		const { calls, loops }: Inside = { calls: [], loops: [] };
		walk(actions, (action, around) => {
			if (action.kind === "call") calls.push({ action, around });
			else if (action.kind === "loop") loops.push({ action, around });
		});
		found = { calls, loops };
		known.set(actions, found);
	}
	return found;
}
