import { decays } from "../../engine/schedules/index.ts";
import { type Curve, clamp, cosineBetween, cycleAt, type Parameters, UnknownParameter } from "./curve.ts";

/** Moment of a decay that counts by itself: `count` of `length`. */
const at = (count: number, length = 1) => ({ step: count + 1, epoch: count, stepsPerEpoch: 1, steps: length });

type Make = (p: Parameters, a0: number) => Curve;

/** torch.optim.lr_scheduler, by the closed forms of its documentation; counts are calls of step(). */
export const TORCH: Record<string, Make> = {
	StepLR(p, a0) {
		const d = { name: "staircase", factor: p.number("factor"), every: p.length("every"), epochBase: 0 } as const;
		return { rate: (k) => decays.staircase.rate(d, a0, at(k)), extent: d.every * 4 };
	},
	MultiStepLR(p, a0) {
		const [points, factor] = [p.numbers("points"), p.number("factor")];
		return {
			rate: (k) => a0 * factor ** points.filter((point) => point <= k).length,
			extent: 1.3 * Math.max(...points),
		};
	},
	ExponentialLR(p, a0) {
		const d = { name: "exponential", base: p.number("base"), epochBase: 0 } as const;
		return { rate: (k) => decays.exponential.rate(d, a0, at(k)), extent: Math.abs(2 / Math.log(d.base)) };
	},
	CosineAnnealingLR(p, a0) {
		// It climbs again after T_max.
		const d = { name: "cosine", end: p.number("end"), per: "step" } as const;
		const length = p.length();
		return { rate: (k) => decays.cosine.rate(d, a0, at(k, length)), extent: length };
	},
	CosineAnnealingWarmRestarts(p, a0) {
		const [first, factor, end] = [p.length(), p.number("lengthFactor"), p.number("end")];
		return {
			rate: (k) => cosineBetween(a0, end, cycleAt(k, first, factor).share),
			extent: factor === 1 ? 3 * first : first * (1 + factor + factor ** 2),
		};
	},
	LinearLR(p, a0) {
		const [from, to, length] = [p.number("startFactor"), p.number("endFactor"), p.length()];
		const d = { name: "linear", end: a0 * to, per: "step" } as const;
		return { rate: (k) => decays.linear.rate(d, a0 * from, at(Math.min(k, length), length)), extent: 1.5 * length };
	},
	ConstantLR(p, a0) {
		const [factor, length] = [p.number("factor"), p.length()];
		return { rate: (k) => (k < length ? a0 * factor : a0), extent: 2 * length };
	},
	PolynomialLR(p, a0) {
		const [power, length] = [p.number("power"), p.length()];
		return { rate: (k) => a0 * (1 - Math.min(k, length) / length) ** power, extent: length };
	},
	OneCycleLR(p) {
		const given = p.number("length", 0);
		const length = given || p.length("epochs") * p.length("stepsPerEpoch");
		const [peak, rise] = [p.number("learningRate"), p.number("rise")];
		const [startDivisor, endDivisor] = [p.number("startDivisor"), p.number("endDivisor")];
		if (p.flag("threePhase")) throw new UnknownParameter("threePhase");
		const d = { name: "oneCycle", rise, startDivisor, endDivisor } as const;
		if (p.text("anneal_strategy", "cos") === "cos")
			return { rate: (k) => decays.oneCycle.rate(d, peak, at(Math.min(k, length - 1), length)), extent: length };
		const [first, turn] = [peak / startDivisor, rise * length - 1];
		return {
			rate(k) {
				if (k <= turn) return turn > 0 ? first + ((peak - first) * k) / turn : peak;
				const share = Math.min(1, (k - turn) / (length - 1 - turn));
				return peak + (first / endDivisor - peak) * share;
			},
			extent: length,
		};
	},
	CyclicLR(p) {
		const [low, high, up] = [p.number("start"), p.number("learningRate"), p.length()];
		const down = p.number("lengthDown", up);
		const [mode, base] = [p.text("mode", "triangular"), p.number("base")];
		return {
			rate(k) {
				const cycle = Math.floor(k / (up + down));
				const x = k - cycle * (up + down);
				const height = x <= up ? x / up : 1 - (x - up) / down;
				const scale = mode === "triangular2" ? 0.5 ** cycle : mode === "exp_range" ? base ** k : 1;
				return low + (high - low) * height * scale;
			},
			extent: 3 * (up + down),
		};
	},
};

/** transformers.get_..._schedule and its Trainer's: a warm-up from 0, then a decay to 0 (or to lr_end). */
export function transformersCurve(
	decay: string,
	a0: number,
	{ warmup, length }: { warmup: number; length?: number },
	p: Parameters,
): Curve {
	const after = afterWarmup(decay, a0, warmup, length, p);
	return {
		rate: (k) => (k < warmup ? (a0 * k) / Math.max(1, warmup) : after(k)),
		extent: length ?? Math.max(2 * warmup, 1),
	};
}

function afterWarmup(decay: string, a0: number, warmup: number, length: number | undefined, p: Parameters) {
	if (decay === "constant") return () => a0;
	if (length === undefined) throw new UnknownParameter("length");
	const share = (k: number) => clamp((k - warmup) / Math.max(1, length - warmup), 0, 1);
	if (decay === "linear") return (k: number) => a0 * (1 - share(k));
	if (decay === "cosine") {
		const cycles = p.number("num_cycles", 0.5);
		return (k: number) => Math.max(0, cosineBetween(a0, 0, 2 * cycles * share(k)));
	}
	if (decay === "polynomial") {
		const [end, power] = [p.number("end", 1e-7), p.number("power", 1)];
		return (k: number) => (a0 - end) * (1 - share(k)) ** power + end;
	}
	if (decay === "cyclic") {
		const cycles = p.number("num_cycles", 1);
		return (k: number) => (share(k) >= 1 ? 0 : cosineBetween(a0, 0, (cycles * share(k)) % 1));
	}
	throw new UnknownParameter(decay);
}
