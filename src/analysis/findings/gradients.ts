import { t } from "../../l10n.ts";
import { type Action, callsIn, type Loop, loopsIn, type PlacedCall, walk } from "../collect/actions.ts";
import { rootsOf } from "../collect/schedule-moves.ts";
import { sameMeaning } from "../meaning/meaning.ts";
import type { Where } from "../meaning/survey.ts";
import { type Expression, partsOf, pathOf, type Statement } from "../syntax/code.ts";
import { type Case, moveLine } from "./finding.ts";

type CallAction = PlacedCall["action"];

/** Order and completeness of zero_grad, backward, clipping and step in the loops of PyTorch. */
export function gradients(c: Case): void {
	const { reading } = c;
	if (!reading.has("pytorch") && !reading.has("lightning")) return;
	const seen = new Set<Action>();
	for (const root of rootsOf(reading, c.actions)) {
		for (const { action, around } of loopsIn(root)) {
			if (seen.has(action)) continue;
			seen.add(action);
			// The innermost loop around a backward pass.
			const inner = callsIn(action.body).filter((p) => !p.around.some((a) => a.kind === "loop"));
			const backward = inner.find((p) => p.action.step === "backward");
			if (!backward) continue;
			const outermost = around.find((a): a is Loop => a.kind === "loop") ?? action;
			missingZeroGrad(c, action, outermost);
			order(c, inner);
			accumulation(c, action, inner);
			keptGraph(c, action, outermost);
		}
	}
}

function missingZeroGrad(c: Case, loop: Loop, outermost: Loop): void {
	const calls = callsIn(outermost.body).map((p) => p.action);
	const own = callsIn(loop.body).map((p) => p.action);
	const step = own.find((a) => a.step === "step");
	if (!step || calls.some((a) => a.step === "zeroGrad")) return;
	// "p.grad = None", "p.grad.zero_()" and the like zero them by hand.
	if (/\.grad\b[^\n]*(=\s*None|zero_|=\s*0)|zero_grad/.test(c.text.slice(outermost.of.at.start, outermost.of.at.end)))
		return;
	const reached = reachedText(c, outermost);
	if (/\.grad\b[^\n]*(=\s*None|zero_|=\s*0)|zero_grad/.test(reached)) return;
	const { reading } = c;
	const helps = calls.some((a) => {
		if (a.step !== "call") return false;
		// A function from elsewhere that gets the optimizer or the model, or a method that a base class may have.
		if (/^(self|this)\.\w+$/.test(a.name)) return true;
		const builtin = /^(print|len|isinstance|str|type|id|repr)$/.test(a.name);
		return (
			!builtin &&
			a.call.args.some(
				(arg) =>
					sameMeaning(reading.evaluate(arg.value, a.where), step.subject.meaning) ||
					pathOf(arg.value) === step.subject.name,
			)
		);
	});
	if (helps) return;
	const backward = own.find((a) => a.step === "backward")!;
	const statement = backward.statement;
	const name = step.subject.name || "optimizer";
	c.report(
		{
			code: "missing-zero-grad",
			message: t(
				"{0} is not called in this loop: every backward() adds to the gradients of all steps before.",
				`${name}.zero_grad()`,
			),
			advice: t("Call {0} once before backward().", `${name}.zero_grad()`),
			...insertBefore(c, statement, `${name}.zero_grad()`, t("Call {0} before backward()", `${name}.zero_grad()`)),
		},
		step.call.at,
	);
}

/** The text of the program's own functions that run inside of an action. */
function reachedText(c: Case, outer: Loop): string {
	const parts: string[] = [];
	walk(outer.body, (a) => {
		if (a.kind === "function") parts.push(c.text.slice(a.of.at.start, a.of.at.end));
	});
	return parts.join("\n");
}

export function insertBefore(
	c: Case,
	statement: Statement | undefined,
	line: string,
	title: string,
): { fix?: { title: string; edits: { start: number; end: number; text: string }[] } } {
	if (!statement) return {};
	const start = c.text.lastIndexOf("\n", statement.at.start - 1) + 1;
	const indent = c.text.slice(start, statement.at.start);
	if (indent.trim() !== "") return {};
	return { fix: { title, edits: [{ start, end: start, text: `${indent}${line}\n` }] } };
}

