import { t } from "../../l10n.ts";
import { type Action, callsIn, type Loop } from "../collect/actions.ts";
import { type Move, movesOf } from "../collect/schedule-moves.ts";
import type { Parameter, ScheduleFact } from "../facts.ts";
import { find, numberOf } from "../frameworks/signature.ts";
import { classOf } from "../meaning/survey.ts";
import { type Case, moveLine } from "./finding.ts";

/** Schedules that are stepped at the wrong time, or count in the wrong unit. */
export function decay(c: Case): void {
	const { reading } = c;
	for (const move of movesOf(reading, c.actions)) {
		const fact = move.schedule === undefined ? undefined : reading.facts.schedules[move.schedule];
		if (!fact) continue;
		early(c, move);
		if (fact.moves === move.unit) unit(c, move, fact);
	}
	for (const [i, fact] of reading.facts.schedules.entries()) {
		if (fact.counts === "steps" && (fact.framework === "keras" || fact.framework === "jax")) countsEpochs(c, fact);
		inLightning(c, fact, i);
	}
}

/** scheduler.step() before the optimizer's first step of the round. */
function early(c: Case, { action, around }: Move): void {
	const loop = around.findLast((a): a is Loop => a.kind === "loop");
	const conditional = around.slice(around.lastIndexOf(loop!) + 1).some((a) => a.kind === "branch");
	if (!loop || conditional || action.call.args.length > 0) return;
	let before = false;
	let after: Action | undefined;
	let passed = false;
	for (const { action: a, around: inner } of callsIn(loop.body)) {
		if (a === action) passed = true;
		if (a.step !== "step") continue;
		// A step that may not run, or not in this order.
		if (inner.some((x) => x.kind === "branch") && !passed) before = true;
		else if (!passed) before = true;
		else after ??= a;
	}
	if (before || after?.kind !== "call") return;
	const [from, to] = [action.statement, after.statement];
	// After the optimizer's line: where the line after it begins.
	const next = to && { start: c.text.indexOf("\n", to.at.end) + 1, end: c.text.indexOf("\n", to.at.end) + 1 };
	const sameBlock = from && to && next && moveLine(c.text, from.at, to.at);
	const edits = sameBlock && [sameBlock[0], { ...next, text: sameBlock[1].text }];
	c.report(
		{
			code: "scheduler-before-optimizer",
			message: t(
				"{0} runs before {1}: the schedule's first learning rate is never used.",
				...[`${action.name}()`, `${after.name}()`],
			),
			advice: t("Call {0} after {1}.", `${action.name}()`, `${after.name}()`),
			...(edits && { fix: { title: t("Move it after {0}", `${after.name}()`), edits } }),
		},
		action.call.at,
	);
}

function epochsKnown(c: Case): number | undefined {
	const values = new Set(c.reading.facts.epochs.map((e) => e.parameter.value));
	const [only] = values;
	return values.size === 1 && typeof only === "number" ? only : undefined;
}

function unit(c: Case, { action, unit: moves, around }: Move, fact: ScheduleFact): void {
	const epochs = epochsKnown(c);
	const sure = !around.some((a) => a.kind === "branch");
	if (moves === "steps" && sure) {
		const message = countedInEpochs(fact, epochs);
		if (!message) return;
		c.report(
			{
				code: "scheduler-per-batch",
				message,
				advice: t("Call {0} once an epoch, after the loop over the mini-batches.", `${action.name}()`),
			},
			action.call.at,
		);
	} else if (moves === "epochs") {
		const parameter = countsBatches(c, fact);
		if (!parameter) return;
		c.report(
			{
				code: "scheduler-per-epoch",
				message: t(
					"{0} is stepped once an epoch, but its {1} counts mini-batches: the schedule hardly moves.",
					...[fact.title, parameter.written],
				),
				advice: t("Call {0} after every optimizer step.", `${action.name}()`),
			},
			action.call.at,
		);
	}
}

