import type { Parameter, ScheduleFact } from "../facts.ts";
import { numberOf } from "../frameworks/signature.ts";
import { curveOf, drivesAlone, initialRate, movesPerEpoch } from "../rates/index.ts";
import type { Text, Words } from "./hint.ts";
import { amount, counted, rateText } from "./numbers.ts";

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
	const inUnits = half === undefined ? undefined : halfLifeText(s, half, perEpoch);
	const after = afterRun({ facts, run }, s);
	// Both in epochs need the word once: VS Code cuts the hints of a line at 43 characters.
	const short = after ? inUnits?.replace(/ epochs?$/, "") : inUnits;
	const halved = (s.decay === "exponential" || !after) && short ? `half-life ${short}` : undefined;
	const told = [after?.text, halved].filter((part) => part !== undefined);
	if (told.length === 0) return undefined;
	const tooltip = [
		inUnits &&
			`The rate is halved every ${inUnits.replace(/^1 (\w+)$/, "$1")}${s.decay === "staircase" ? ", in stairs" : ""}.`,
		after?.tooltip,
	];
	return { text: told.join(", "), tooltip: tooltip.filter(Boolean).join(" ") };
}

/** @returns counts in which an exponential decay halves the rate: ln 0.5 / ln base of its lengths */
function halfLife(s: ScheduleFact, base: number): number | undefined {
	if (!(base > 0 && base < 1) || (s.decay !== "exponential" && s.decay !== "staircase")) return undefined;
	const name = ["every", "length"].find((counted) => s.parameters.some((p) => p.name === counted));
	const length = name === undefined ? 1 : numberOf(s.parameters, name);
	return length === undefined || length <= 0 ? undefined : (length * Math.log(0.5)) / Math.log(base);
}

function halfLifeText(s: ScheduleFact, half: number, perEpoch: number | undefined): string {
	if (perEpoch !== undefined && half >= perEpoch) return counted(half / perEpoch, "epochs");
	if (s.moves === "steps" || s.counts === "steps") return counted(half, "steps");
	return counted(half, s.moves === "epochs" ? "epochs" : "calls").replace(/calls?$/, "$& of step()");
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
		text: `${rateText(end)} after ${epochs}`,
		tooltip: `From ${rateText(began)} to ${rateText(last)} in the last epoch; ${rateText(end)} once ${epochs} are over.`,
	};
}

/** A number of steps, in epochs of this dataset. */
function inEpochs({ run }: Text, s: ScheduleFact, p: Parameter): Words | undefined {
	const bySteps = s.moves === "steps" || (s.framework === "runFile" && p.name === "warmup");
	if (!bySteps || run.stepsPerEpoch === undefined || !p.at) return undefined;
	const values = Array.isArray(p.value) ? p.value : [p.value];
	if (values.length === 0 || !values.every((v) => typeof v === "number" && v > 0)) return undefined;
	const epochs = (values as number[]).map((v) => v / run.stepsPerEpoch!);
	const rows = run.rows === undefined ? "" : ` of ${amount(run.rows)} rows`;
	return {
		text: epochs.length === 1 ? counted(epochs[0], "epochs") : `epochs ${epochs.map(amount).join(", ")}`,
		tooltip: `${p.written} counts updates; an epoch${rows} has ${amount(run.stepsPerEpoch)} of them.`,
	};
}
