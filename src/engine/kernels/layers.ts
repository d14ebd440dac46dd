// What surrounds the dense products: activations, their derivatives, bias gradients, the rows of a mini-batch.
import { loadTail, sigmoid4, storeTail, tanh4 } from "./simd";

const RELU: i32 = 1;
const TANH: i32 = 2;
const SIGMOID: i32 = 3;

function activate4(kind: i32, z: v128): v128 {
  // f32x4.max keeps a NaN, so that divergence reaches the cost.
  if (kind == RELU) return f32x4.max(z, f32x4.splat(0));
  if (kind == TANH) return tanh4(z);
  if (kind == SIGMOID) return sigmoid4(z);
  return z;
}

/** n floats at z become their activation, in place. kind: 0 none, 1 relu, 2 tanh, 3 sigmoid. */
export function activate(kind: i32, z: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(z, activate4(kind, v128.load(z)));
    z += 16;
  }
  if (i < n) storeTail(z, activate4(kind, loadTail(z, n - i)), n - i);
}

/** g'(z) from a = g(z), times the gradient. relu'(0) is 0, as in PyTorch. */
function derive4(kind: i32, a: v128, d: v128): v128 {
  if (kind == RELU) return v128.and(d, f32x4.gt(a, f32x4.splat(0)));
  const one = f32x4.splat(1);
  if (kind == TANH) return f32x4.mul(d, f32x4.sub(one, f32x4.mul(a, a)));
  if (kind == SIGMOID) return f32x4.mul(d, f32x4.mul(a, f32x4.sub(one, a)));
  return d;
}

/** d (gradient of the cost by a = g(z), n floats) becomes the gradient by z, in place. */
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
