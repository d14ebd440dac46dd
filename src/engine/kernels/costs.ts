// Costs from logits and their gradients. Each returns the SUM of the losses over the rows (float64, so that a long
// sum loses nothing); the gradient is that of the mean loss, that is divided by `rows`. d = 0: no gradient wanted.
import { exp4, log4 } from "./simd";

/** Squared error sum (z - y)^2 over rows x columns; gradient 2 (z - y) / (rows * columns). */
export function squaredError(z: usize, y: usize, rows: i32, columns: i32, d: usize): f64 {
  const n = rows * columns;
  const scale = <f32>2 / <f32>n;
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const o = <usize>i << 2;
    const e = load<f32>(z + o) - load<f32>(y + o);
    sum += <f64>e * <f64>e;
    if (d != 0) store<f32>(d + o, e * scale);
  }
  return sum;
}

/** Binary cross-entropy from logits: max(z, 0) - z y + ln(1 + e^-|z|); gradient (sigmoid(z) - y) / rows. */
export function binaryCrossEntropy(z: usize, y: usize, rows: i32, d: usize): f64 {
  const scale = <f32>1 / <f32>rows;
  let sum: f64 = 0;
  for (let i = 0; i < rows; i++) {
    const o = <usize>i << 2;
    const logit = load<f32>(z + o);
    const label = load<f32>(y + o);
    const e = f32x4.extract_lane(exp4(f32x4.splat(-abs(logit))), 0);
    const tail = e < 1e-4 ? e : f32x4.extract_lane(log4(f32x4.splat(1 + e)), 0);
    // max() keeps a NaN: divergence reaches the sum
    sum += <f64>(max<f32>(logit, 0) - logit * label + tail);
    if (d != 0) {
      const p: f32 = (logit >= 0 ? <f32>1 : e) / (<f32>1 + e);
      store<f32>(d + o, (p - label) * scale);
    }
  }
  return sum;
}

/**
 * Categorical cross-entropy from logits, y the class index as a float: ln sum e^z - z_y, with the row's maximum taken
 * off first; gradient (softmax(z) - onehot(y)) / rows. d may not be z.
 */
export function categoricalCrossEntropy(z: usize, y: usize, rows: i32, columns: i32, d: usize): f64 {
  const scale = <f32>1 / <f32>rows;
  let sum: f64 = 0;
  for (let i = 0; i < rows; i++) {
    const row = z + ((<usize>i * columns) << 2);
    let top = load<f32>(row);
    for (let j = 1; j < columns; j++) top = max<f32>(top, load<f32>(row + (<usize>j << 2)));
    let total: f32 = 0;
    for (let j = 0; j < columns; j++) {
      const e = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(row + (<usize>j << 2)) - top)), 0);
      total += e;
      if (d != 0) store<f32>(d + ((<usize>i * columns + j) << 2), e);
    }
    const label = <i32>load<f32>(y + (<usize>i << 2));
    sum += <f64>(f32x4.extract_lane(log4(f32x4.splat(total)), 0) + top - load<f32>(row + (<usize>label << 2)));
    if (d != 0) {
      const factor = scale / total;
      const gradient = d + ((<usize>i * columns) << 2);
      for (let j = 0; j < columns; j++) {
        const o = <usize>j << 2;
        store<f32>(gradient + o, load<f32>(gradient + o) * factor - (j == label ? scale : 0));
      }
    }
  }
  return sum;
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
