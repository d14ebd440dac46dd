import { decays } from "../../engine/schedules/index.ts";
import { type Curve, clamp, cosineBetween, cycleAt, type Parameters } from "./curve.ts";

type Make = (p: Parameters, a0: number) => Curve;

/** a0 * base^(count / length), by whole lengths with `staircase`. */
function exponential(p: Parameters, a0: number, begin = 0): Curve {
	const [length, staircase] = [p.length(), p.flag("staircase")];
	const d = { name: "exponential", base: p.number("base"), epochBase: 0 } as const;
	return {
		rate(k) {
			const passed = Math.max(0, k - begin) / length;
			return decays.exponential.rate(d, a0, {
				step: 1,
				epoch: staircase ? Math.floor(passed) : passed,
				stepsPerEpoch: 1,
				steps: 1,
			});
		},
		extent: begin + Math.max(4 * length, Math.min(40 * length, Math.abs((2 * length) / Math.log(d.base)))),
	};
}

function polynomial(from: number, to: number, power: number, length: number, begin = 0): Curve {
	return {
		rate: (k) => (from - to) * (1 - clamp((k - begin) / length, 0, 1)) ** power + to,
		extent: begin + length,
	};
}

function piecewise(p: Parameters): Curve {
	const [boundaries, values] = [p.numbers("points"), p.numbers("rates")];
	return {
		// A boundary's own step still has the rate before it.
		rate: (k) => values[boundaries.filter((boundary) => k > boundary).length],
		extent: 1.3 * Math.max(...boundaries),
	};
}

/** keras.optimizers.schedules and tf.train; counts are steps of the optimizer. */
export const KERAS: Record<string, Make> = {
	ExponentialDecay: exponential,
	exponential_decay: exponential,
	InverseTimeDecay(p, a0) {
		const [length, staircase] = [p.length(), p.flag("staircase")];
		const d = { name: "inverseTime", rate: p.number("rate"), epochBase: 0 } as const;
		return {
			rate(k) {
				const epoch = staircase ? Math.floor(k / length) : k / length;
				return decays.inverseTime.rate(d, a0, { step: 1, epoch, stepsPerEpoch: 1, steps: 1 });
			},
			extent: 4 * length * Math.max(1, 1 / d.rate!),
		};
	},
	PiecewiseConstantDecay: piecewise,
	piecewise_constant: piecewise,
	PolynomialDecay(p, a0) {
		const [end, power, length] = [p.number("end"), p.number("power"), p.length()];
		const once = polynomial(a0, end, power, length);
		if (!p.flag("cycle")) return once;
		const whole = (k: number) => length * Math.max(1, Math.ceil(k / length));
		return { rate: (k) => (a0 - end) * (1 - k / whole(k)) ** power + end, extent: 3 * length };
	},
	polynomial_decay: (p, a0) => polynomial(a0, p.number("end"), p.number("power"), p.length()),
	CosineDecay(p, a0) {
		const [length, share] = [p.length(), p.number("endFactor")];
		const warmup = p.number("warmup", 0);
		const peak = p.number("peak", Number.NaN);
		if (Number.isNaN(peak)) return cosine(a0, share, length);
		const down = cosine(peak, share, length);
		return {
			rate: (k) => (k < warmup ? a0 + ((peak - a0) * k) / warmup : down.rate(k - warmup)),
			extent: warmup + length,
		};
	},
	cosine_decay: (p, a0) => cosine(a0, p.number("endFactor"), p.length()),
	CosineDecayRestarts(p, a0) {
		const [first, factor] = [p.length(), p.number("lengthFactor")];
		const [lower, share] = [p.number("m_mul"), p.number("endFactor")];
		return {
			rate(k) {
				const { cycle, share: over } = cycleAt(k, first, factor);
				return cosineBetween(a0 * lower ** cycle * (1 - share), 0, over) + a0 * share;
			},
			extent: factor === 1 ? 3 * first : first * (1 + factor + factor ** 2),
		};
	},
};

