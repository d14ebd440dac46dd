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
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(f32x4.splat(0.3275911 * 0.70710678118654752), f32x4.abs(z), one));
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

// kind is a constant wherever these are inlined, so that a loop has one of them
@inline
function activate4(kind: i32, z: v128): v128 {
  // pmax(z, x) keeps a NaN in z, so that divergence reaches the cost.
  if (kind == RELU) return f32x4.pmax(z, f32x4.splat(0));
  if (kind == TANH) return tanh4(z);
  if (kind == SIGMOID) return sigmoid4(z);
  if (kind == LEAKY_RELU) return f32x4.pmax(z, f32x4.mul(z, f32x4.splat(LEAK)));
  return f32x4.mul(z, normal4(z, gauss4(z)));
}

@inline
function activateAll(kind: i32, z: usize, a: usize, n: i32): void {
  let i = 0;
  // What takes an instruction or two is done four at a time.
  for (; (kind == RELU || kind == LEAKY_RELU) && i + 16 <= n; i += 16) {
    v128.store(a, activate4(kind, v128.load(z)));
    v128.store(a, activate4(kind, v128.load(z, 16)), 16);
    v128.store(a, activate4(kind, v128.load(z, 32)), 32);
    v128.store(a, activate4(kind, v128.load(z, 48)), 48);
    z += 64;
    a += 64;
  }
  for (; i + 4 <= n; i += 4, z += 16, a += 16) v128.store(a, activate4(kind, v128.load(z)));
  if (i < n) storeTail(a, activate4(kind, loadTail(z, n - i)), n - i);
}

// Gelu has functions of its own: among the others V8 runs short of registers and takes twice the time.
function gelu(z: usize, a: usize, n: i32): void {
  activateAll(GELU, z, a, n);
}

/** n floats at z become their activation at a, which may be z. kind: 1 relu, 2 tanh, 3 sigmoid, 4 leaky relu, 5 gelu. */
export function activate(kind: i32, z: usize, a: usize, n: i32): void {
  if (kind == RELU) activateAll(RELU, z, a, n);
  else if (kind == TANH) activateAll(TANH, z, a, n);
  else if (kind == SIGMOID) activateAll(SIGMOID, z, a, n);
  else if (kind == LEAKY_RELU) activateAll(LEAKY_RELU, z, a, n);
  else gelu(z, a, n);
}

/** g'(z), times the gradient: from a = g(z), for gelu from z itself. relu'(0) is 0, as in PyTorch. */
@inline
function derive4(kind: i32, a: v128, d: v128): v128 {
  if (kind == RELU) return v128.and(d, f32x4.gt(a, f32x4.splat(0)));
  const one = f32x4.splat(1);
  if (kind == TANH) return f32x4.mul(d, f32x4.sub(one, f32x4.mul(a, a)));
  if (kind == SIGMOID) return f32x4.mul(d, f32x4.mul(a, f32x4.sub(one, a)));
  if (kind == LEAKY_RELU) return v128.bitselect(d, f32x4.mul(d, f32x4.splat(LEAK)), f32x4.gt(a, f32x4.splat(0)));
  const e = gauss4(a);
  const density = f32x4.mul(f32x4.mul(a, e), f32x4.splat(0.39894228040143268));
  return f32x4.mul(d, f32x4.add(normal4(a, e), density));
}

@inline
function deriveAll(kind: i32, a: usize, d: usize, n: i32): void {
  let i = 0;
  for (; kind != GELU && i + 16 <= n; i += 16) {
    v128.store(d, derive4(kind, v128.load(a), v128.load(d)));
    v128.store(d, derive4(kind, v128.load(a, 16), v128.load(d, 16)), 16);
    v128.store(d, derive4(kind, v128.load(a, 32), v128.load(d, 32)), 32);
    v128.store(d, derive4(kind, v128.load(a, 48), v128.load(d, 48)), 48);
    a += 64;
    d += 64;
  }
  for (; i + 4 <= n; i += 4, a += 16, d += 16) v128.store(d, derive4(kind, v128.load(a), v128.load(d)));
  if (i < n) storeTail(d, derive4(kind, loadTail(a, n - i), loadTail(d, n - i)), n - i);
}

function geluBackward(z: usize, d: usize, n: i32): void {
  deriveAll(GELU, z, d, n);
}

/** d (gradient of the cost by g(z), n floats) becomes the gradient by z, in place. a: g(z), for gelu z. */
export function activateBackward(kind: i32, a: usize, d: usize, n: i32): void {
  if (kind == RELU) deriveAll(RELU, a, d, n);
  else if (kind == TANH) deriveAll(TANH, a, d, n);
  else if (kind == SIGMOID) deriveAll(SIGMOID, a, d, n);
  else if (kind == LEAKY_RELU) deriveAll(LEAKY_RELU, a, d, n);
  else geluBackward(a, d, n);
}

/** out[columns] = sums over the rows of d, whose rows are `stride` floats apart: the bias gradient. */
export function columnSums(d: usize, rows: i32, columns: i32, stride: i32, out: usize): void {
  const next = <usize>stride << 2;
  let j = 0;
  // 16 columns at a time: four sums that do not wait for each other
  for (; j + 16 <= columns; j += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let p = d + (<usize>j << 2);
    for (let i = 0; i < rows; i++) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      s2 = f32x4.add(s2, v128.load(p, 32));
      s3 = f32x4.add(s3, v128.load(p, 48));
      p += next;
    }
    const to = out + (<usize>j << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; j < columns; j++) {
    let s: f32 = 0;
    let p = d + (<usize>j << 2);
    for (let i = 0; i < rows; i++) {
      s += load<f32>(p);
      p += next;
    }
    store<f32>(out + (<usize>j << 2), s);
  }
}

/** Copies `rows` rows of `width` floats, row order[i] of `from` to row i of `to`. */
export function gather(from: usize, order: usize, rows: i32, width: i32, to: usize): void {
  const bytes = <usize>width << 2;
  // The host's own copy moves more bytes at once, but a call of it takes longer than a short row does.
  const isLong = width >= 64;
  for (let i = 0; i < rows; i++) {
    let p = from + <usize>load<u32>(order + (<usize>i << 2)) * bytes;
    let left = width;
    if (isLong) {
      memory.copy(to, p, bytes);
      to += bytes;
      left = 0;
    }
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
