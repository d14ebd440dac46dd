// What surrounds the dense products: activations, their derivatives, bias gradients, the rows of a mini-batch.
import { exp4, loadTail, madd, sigmoid4, storeTail, tanh4 } from "./simd";

const RELU: i32 = 1;
const TANH: i32 = 2;
const SIGMOID: i32 = 3;
const LEAKY_RELU: i32 = 4;
const GELU: i32 = 5;
/** Slope of the leaky relu below 0, as in PyTorch (Keras and tfjs: 0.2 or 0.3, by version). */
const LEAK: f32 = 0.01;

/** Standard normal distribution function a lane, to 1e-7 (Abramowitz and Stegun 7.1.26 for erf). e = e^(-z^2 / 2) */
function normal4(z: v128, e: v128): v128 {
  const x = f32x4.mul(f32x4.abs(z), f32x4.splat(0.70710678118654752));
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(f32x4.splat(0.3275911), x, one));
  let p = f32x4.splat(1.061405429);
  p = madd(p, t, f32x4.splat(-1.453152027));
  p = madd(p, t, f32x4.splat(1.421413741));
  p = madd(p, t, f32x4.splat(-0.284496736));
  p = madd(p, t, f32x4.splat(0.254829592));
  const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), e), f32x4.splat(0.5));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(z, f32x4.splat(0)));
}

function gauss4(z: v128): v128 {
  return exp4(f32x4.mul(f32x4.mul(z, z), f32x4.splat(-0.5)));
}

function activate4(kind: i32, z: v128): v128 {
  // f32x4.max keeps a NaN, so that divergence reaches the cost.
  if (kind == RELU) return f32x4.max(z, f32x4.splat(0));
  if (kind == TANH) return tanh4(z);
  if (kind == SIGMOID) return sigmoid4(z);
  if (kind == LEAKY_RELU) return f32x4.max(z, f32x4.mul(z, f32x4.splat(LEAK)));
  if (kind == GELU) return f32x4.mul(z, normal4(z, gauss4(z)));
  return z;
}

/** n floats at z become their activation at a, which may be z. kind: 1 relu, 2 tanh, 3 sigmoid, 4 leaky relu, 5 gelu. */
export function activate(kind: i32, z: usize, a: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(a, activate4(kind, v128.load(z)));
    z += 16;
    a += 16;
  }
  if (i < n) storeTail(a, activate4(kind, loadTail(z, n - i)), n - i);
}

/** g'(z), times the gradient: from a = g(z), for gelu from z itself. relu'(0) is 0, as in PyTorch. */
function derive4(kind: i32, a: v128, d: v128): v128 {
  if (kind == RELU) return v128.and(d, f32x4.gt(a, f32x4.splat(0)));
  const one = f32x4.splat(1);
  if (kind == TANH) return f32x4.mul(d, f32x4.sub(one, f32x4.mul(a, a)));
  if (kind == SIGMOID) return f32x4.mul(d, f32x4.mul(a, f32x4.sub(one, a)));
  if (kind == LEAKY_RELU) return v128.bitselect(d, f32x4.mul(d, f32x4.splat(LEAK)), f32x4.gt(a, f32x4.splat(0)));
  if (kind == GELU) {
    const e = gauss4(a);
    const density = f32x4.mul(f32x4.mul(a, e), f32x4.splat(0.39894228040143268));
    return f32x4.mul(d, f32x4.add(normal4(a, e), density));
  }
  return d;
}

/** d (gradient of the cost by g(z), n floats) becomes the gradient by z, in place. a: g(z), for gelu z. */
export function activateBackward(kind: i32, a: usize, d: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(d, derive4(kind, v128.load(a), v128.load(d)));
    a += 16;
    d += 16;
  }
  if (i < n) storeTail(d, derive4(kind, loadTail(a, n - i), loadTail(d, n - i)), n - i);
}

/** out[columns] = sums over the rows of d[rows x columns]: the bias gradient. */
export function columnSums(d: usize, rows: i32, columns: i32, out: usize): void {
  const stride = <usize>columns << 2;
  let j = 0;
  for (; j + 4 <= columns; j += 4) {
    let s = f32x4.splat(0);
    let p = d + (<usize>j << 2);
    for (let i = 0; i < rows; i++) {
      s = f32x4.add(s, v128.load(p));
      p += stride;
    }
    v128.store(out + (<usize>j << 2), s);
  }
  for (; j < columns; j++) {
    let s: f32 = 0;
    let p = d + (<usize>j << 2);
    for (let i = 0; i < rows; i++) {
      s += load<f32>(p);
      p += stride;
    }
    store<f32>(out + (<usize>j << 2), s);
  }
}

/** Copies `rows` rows of `width` floats, row order[i] of `from` to row i of `to`. */
export function gather(from: usize, order: usize, rows: i32, width: i32, to: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < rows; i++) {
    let p = from + <usize>load<u32>(order + (<usize>i << 2)) * bytes;
    let left = width;
    while (left >= 4) {
      v128.store(to, v128.load(p));
      p += 16;
      to += 16;
      left -= 4;
    }
    while (left > 0) {
      store<f32>(to, load<f32>(p));
      p += 4;
      to += 4;
      left--;
    }
  }
}
