import { t } from "../../l10n.ts";
import type { Parameter, ScheduleFact } from "../facts.ts";
import { numberOf } from "../frameworks/signature.ts";
import { curveOf, drivesAlone, initialRate, movesPerEpoch } from "../rates/index.ts";
import type { Text, Words } from "./hint.ts";
import { amount, counted, rateText, type Unit } from "./numbers.ts";

/** Parameters that say how fast a rate falls, by the family of the schedule. */
const RATES: Record<string, string> = {
	exponential: "base",
	inverseTime: "rate",
	staircase: "factor",
	piecewise: "factor",
	sqrtEpoch: "k",
	sqrtStep: "k",
};
/** Parameters that count what the schedule counts. */
const COUNTS = /^(length|lengthDown|warmup|every|points|transition_begin|steps)$/;

/** Says what a schedule's hyperparameter comes to. */
export function ofSchedule(text: Text, s: ScheduleFact, p: Parameter): Words | undefined {
	if (p.name === RATES[s.decay]) return ofDecayRate(text, s, p);
	return COUNTS.test(p.name) ? inEpochs(text, s, p) : undefined;
}

function ofDecayRate({ facts, run }: Text, s: ScheduleFact, p: Parameter): Words | undefined {
	if (typeof p.value !== "number") return undefined;
	const half = halfLife(s, p.value);
	const perEpoch = movesPerEpoch(s, run);
	const life = half === undefined ? undefined : inUnits(s, half, perEpoch);
	const after = afterRun({ facts, run }, s);
	const told = after ? [after.text] : [];
	if (life && (s.decay === "exponential" || !after)) {
		// Both in epochs need the word once: VS Code cuts the hints of a line at 43 characters.
		told.push(
			t("half-life {0}", after && life.unit === "epochs" ? amount(life.count) : counted(life.count, life.unit)),
		);
	}
	if (told.length === 0) return undefined;
	const tooltip = [life && halving(life, s.decay === "staircase"), after?.tooltip];
	return { text: told.join(", "), tooltip: tooltip.filter(Boolean).join(" ") };
}

/** @returns counts in which an exponential decay halves the rate: ln 0.5 / ln base of its lengths */
function halfLife(s: ScheduleFact, base: number): number | undefined {
	if (!(base > 0 && base < 1) || (s.decay !== "exponential" && s.decay !== "staircase")) return undefined;
	const name = ["every", "length"].find((counted) => s.parameters.some((p) => p.name === counted));
	const length = name === undefined ? 1 : numberOf(s.parameters, name);
	return length === undefined || length <= 0 ? undefined : (length * Math.log(0.5)) / Math.log(base);
}

interface HalfLife {
	count: number;
	unit: Unit;
}

function inUnits(s: ScheduleFact, half: number, perEpoch: number | undefined): HalfLife {
	if (perEpoch !== undefined && half >= perEpoch) return { count: half / perEpoch, unit: "epochs" };
	if (s.moves === "steps" || s.counts === "steps") return { count: half, unit: "steps" };
	return { count: half, unit: s.moves === "epochs" ? "epochs" : "calls" };
}

function halving({ count, unit }: HalfLife, stairs: boolean): string {
	const each = amount(count) === "1" && unit !== "calls";
	const time = each ? t(unit === "epochs" ? "epoch" : "step") : counted(count, unit);
	return t(stairs ? "The rate is halved every {0}, in stairs." : "The rate is halved every {0}.", time);
}

/** The rate when the last epoch is over, and in it. */
function afterRun({ facts, run }: Text, s: ScheduleFact): Words | undefined {
	const perEpoch = movesPerEpoch(s, run);
	const a0 = initialRate(facts, s);
	if (run.epochs === undefined || perEpoch === undefined || a0 === undefined || !drivesAlone(facts, s))
		return undefined;
	const curve = curveOf(facts, s, a0, run);
	if (!curve) return undefined;
	const [end, last] = [curve.rate(run.epochs * perEpoch), curve.rate((run.epochs - 1) * perEpoch)];
	const began = curve.rate(0);
	if (![end, last, began].every(Number.isFinite)) return undefined;
	const epochs = counted(run.epochs, "epochs");
	return {
		text: t("{0} after {1}", rateText(end), epochs),
		tooltip: t(
			"From {0} to {1} in the last epoch; {2} once {3} are over.",
			...[rateText(began), rateText(last), rateText(end), epochs],
		),
	};
}

/** A number of steps, in epochs of this dataset. */
function inEpochs({ run }: Text, s: ScheduleFact, p: Parameter): Words | undefined {
	const bySteps = s.moves === "steps" || (s.framework === "runFile" && p.name === "warmup");
	if (!bySteps || run.stepsPerEpoch === undefined || !p.at) return undefined;
	const values = Array.isArray(p.value) ? p.value : [p.value];
	if (values.length === 0 || !values.every((v) => typeof v === "number" && v > 0)) return undefined;
	const epochs = (values as number[]).map((v) => v / run.stepsPerEpoch!);
	const steps = amount(run.stepsPerEpoch);
	return {
		text: epochs.length === 1 ? counted(epochs[0], "epochs") : t("epochs {0}", epochs.map(amount).join(", ")),
		tooltip:
			run.rows === undefined
				? t("{0} counts updates; an epoch has {1} of them.", p.written, steps)
				: t("{0} counts updates; an epoch of {1} rows has {2} of them.", p.written, amount(run.rows), steps),
	};
}
