import type { Meaning } from "../meaning/meaning.ts";
import { classOf } from "../meaning/survey.ts";
import type { Reading } from "../reading.ts";
import { type Expression, partsOf, type Statement } from "../syntax/code.ts";
import { blocksOf } from "../syntax/statements.ts";
import { type Action, type Actions, callsIn, type Loop, walk } from "./actions.ts";
import { isEpochs } from "./loops.ts";

/** A call of scheduler.step() with the loops around it. */
export interface Move {
	action: Action & { kind: "call" };
	/** as an index into the schedules, undefined when it cannot be told */
	schedule?: number;
	unit?: "epochs" | "steps";
	around: readonly Action[];
}

/** Says of each schedule of PyTorch whether it moves once an epoch or once a mini-batch. */
export function collectScheduleMoves(reading: Reading, actions: Actions): void {
	for (const move of movesOf(reading, actions)) {
		const fact = move.schedule === undefined ? undefined : reading.facts.schedules[move.schedule];
		if (!fact || !move.unit) continue;
		// Moved at two places that do not agree: nobody knows.
		fact.moves = fact.moves === undefined || fact.moves === move.unit ? move.unit : undefined;
	}
	collectLightning(reading);
	// What a sequence is made of moves with it.
	const { schedules } = reading.facts;
	for (const { parts, moves } of schedules) for (const part of parts ?? []) schedules[part].moves ??= moves;
}

/** Lightning moves a schedule once an epoch; one whose interval is said may move otherwise. */
function collectLightning(reading: Reading): void {
	for (const site of reading.calls) {
		const index = reading.scheduleOf.get(site.call);
		const fn = site.where.place.scope.owner;
		const cls = classOf(site.where.place.scope);
		if (index === undefined || !cls || fn?.kind !== "function" || fn.name !== "configure_optimizers") continue;
		if (!reading.evaluator.ancestry(cls).some((a) => /LightningModule$/.test(a))) continue;
		if (!hasInterval(fn.body)) reading.facts.schedules[index].moves ??= "epochs";
	}
}

/** True when a dictionary in some statements has the key "interval". */
function hasInterval(statements: Statement[]): boolean {
	const inExpression = (e: Expression): boolean =>
		(e.kind === "text" && e.value === "interval") || partsOf(e).some(inExpression);
	return statements.some((s) => {
		const parts = s.kind === "assign" || s.kind === "return" || s.kind === "expression" ? [s.value] : [];
		return parts.some((e) => e && inExpression(e)) || blocksOf(s).some(hasInterval);
	});
}

export function movesOf(reading: Reading, actions: Actions): Move[] {
	actions.moves ??= findMoves(reading, actions);
	return actions.moves;
}

function findMoves(reading: Reading, actions: Actions): Move[] {
	const moves: Move[] = [];
	for (const root of rootsOf(reading, actions)) {
		for (const { action, around } of callsIn(root)) {
			if (action.step !== "schedulerStep") continue;
			const schedule = scheduleOf(reading, action.subject.meaning);
			const unit = unitOf(around);
			if (!moves.some((m) => m.action === action && m.unit === unit)) moves.push({ action, around, schedule, unit });
		}
	}
	return moves;
}

/** Where a program begins: its own statements, and functions that nothing in it calls. */
export function rootsOf(reading: Reading, actions: Actions): Action[][] {
	actions.roots ??= findRoots(reading, actions);
	return actions.roots;
}

function findRoots(reading: Reading, actions: Actions): Action[][] {
	const called = new Set<unknown>();
	const all = reading.survey.functions.map(({ fn }) => ({ fn, body: actions.ofFunction(fn) }));
	const top = actions.of(reading.statements);
	for (const body of [top, ...all.map((f) => f.body)]) {
		walk(body, (action) => {
			if (action.kind !== "function") return;
			called.add(action.of);
			// What it calls in turn is seen at its own body.
			return false;
		});
	}
	return [top, ...all.filter((f) => !called.has(f.fn)).map((f) => [actions.whole(f.fn)])];
}

export function scheduleOf(reading: Reading, m: Meaning): number | undefined {
	return m.kind === "made" ? reading.scheduleOf.get(m.call) : undefined;
}

/** Steps when the optimizer steps in the same innermost loop; epochs when that loop goes over epochs. */
function unitOf(around: readonly Action[]): Move["unit"] {
	const loop = around.findLast((a): a is Loop => a.kind === "loop");
	if (!loop) return undefined;
	let direct = false;
	let deeper = false;
	for (const { action, around: inner } of callsIn(loop.body)) {
		if (action.step !== "step") continue;
		if (inner.some((a) => a.kind === "loop")) deeper = true;
		else direct = true;
	}
	if (deeper) return "epochs";
	// One step an epoch: under full batch both are the same.
	if (direct) return isEpochs(loop.of) ? undefined : "steps";
	return isEpochs(loop.of) ? "epochs" : undefined;
}