/** What always runs in the loop, one call after the other. */
function order(c: Case, inner: readonly PlacedCall[]): void {
	const sure = inner.filter((p) => !p.around.some((a) => a.kind === "branch")).map((p) => p.action);
	const optimizers = new Set(sure.filter((a) => a.step === "step").map((a) => a.subject.name)).size;
	let backward: CallAction | undefined;
	let zeroed: CallAction | undefined;
	let stepped: CallAction | undefined;
	let clipped = false;
	for (const action of sure) {
		if (action.step === "backward") {
			backward = action;
			zeroed = undefined;
			stepped = undefined;
			clipped = false;
		} else if (action.step === "zeroGrad" && backward && !stepped) zeroed = action;
		else if (action.step === "clip") {
			if (stepped && !clipped) reportLateClip(c, action, stepped);
			clipped = true;
		} else if (action.step === "step" && backward) {
			if (zeroed && (zeroed.subject.name === action.subject.name || optimizers === 1))
				reportZeroed(c, backward, zeroed, action);
			stepped = action;
			zeroed = undefined;
			if (sure.indexOf(action) === sure.findLastIndex((a) => a.step === "step")) backward = undefined;
		}
	}
}

function reportZeroed(c: Case, backward: CallAction, zeroed: CallAction, step: CallAction): void {
	const [from, to] = [zeroed.statement, backward.statement];
	const edits = from && to && moveLine(c.text, from.at, to.at);
	c.report(
		{
			code: "zero-grad-between",
			message: t(
				"{0} stands between {1} and {2}: the step sees gradients of zero.",
				...[`${zeroed.name}()`, `${backward.name || "backward"}()`, `${step.name}()`],
			),
			advice: t("Zero the gradients before backward(), or after step()."),
			...(edits && { fix: { title: t("Move it before {0}", "backward()"), edits } }),
		},
		zeroed.call.at,
	);
}

function reportLateClip(c: Case, clip: CallAction, step: CallAction): void {
	const [from, to] = [clip.statement, step.statement];
	const edits = from && to && moveLine(c.text, from.at, to.at);
	c.report(
		{
			code: "clip-after-step",
			message: t("The gradients are clipped after {0} has used them: the clipping does nothing.", `${step.name}()`),
			advice: t("Clip between backward() and step()."),
			...(edits && { fix: { title: t("Move it before {0}", "step()"), edits } }),
		},
		clip.call.at,
	);
}

