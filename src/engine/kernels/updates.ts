// Optimizer updates over n floats: w parameters, g gradients, state vectors v, s, m. Every vector is padded to a
// multiple of four floats (the padding's gradient is 0), so there are no tails. Formulas and sources: src/engine/optimizers.
//
// c points at the step's coefficients (floats), the first three the same for all:
//   c[0] factor of the gradient (clipping by norm), c[1] coupled weight decay, c[2] what decoupled decay leaves of w
// so that each update begins with d = c[0] g + c[1] w and w' = c[2] w.
import { madd } from "./simd";

@inline
function coefficient(c: usize, i: i32): v128 {
  return v128.load32_splat(c + (<usize>i << 2));
}

/** w = w' - c[3] d */
export function descend(n: i32, w: usize, g: usize, c: usize): void {
  const clip = coefficient(c, 0), coupled = coefficient(c, 1), keep = coefficient(c, 2);
  const rate = f32x4.neg(coefficient(c, 3));
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16) {
    const x = v128.load(w);
    const d = madd(coupled, x, f32x4.mul(clip, v128.load(g)));
    v128.store(w, madd(rate, d, f32x4.mul(keep, x)));
  }
}

/** v = c[5] v + c[6] d; w = w' - (c[3] v + c[4] d) */
export function momentum(n: i32, w: usize, g: usize, v: usize, c: usize): void {
  const clip = coefficient(c, 0), coupled = coefficient(c, 1), keep = coefficient(c, 2);
  const rateV = f32x4.neg(coefficient(c, 3)), rateG = f32x4.neg(coefficient(c, 4));
  const beta = coefficient(c, 5), gain = coefficient(c, 6);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, v += 16) {
    const x = v128.load(w);
    const d = madd(coupled, x, f32x4.mul(clip, v128.load(g)));
    const next = madd(beta, v128.load(v), f32x4.mul(gain, d));
    v128.store(v, next);
    v128.store(w, madd(rateV, next, madd(rateG, d, f32x4.mul(keep, x))));
  }
}

/** s = c[4] s + c[5] d^2; w = w' - c[3] d / (sqrt(s + c[6]) + c[7]). Where the divisor is 0 the gradient was: no step. */
export function scaleByRoot(n: i32, w: usize, g: usize, s: usize, c: usize): void {
  const clip = coefficient(c, 0), coupled = coefficient(c, 1), keep = coefficient(c, 2);
  const rate = f32x4.neg(coefficient(c, 3)), decay = coefficient(c, 4), gain = coefficient(c, 5);
  const inside = coefficient(c, 6), outside = coefficient(c, 7), zero = f32x4.splat(0);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, s += 16) {
    const x = v128.load(w);
    const d = madd(coupled, x, f32x4.mul(clip, v128.load(g)));
    const next = madd(decay, v128.load(s), f32x4.mul(gain, f32x4.mul(d, d)));
    v128.store(s, next);
    const root = f32x4.add(f32x4.sqrt(f32x4.add(next, inside)), outside);
    const step = v128.andnot(f32x4.div(d, root), f32x4.eq(root, zero));
    v128.store(w, madd(rate, step, f32x4.mul(keep, x)));
  }
}

/**
 * v = c[5] v + c[6] d; s = c[7] s + c[8] d^2; m = max(m, s) and stands for s below, unless m is 0 (no AMSGrad);
 * w = w' - (c[3] v + c[4] d) / (sqrt(c[9] s + c[10]) + c[11]). Where the divisor is 0 the gradients were: no step.
 */
