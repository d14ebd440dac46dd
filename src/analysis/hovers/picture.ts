import { t } from "../../l10n.ts";
import type { Facts, ScheduleFact } from "../facts.ts";
import { counted, rateText, type Unit } from "../hints/numbers.ts";
import { curveOf, drivesAlone, initialRate, type KnownRun, movesPerEpoch } from "../rates/index.ts";

/** Colours of a picture, for the theme that it is shown in. */
export interface Palette {
	line: string;
	fill: string;
	text: string;
	axis: string;
}

/** A picture of the learning rate. */
export interface Picture {
	/** says the same in words */
	alt: string;
	svg: string;
	width: number;
	height: number;
}

/** Rates to draw: `rate(x)` for x from 0 up to `length`. */
interface Plot {
	rate(x: number): number;
	length: number;
	/** how the axis ends: "50 epochs" */
	unit: string;
	/** true when each whole x holds until the next */
	stairs: boolean;
	/** the rates are shares of one that is not known */
	relative: boolean;
}

const WIDTH = 320;
const HEIGHT = 88;
const LEFT = 50;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
/** Points along a curve; a schedule of fewer counts is drawn count by count. */
const POINTS = 240;

/** @returns the rate that a schedule gives over the run, or over its own length when the run's is not known */
export function schedulePicture(facts: Facts, s: ScheduleFact, run: KnownRun, palette: Palette): Picture | undefined {
	const a0 = initialRate(facts, s);
	const curve = curveOf(facts, s, a0 ?? 1, run);
	if (!curve) return undefined;
	const perEpoch = movesPerEpoch(s, run);
	const known = run.epochs !== undefined && perEpoch !== undefined && drivesAlone(facts, s);
	const counts = known ? run.epochs! * perEpoch! : Math.max(1, Math.round(curve.extent));
	const unit: Unit =
		s.framework === "runFile" || s.moves === "epochs" ? "epochs" : s.moves === "steps" ? "steps" : "calls";
	// A run file's curve is drawn finely: steps lie within its epochs.
	const fine = s.framework === "runFile" && !/^(inverseTime|exponential|sqrtEpoch|staircase)$/.test(s.decay);
	return draw(
		{
			rate: curve.rate,
			length: counts,
			unit: known ? counted(run.epochs!, "epochs") : counts === 1 ? oneOf(unit) : counted(counts, unit),
			stairs: !fine && counts <= POINTS,
			relative: a0 === undefined,
		},
		palette,
	);
}

/** A rate that nothing moves. */
export function constantPicture(rate: number, run: KnownRun, palette: Palette): Picture {
	const unit = run.epochs === undefined ? t("the whole run") : counted(run.epochs, "epochs");
	return draw({ rate: () => rate, length: 1, unit, stairs: true, relative: false }, palette);
}

function oneOf(unit: Unit): string {
	if (unit === "calls") return t("call of step()");
	return t(unit === "epochs" ? "epoch" : "step");
}

function draw({ rate, length, unit, stairs, relative }: Plot, palette: Palette): Picture {
	const places = stairs
		? Array.from({ length: Math.ceil(length) }, (_, i) => i)
		: Array.from({ length: POINTS }, (_, i) => ((length - 1) * i) / (POINTS - 1)).map((x) =>
				length > POINTS ? Math.round(x) : x,
			);
	const rates = places.map((x) => rate(x));
	const most = Math.max(...rates);
	const least = Math.min(...rates);
	const scale = most > 0 ? most : 1;
	const x = (count: number) => fixed(LEFT + ((WIDTH - LEFT - RIGHT) * Math.min(count, length)) / length);
	const y = (r: number) => fixed(TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.max(0, r) / scale));
	const path = places
		.map((place, i) => {
			const to = `${i === 0 ? "M" : "L"}${x(place)} ${y(rates[i])}`;
			return stairs ? `${to}H${x(place + 1)}` : to;
		})
		.join("");
	const end = stairs ? x(length) : x(places.at(-1)!);
	const floor = y(0);
	const words = (r: number) => (relative ? `×${rateText(r)}` : rateText(r));
	const text = (at: string, content: string) =>
		`<text ${at} font-family="system-ui,sans-serif" font-size="11" fill="${palette.text}">${content}</text>`;
	const svg = [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
		`<path d="${path}L${end} ${floor}L${LEFT} ${floor}Z" fill="${palette.fill}"/>`,
		`<path d="M${LEFT} ${TOP}V${floor}H${WIDTH - RIGHT}" fill="none" stroke="${palette.axis}"/>`,
		`<path d="${path}" fill="none" stroke="${palette.line}" stroke-width="2" stroke-linejoin="round"/>`,
		text(`x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end"`, words(most)),
		text(`x="${LEFT - 6}" y="${floor + 4}" text-anchor="end"`, "0"),
		text(`x="${LEFT}" y="${HEIGHT - 5}"`, "0"),
		text(`x="${WIDTH - RIGHT}" y="${HEIGHT - 5}" text-anchor="end"`, unit),
		"</svg>",
	].join("");
	const last = rates.at(-1)!;
	const alt =
		most === least
			? t("Learning rate over {0}: {1} throughout", unit, words(most))
			: t("Learning rate over {0}: from {1} to {2}, at most {3}", unit, words(rates[0]), words(last), words(most));
	return { alt, svg, width: WIDTH, height: HEIGHT };
}

function fixed(value: number): number {
	return Number(value.toFixed(1));
}