/** @returns why a schedule that is stepped once a mini-batch is meant to be so once an epoch */
function countedInEpochs(fact: ScheduleFact, epochs: number | undefined): string | undefined {
	const { parameters: p, title } = fact;
	if (fact.decay === "plateau")
		return t("{0} is stepped once a mini-batch, and it waits for epochs without progress.", title);
	const [every, length, base] = ["every", "length", "base"].map((name) => numberOf(p, name));
	if (fact.decay === "exponential" && base !== undefined && base <= 0.99 && base > 0) {
		return t(
			"{0} is stepped once a mini-batch, and {1} a mini-batch leaves {2} of the rate after 1,000 of them.",
			...[title, base, Number((base ** 1000).toPrecision(1))],
		);
	}
	if (epochs === undefined || epochs < 2) return undefined;
	if (fact.decay === "staircase" && every !== undefined && every <= epochs)
		return t(
			"{0} is stepped once a mini-batch, and {1} {2} within {3} epochs reads like epochs.",
			...[title, "step_size", every, epochs],
		);
	if (fact.decay === "cosine" && fact.library.startsWith("torch.") && length === epochs)
		return t("{0} is stepped once a mini-batch, and {1} is the number of epochs, {2}.", title, "T_max", epochs);
	const points = find(p, "points")?.value;
	if (fact.decay === "piecewise" && Array.isArray(points) && points.length > 0 && Math.max(...points) <= epochs) {
		return t(
			"{0} is stepped once a mini-batch, and milestones up to {1} within {2} epochs read like epochs.",
			...[title, Math.max(...points), epochs],
		);
	}
	return undefined;
}

/** @returns the parameter that is computed of the number of mini-batches, len(loader) */
function countsBatches(c: Case, fact: ScheduleFact): Parameter | undefined {
	if (!/^(oneCycle|cosine|linear|polynomial|named|constant)$/.test(fact.decay)) return undefined;
	return fact.parameters.find((p) => /^(length|stepsPerEpoch)$/.test(p.name) && p.at && mentionsLength(c, p));
}

/** len(loader), or a name that was computed of it */
function mentionsLength(c: Case, p: Parameter): boolean {
	const text = c.text.slice(p.at!.start, p.at!.end);
	if (/\blen\(\s*[\w.]*(loader|dl|dataloader|batches)/i.test(text)) return true;
	if (!/^\w+$/.test(text)) return false;
	const definitions = [...c.reading.survey.innerScopes, c.reading.survey.module].flatMap(
		(s) => s.definitions.get(text) ?? [],
	);
	const values = definitions.flatMap(({ how }) =>
		how.kind === "value" ? [c.text.slice(how.value.at.start, how.value.at.end)] : [],
	);
	return values.length === 1 && /\blen\(\s*[\w.]*(loader|dl|dataloader|batches)/i.test(values[0]);
}

/** Keras and optax count mini-batches; the number of epochs is no such count. */
function countsEpochs(c: Case, fact: ScheduleFact): void {
	const epochs = epochsKnown(c);
	if (epochs === undefined || epochs < 2) return;
	const length = fact.parameters.find((p) => p.name === "length" && p.at && typeof p.value === "number");
	const points = fact.parameters.find((p) => p.name === "points" && p.at && Array.isArray(p.value));
	const value = (length?.value as number | undefined) ?? (points ? Math.max(...(points.value as number[])) : undefined);
	const parameter = length ?? points;
	if (parameter?.at === undefined || value === undefined || !(value > 0) || value > epochs) return;
	// Whoever names them has counted steps: "2 * steps_per_epoch".
	if (/steps/i.test(c.text.slice(parameter.at.start, parameter.at.end))) return;
	// With one step an epoch both counts are the same.
	const { epochs: given, loops } = c.reading.facts;
	if (!given.some((e) => /^(fit|fitDataset)$/.test(e.where)) && !loops.some((l) => l.outer !== undefined && l.trains))
		return;
	c.report(
		{
			code: "decay-units",
			message: t(
				"{0} counts mini-batches, and {1} of them are at most one epoch's work of {2} epochs: it reads like epochs.",
				...[parameter.written, value, epochs],
			),
			advice: t("Multiply {0} by the steps of an epoch.", parameter.written),
		},
		parameter.at,
	);
}

/** Lightning steps a schedule once an epoch unless its interval is "step". */
function inLightning(c: Case, fact: ScheduleFact, index: number): void {
	const { reading } = c;
	if (fact.decay !== "oneCycle" && !countsBatches(c, fact)) return;
	const site = reading.calls.find((s) => reading.scheduleOf.get(s.call) === index);
	const scope = site?.where.place.scope;
	const fn = scope?.owner;
	const cls = classOf(scope);
	if (fn?.kind !== "function" || fn.name !== "configure_optimizers" || !cls) return;
	if (!reading.evaluator.ancestry(cls).some((a) => /LightningModule$/.test(a))) return;
	const text = c.text.slice(fn.at.start, fn.at.end);
	if (
		/interval|step_update|lr_scheduler_step/.test(text) ||
		/def lr_scheduler_step|automatic_optimization\s*=\s*False|\.step\(\)/.test(c.text)
	)
		return;
	c.report(
		{
			code: "scheduler-per-epoch",
			message: t("Lightning steps {0} once an epoch here, but it counts mini-batches.", fact.title),
			advice: t("Return {0}.", '{"scheduler": scheduler, "interval": "step"}'),
		},
		fact.nameAt,
	);
}