function cosine(a0: number, endFactor: number, length: number): Curve {
	const d = { name: "cosine", end: a0 * endFactor, per: "step" } as const;
	return {
		rate: (k) =>
			decays.cosine.rate(d, a0, { step: Math.min(k, length) + 1, epoch: 0, stepsPerEpoch: 1, steps: length }),
		extent: length,
	};
}

/** A straight warm-up, and then another schedule that counts from its end. */
function afterWarmup(p: Parameters, peak: number, then: Curve): Curve {
	const [start, warmup] = [p.number("start"), p.length("warmup")];
	return {
		rate: (k) => (k < warmup ? start + ((peak - start) * k) / warmup : then.rate(k - warmup)),
		extent: warmup + then.extent,
	};
}

/** An exponential decay that stops at end_value. */
function optaxExponential(p: Parameters, a0: number, begin: number): Curve {
	const { rate, extent } = exponential(p, a0, begin);
	const falls = p.number("base") < 1;
	const end = p.number("end", falls ? 0 : Number.POSITIVE_INFINITY);
	return { rate: (k) => (falls ? Math.max(end, rate(k)) : Math.min(end, rate(k))), extent };
}

/** Between knots, by a straight line or half a cosine. */
function between(knots: [number, number][], draw: (from: number, to: number, p: number) => number): Curve {
	return {
		rate(k) {
			const next = knots.findIndex(([count]) => k < count);
			if (next < 0) return knots.at(-1)![1];
			if (next === 0) return knots[0][1];
			const [[c0, a], [c1, b]] = [knots[next - 1], knots[next]];
			return draw(a, b, (k - c0) / (c1 - c0));
		},
		extent: knots.at(-1)![0],
	};
}

const straight = (from: number, to: number, p: number) => from + (to - from) * p;

/** optax; counts are updates. */
export const OPTAX: Record<string, Make> = {
	constant_schedule: (_p, a0) => ({ rate: () => a0, extent: 1 }),
	exponential_decay: (p, a0) => optaxExponential(p, a0, p.number("warmup", 0)),
	cosine_decay_schedule(p, a0) {
		const [length, share, exponent] = [p.length(), p.number("endFactor"), p.number("exponent")];
		return {
			rate: (k) => a0 * ((1 - share) * cosineBetween(1, 0, Math.min(1, k / length)) ** exponent + share),
			extent: length,
		};
	},
	linear_schedule: (p, a0) => polynomial(a0, p.number("end"), 1, p.length(), p.number("transition_begin", 0)),
	polynomial_schedule: (p, a0) =>
		polynomial(a0, p.number("end"), p.number("power"), p.length(), p.number("transition_begin", 0)),
	warmup_cosine_decay_schedule(p, a0) {
		// decay_steps holds the warm-up too.
		const [length, end, exponent] = [p.length() - p.length("warmup"), p.number("end"), p.number("exponent")];
		const share = a0 === 0 ? 0 : end / a0;
		return afterWarmup(p, a0, {
			rate: (k) => a0 * ((1 - share) * cosineBetween(1, 0, Math.min(1, k / length)) ** exponent + share),
			extent: length,
		});
	},
	warmup_exponential_decay_schedule: (p, a0) =>
		afterWarmup(p, a0, optaxExponential(p, a0, p.number("transition_begin", 0))),
	warmup_constant_schedule: (p, a0) => afterWarmup(p, a0, { rate: () => a0, extent: p.length("warmup") }),
	cosine_onecycle_schedule(p, peak) {
		const [length, first] = [p.length(), peak / p.number("startDivisor")];
		const knots: [number, number][] = [
			[0, first],
			[Math.floor(p.number("rise") * length), peak],
			[length, first / p.number("endDivisor")],
		];
		return between(knots, cosineBetween);
	},
	linear_onecycle_schedule(p, peak) {
		const [length, first] = [p.length(), peak / p.number("startDivisor")];
		const knots: [number, number][] = [
			[0, first],
			[Math.floor(p.number("rise") * length), peak],
			[Math.floor(p.number("fall") * length), first],
			[length, first / p.number("endDivisor")],
		];
		return between(knots, straight);
	},
};
