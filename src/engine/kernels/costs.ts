// Costs from logits and their gradients, row by row, so that threads may share the rows out. Each row's loss goes to
// `losses` (float64, for sums that lose nothing); the gradient is that of the mean over the `batch` rows of the
// mini-batch, of which these are `rows`. d = 0: no gradient wanted. d may not be z.
import { exp4, loadTail, log4, max4, storeTail, sum4 } from "./simd";

/** Squared error (z - y)^2; gradient 2 (z - y) / batch. */
export function squaredError(z: usize, y: usize, rows: i32, batch: i32, d: usize, losses: usize): void {
  const scale = <f32>2 / <f32>batch;
  for (let i = 0; i < rows; i++) {
    const o = <usize>i << 2;
    const e = load<f32>(z + o) - load<f32>(y + o);
    store<f64>(losses + (o << 1), <f64>e * <f64>e);
    if (d != 0) store<f32>(d + o, e * scale);
  }
}

/** Binary cross-entropy from logits: max(z, 0) - z y + ln(1 + e^-|z|); gradient (sigmoid(z) - y) / batch. */
export function binaryCrossEntropy(z: usize, y: usize, rows: i32, batch: i32, d: usize, losses: usize): void {
  const scale = f32x4.splat(<f32>1 / <f32>batch), one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let i = 0; i < rows; i += 4) {
    const o = <usize>i << 2;
    const left = rows - i;
    const logit = left >= 4 ? v128.load(z + o) : loadTail(z + o, left);
    const label = left >= 4 ? v128.load(y + o) : loadTail(y + o, left);
    const e = exp4(f32x4.neg(f32x4.abs(logit)));
    // ln(1 + e) is e where 1 + e would lose it
    const tail = v128.bitselect(e, log4(f32x4.add(one, e)), f32x4.lt(e, f32x4.splat(1e-4)));
    // pmax keeps a NaN in the logit: divergence reaches the cost
    let loss = f32x4.add(f32x4.sub(f32x4.pmax(logit, zero), f32x4.mul(logit, label)), tail);
    for (let r = 0; r < min(left, 4); r++) {
      store<f64>(losses + (<usize>(i + r) << 3), <f64>f32x4.extract_lane(loss, 0));
      loss = v128.shuffle<f32>(loss, loss, 1, 2, 3, 0);
    }
    if (d == 0) continue;
    const p = f32x4.div(v128.bitselect(one, e, f32x4.ge(logit, zero)), f32x4.add(one, e));
    const gradient = f32x4.mul(f32x4.sub(p, label), scale);
    if (left >= 4) v128.store(d + o, gradient);
    else storeTail(d + o, gradient, left);
  }
}

/**
 * Categorical cross-entropy from logits, y the class index as a float: ln sum e^z - z_y, with the row's maximum taken
 * off first; gradient (softmax(z) - onehot(y)) / batch.
 */
export function categoricalCrossEntropy(
  z: usize, y: usize, rows: i32, columns: i32, batch: i32, d: usize, losses: usize,
): void {
  const scale = <f32>1 / <f32>batch;
  const whole = columns & ~3, left = columns - whole;
  const lanes = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
  const lowest = f32x4.splat(-Infinity);
  for (let i = 0; i < rows; i++) {
    const row = z + ((<usize>i * columns) << 2);
    const gradient = d + ((<usize>i * columns) << 2);
    let most = lowest;
    for (let j = 0; j < whole; j += 4) most = f32x4.max(most, v128.load(row + (<usize>j << 2)));
    let last = lowest;
    if (left > 0) {
      last = v128.bitselect(loadTail(row + (<usize>whole << 2), left), lowest, lanes);
      most = f32x4.max(most, last);
    }
    const top = max4(most);
    let totals = f32x4.splat(0);
    for (let j = 0; j < whole; j += 4) {
      const e = exp4(f32x4.sub(v128.load(row + (<usize>j << 2)), f32x4.splat(top)));
      totals = f32x4.add(totals, e);
      if (d != 0) v128.store(gradient + (<usize>j << 2), e);
    }
    if (left > 0) {
      const e = v128.and(exp4(f32x4.sub(last, f32x4.splat(top))), lanes);
      totals = f32x4.add(totals, e);
      if (d != 0) storeTail(gradient + (<usize>whole << 2), e, left);
    }
    const total = sum4(totals);
    const label = <usize>load<f32>(y + (<usize>i << 2)) << 2;
    const loss = f32x4.extract_lane(log4(f32x4.splat(total)), 0) + top - load<f32>(row + label);
    store<f64>(losses + (<usize>i << 3), <f64>loss);
    if (d == 0) continue;
    const factor = f32x4.splat(scale / total);
    for (let j = 0; j < whole; j += 4) {
      const at = gradient + (<usize>j << 2);
      v128.store(at, f32x4.mul(v128.load(at), factor));
    }
    if (left > 0) {
      const at = gradient + (<usize>whole << 2);
      storeTail(at, f32x4.mul(loadTail(at, left), factor), left);
    }
    store<f32>(gradient + label, load<f32>(gradient + label) - scale);
  }
}

/** Rows whose largest logit (or, with one column, whose sign) names the class in y. */
export function countRight(z: usize, y: usize, rows: i32, columns: i32): i32 {
  let right = 0;
  for (let i = 0; i < rows; i++) {
    const row = z + ((<usize>i * columns) << 2);
    let best = 0;
    if (columns == 1) best = load<f32>(row) > 0 ? 1 : 0;
    else for (let j = 1; j < columns; j++) if (load<f32>(row + (<usize>j << 2)) > load<f32>(row + (<usize>best << 2))) best = j;
    if (best == <i32>load<f32>(y + (<usize>i << 2))) right++;
  }
  return right;
}