export function adam(n: i32, w: usize, g: usize, v: usize, s: usize, m: usize, c: usize): void {
  const clip = coefficient(c, 0), coupled = coefficient(c, 1), keep = coefficient(c, 2);
  const rateV = coefficient(c, 3), rateG = coefficient(c, 4);
  const beta1 = coefficient(c, 5), rest1 = coefficient(c, 6), beta2 = coefficient(c, 7), rest2 = coefficient(c, 8);
  const correct = coefficient(c, 9), inside = coefficient(c, 10), outside = coefficient(c, 11), zero = f32x4.splat(0);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, v += 16, s += 16) {
    const x = v128.load(w);
    const d = madd(coupled, x, f32x4.mul(clip, v128.load(g)));
    const first = madd(beta1, v128.load(v), f32x4.mul(rest1, d));
    let second = madd(beta2, v128.load(s), f32x4.mul(rest2, f32x4.mul(d, d)));
    v128.store(v, first);
    v128.store(s, second);
    if (m != 0) {
      second = f32x4.max(second, v128.load(m));
      v128.store(m, second);
      m += 16;
    }
    const root = f32x4.add(f32x4.sqrt(madd(second, correct, inside)), outside);
    const step = f32x4.div(madd(rateV, first, f32x4.mul(rateG, d)), root);
    v128.store(w, f32x4.sub(f32x4.mul(keep, x), v128.andnot(step, f32x4.eq(root, zero))));
  }
}

/** w = w' - c[3] sign(c[4] v + c[5] d); v = c[6] v + c[7] d. The sign of 0 is 0. */
export function lion(n: i32, w: usize, g: usize, v: usize, c: usize): void {
  const clip = coefficient(c, 0), coupled = coefficient(c, 1), keep = coefficient(c, 2);
  const rate = coefficient(c, 3), b1 = coefficient(c, 4), r1 = coefficient(c, 5);
  const b2 = coefficient(c, 6), r2 = coefficient(c, 7), zero = f32x4.splat(0);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, v += 16) {
    const x = v128.load(w);
    const d = madd(coupled, x, f32x4.mul(clip, v128.load(g)));
    const old = v128.load(v);
    const u = madd(b1, old, f32x4.mul(r1, d));
    const step = f32x4.sub(v128.and(f32x4.gt(u, zero), rate), v128.and(f32x4.lt(u, zero), rate));
    v128.store(v, madd(b2, old, f32x4.mul(r2, d)));
    v128.store(w, f32x4.sub(f32x4.mul(keep, x), step));
  }
}

// Numbers that are not whole come and go through memory (float64): at the border of a call JavaScript would put each
// into an object of its own.

/** Every g is brought into [-limit, limit], limit at `limitAt`; a NaN stays one. */
export function clamp(n: i32, g: usize, limitAt: usize): void {
  const limit = <f32>load<f64>(limitAt);
  const high = f32x4.splat(limit), low = f32x4.splat(-limit);
  for (const end = g + (<usize>n << 2); g < end; g += 16) v128.store(g, f32x4.max(low, f32x4.min(high, v128.load(g))));
}

/** Adds the squares of n floats to the number at `sum`. */
export function addSquares(n: i32, g: usize, sum: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = g + (<usize>n << 2);
  for (; g + 64 <= end; g += 64) {
    const d0 = v128.load(g), d1 = v128.load(g, 16), d2 = v128.load(g, 32), d3 = v128.load(g, 48);
    s0 = madd(d0, d0, s0);
    s1 = madd(d1, d1, s1);
    s2 = madd(d2, d2, s2);
    s3 = madd(d3, d3, s3);
  }
  for (; g < end; g += 16) {
    const d = v128.load(g);
    s0 = madd(d, d, s0);
  }
  const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  const low = <f64>f32x4.extract_lane(s, 0) + <f64>f32x4.extract_lane(s, 1);
  store<f64>(sum, load<f64>(sum) + low + (<f64>f32x4.extract_lane(s, 2) + <f64>f32x4.extract_lane(s, 3)));
}

/** g += factor w, factor at `factorAt`: the gradient of the L2 term. */
export function addScaled(n: i32, g: usize, w: usize, factorAt: usize): void {
  const f = f32x4.splat(<f32>load<f64>(factorAt));
  for (const end = g + (<usize>n << 2); g < end; g += 16, w += 16) v128.store(g, madd(f, v128.load(w), v128.load(g)));
}
