// Optimizer updates over n floats: w parameters, g gradients, v and s state. Every vector is padded to a multiple of
// four floats (the padding's gradient is 0), so there are no tails. Formulas and sources: src/engine/optimizers.
import { madd } from "./simd";

/** w -= rate g */
export function gradientDescent(n: i32, w: usize, g: usize, rate: f32): void {
  const a = f32x4.splat(-rate);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16) v128.store(w, madd(a, v128.load(g), v128.load(w)));
}

/** v = beta v + gain g; w -= rate v */
export function momentum(n: i32, w: usize, g: usize, v: usize, rate: f32, beta: f32, gain: f32): void {
  const a = f32x4.splat(-rate), b = f32x4.splat(beta), c = f32x4.splat(gain);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, v += 16) {
    const next = madd(b, v128.load(v), f32x4.mul(c, v128.load(g)));
    v128.store(v, next);
    v128.store(w, madd(a, next, v128.load(w)));
  }
}

/** s = beta2 s + (1 - beta2) g^2; w -= rate g / (sqrt(s + inside) + outside): one of the two epsilons is 0 */
export function rmsprop(
  n: i32, w: usize, g: usize, s: usize, rate: f32, beta2: f32, rest2: f32, inside: f32, outside: f32,
): void {
  const a = f32x4.splat(-rate), b = f32x4.splat(beta2), c = f32x4.splat(rest2);
  const i = f32x4.splat(inside), o = f32x4.splat(outside);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, s += 16) {
    const d = v128.load(g);
    const next = madd(b, v128.load(s), f32x4.mul(c, f32x4.mul(d, d)));
    v128.store(s, next);
    const root = f32x4.add(f32x4.sqrt(f32x4.add(next, i)), o);
    v128.store(w, madd(a, f32x4.div(d, root), v128.load(w)));
  }
}

/**
 * v = beta1 v + (1 - beta1) g; s = beta2 s + (1 - beta2) g^2; w -= rate (v correct1) / (sqrt(s correct2 + inside) + outside)
 * with correct = 1 / (1 - beta^t)
 */
export function adam(
  n: i32, w: usize, g: usize, v: usize, s: usize, rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32,
  correct1: f32, correct2: f32, inside: f32, outside: f32,
): void {
  const a = f32x4.splat(-rate * correct1), b1 = f32x4.splat(beta1), r1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(beta2), r2 = f32x4.splat(rest2), c2 = f32x4.splat(correct2);
  const i = f32x4.splat(inside), o = f32x4.splat(outside);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, v += 16, s += 16) {
    const d = v128.load(g);
    const first = madd(b1, v128.load(v), f32x4.mul(r1, d));
    const second = madd(b2, v128.load(s), f32x4.mul(r2, f32x4.mul(d, d)));
    v128.store(v, first);
    v128.store(s, second);
    const root = f32x4.add(f32x4.sqrt(madd(second, c2, i)), o);
    v128.store(w, madd(a, f32x4.div(first, root), v128.load(w)));
  }
}

/** Sum of squares of n floats, in blocks whose sums are added in float64. */
export function sumOfSquares(n: i32, g: usize): f64 {
  let total: f64 = 0;
  const end = g + (<usize>n << 2);
  while (g < end) {
    const stop = min(end, g + 4096);
    let s = f32x4.splat(0);
    for (; g < stop; g += 16) {
      const d = v128.load(g);
      s = madd(d, d, s);
    }
    total += <f64>f32x4.extract_lane(s, 0) + <f64>f32x4.extract_lane(s, 1);
    total += <f64>f32x4.extract_lane(s, 2) + <f64>f32x4.extract_lane(s, 3);
  }
  return total;
}

/** g += factor w: the gradient of the L2 term. */
export function addScaled(n: i32, g: usize, w: usize, factor: f32): void {
  const f = f32x4.splat(factor);
  for (const end = g + (<usize>n << 2); g < end; g += 16, w += 16) v128.store(g, madd(f, v128.load(w), v128.load(g)));
}