/** A step every k mini-batches without loss / k. */
function accumulation(c: Case, loop: Loop, inner: readonly PlacedCall[]): void {
	const stepped = inner.filter((p) => p.action.step === "step");
	const backward = inner.find((p) => p.action.step === "backward" && !p.around.some((a) => a.kind === "branch"));
	if (stepped.length !== 1 || !backward) return;
	const [{ action: step, around }] = stepped;
	const branch = around.find((a): a is Action & { kind: "branch" } => a.kind === "branch");
	if (branch?.of.kind !== "if" || around.filter((a) => a.kind === "branch").length !== 1) return;
	const zeroed = inner.find((p) => p.action.step === "zeroGrad");
	if (!zeroed?.around.includes(branch)) return;
	const { modulus, where } = modulusOf(branch) ?? {};
	if (!modulus || !where) return;
	const count = c.reading.number(modulus, where);
	if (count !== undefined && count <= 1) return;
	// accelerator.backward and engines divide by themselves.
	if (
		backward.action.name !== `${backward.action.subject.name}.backward` ||
		/^(accelerator|fabric|self|engine|model)/.test(backward.action.name)
	)
		return;
	const text = c.text.slice(loop.of.at.start, loop.of.at.end) + reachedText(c, loop);
	if (
		/\/=?\s*[\w.[\]"'()]*\w|reduction\s*=\s*["']sum|\*=?\s*\(?\s*1/.test(
			text.replace(/\/\//g, "").replace(/(["'])(?:(?!\1).)*\1/g, ""),
		)
	)
		return;
	const path = c.text.slice(modulus.at.start, modulus.at.end);
	const of = count === undefined || String(count) === path ? path : `${path} = ${count}`;
	const loss = backward.action.subject.name;
	const statement = backward.action.statement;
	c.report(
		{
			code: "accumulation-not-divided",
			message: t(
				"{0} runs once in {1} mini-batches, and the loss is not divided by it: the gradients are that many times larger.",
				...[`${step.name}()`, of],
			),
			advice: t("Call backward() on {0}.", `${loss} / ${path}`),
			...(statement && {
				fix: {
					title: t("Divide the loss by {0}", path),
					edits: [
						{
							start: backward.action.call.at.start,
							end: backward.action.call.at.start + loss.length,
							text: `(${loss} / ${path})`,
						},
					],
				},
			}),
		},
		backward.action.call.at,
	);
}

function modulusOf(branch: Action & { kind: "branch" }): { modulus: Expression; where: Where } | undefined {
	if (branch.of.kind !== "if") return undefined;
	const search = (e: Expression): Expression | undefined => {
		if (e.kind === "binary" && e.operator === "%") return e.right;
		for (const part of partsOf(e)) {
			const found = search(part);
			if (found) return found;
		}
		return undefined;
	};
	const modulus = search(branch.of.branches[0].test);
	return modulus && { modulus, where: branch.where };
}

/** @returns the name of the loss that a backward pass is made of */
export function lossOf(action: CallAction): string | undefined {
	const { callee, args } = action.call;
	if (callee.kind !== "member") return undefined;
	// scaler.scale(loss).backward(), accelerator.backward(loss)
	if (callee.object.kind === "call") return callee.object.args[0] && pathOf(callee.object.args[0].value);
	const first = args[0] && !args[0].name ? pathOf(args[0].value) : undefined;
	return first ?? pathOf(callee.object);
}

/** total += loss and losses.append(loss), where loss still has its graph. */
function keptGraph(c: Case, loop: Loop, outermost: Loop): void {
	const all = callsIn(outermost.body).map((p) => p.action);
	const losses = new Set(all.flatMap((a) => (a.step === "backward" ? (lossOf(a) ?? []) : [])));
	const report = (e: Expression, name: string, how: string) =>
		c.report(
			{
				code: "loss-keeps-graph",
				message: t("{0} keeps the graph of every step's {1} in memory.", how, name),
				advice: t("Use {0}.", `${name}.item()`),
				fix: {
					title: t("Use {0}", `${name}.item()`),
					edits: [{ start: e.at.start, end: e.at.end, text: `${name}.item()` }],
				},
			},
			e.at,
		);
	walk(loop.body, (action, around) => {
		if (around.some((a) => a.kind === "loop" || (a.kind === "context" && a.grad) || a.kind === "function")) return;
		if (action.kind === "assign" && action.of.value) {
			const target = pathOf(action.of.targets[0]);
			if (target === undefined || losses.has(target)) return;
			const { value, operator } = action.of;
			const added =
				operator === "+"
					? value
					: value.kind === "binary" && value.operator === "+" && pathOf(value.left) === target
						? value.right
						: undefined;
			const loss = added && graphOf(c, added, losses, action.where);
			if (!loss || startsIn(c, target, loop, action.where) || differentiates(c, loop, target)) return;
			report(loss, pathOf(loss)!, `${target} += ${pathOf(loss)}`);
		} else if (action.kind === "call" && /\.append$/.test(action.name) && action.call.args.length === 1) {
			const list = action.name.replace(/\.append$/, "");
			const value = action.call.args[0].value;
			const loss = value.kind === "name" && graphOf(c, value, losses, action.where);
			if (loss && !startsIn(c, list, loop, action.where) && !differentiates(c, loop, list))
				report(loss, pathOf(loss)!, `${list}.append(${pathOf(loss)})`);
		}
	});
}

/** @returns the loss in a sum or product, when it stands there with its graph */
function graphOf(c: Case, e: Expression, losses: ReadonlySet<string>, where: Where): Expression | undefined {
	if (e.kind === "name" && losses.has(e.name)) {
		const text = c.reading.evaluator.sources(e.name, where).map((s) => c.text.slice(s.start, s.end));
		return text.some((t) => /\.item\(|detach|float\(|\.data\b|numpy|tolist/.test(t)) ? undefined : e;
	}
	if (e.kind === "binary" && /^[*/]$/.test(e.operator))
		return graphOf(c, e.left, losses, where) ?? graphOf(c, e.right, losses, where);
	return undefined;
}

/** True when the sum begins anew in every round of the loop. */
function startsIn(c: Case, name: string, loop: Loop, where: Where): boolean {
	return c.reading.evaluator
		.sources(name, where)
		.some((s) => s.start > loop.of.at.start && s.end < loop.of.at.end && !c.text.slice(s.start, s.end).includes(name));
}

/** True when the sum itself is used for a backward pass, or what it becomes cannot be told. */
function differentiates(c: Case, loop: Loop, name: string): boolean {
	const escaped = name.replaceAll(".", "\\.");
	return new RegExp(
		`\\b${escaped}\\b[^\\n]*\\.backward\\(|backward\\([^\\n]*\\b${escaped}\\b|(stack|sum|cat)\\(${escaped}\\)`,
	).test(c.text.slice(loop.of.at.start));
}
