// Dense product C = A B (+ bias, or + C) over float32. A 6 x 8 tile of C stays in registers; large factors are packed into
// panels as Goto and van de Geijn do ("Anatomy of high-performance matrix multiplication", 2008), small ones are read in place.
// Every element of C adds its products in the order of k, each with one fused step, whatever rows or columns a call
// covers and however it is cut: splitting the work by tiles gives the same bits.
import { madd, storeTail, sum4 } from "./simd";

const MR: i32 = 6; // rows of a tile
const NR: i32 = 8; // columns of a tile
const MC: i32 = 96; // rows of A packed at once: 96 x 256 floats stay in the second-level cache
const NC: i32 = 512; // columns of B packed at once
const KC: i32 = 256; // depth of a panel: 8 x 256 floats of B stay in the first-level cache
/** A factor whose rows span no more bytes than this is read in place. */
const IN_PLACE_A: i32 = 1 << 17;
const IN_PLACE_B: i32 = 1 << 15;

/** Bytes of work space that gemm needs for any product of up to m x n x k. */
export function gemmWorkBytes(m: i32, n: i32, k: i32): usize {
  const kc = min(k, KC);
  const mc = (min(m, MC) + MR - 1) / MR * MR;
  const nc = (min(n, NC) + NR - 1) / NR * NR;
  return <usize>(kc * (mc + nc) * 4 + 64);
}

/** Packs rows x depth of A, rows without gaps between neighbours (aRow 1), into panels of MR rows: [panel][k][MR]. */
function packA(rows: i32, depth: i32, a: usize, aDepth: usize, to: usize): void {
  for (let i = 0; i < rows; i += MR) {
    let p = a + (<usize>i << 2);
    const left = rows - i;
    if (left >= MR) {
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(p));
        v128.store64_lane(to, v128.load64_zero(p, 16), 0, 16);
        to += 24;
        p += aDepth;
      }
    } else {
      for (let k = 0; k < depth; k++) {
        for (let r = 0; r < left; r++) store<f32>(to + (<usize>r << 2), load<f32>(p + (<usize>r << 2)));
        to += 24;
        p += aDepth;
      }
    }
  }
}

/** Packs depth x columns of B into panels of NR columns: [panel][k][NR]. Strides in bytes; missing columns stay as they are. */
function packB(columns: i32, depth: i32, b: usize, bDepth: usize, bColumn: usize, to: usize): void {
  for (let j = 0; j < columns; j += NR, to += <usize>depth << 5) {
    const left = columns - j;
    let p = b + <usize>j * bColumn;
    if (bColumn == 4 && left >= NR) {
      for (let k = 0, o = to; k < depth; k++, o += 32) {
        v128.store(o, v128.load(p));
        v128.store(o, v128.load(p, 16), 16);
        p += bDepth;
      }
    } else if (bDepth == 4 && left >= NR) {
      transpose4(depth, p, bColumn, to);
      transpose4(depth, p + bColumn * 4, bColumn, to + 16);
    } else {
      for (let k = 0, o = to; k < depth; k++, o += 32) {
        let from = p;
        for (let c = 0; c < min(left, NR); c++) {
          store<f32>(o + (<usize>c << 2), load<f32>(from));
          from += bColumn;
        }
        p += bDepth;
      }
    }
  }
}

/** Four rows of `depth` floats become four columns of a panel. */
function transpose4(depth: i32, p: usize, row: usize, to: usize): void {
  const p1 = p + row, p2 = p1 + row, p3 = p2 + row;
  let o: usize = 0;
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const a = v128.load(p + o), b = v128.load(p1 + o), c = v128.load(p2 + o), d = v128.load(p3 + o);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
    v128.store(to, v128.shuffle<i64>(ab, cd, 1, 3), 32);
    v128.store(to, v128.shuffle<i64>(AB, CD, 0, 2), 64);
    v128.store(to, v128.shuffle<i64>(AB, CD, 1, 3), 96);
    to += 128;
    o += 16;
  }
  for (; k < depth; k++) {
    store<f32>(to, load<f32>(p + o));
    store<f32>(to, load<f32>(p1 + o), 4);
    store<f32>(to, load<f32>(p2 + o), 8);
    store<f32>(to, load<f32>(p3 + o), 12);
    to += 32;
    o += 4;
  }
}

@inline
function loadStart(start: i32, c: usize, bias: usize): v128 {
  return start == 0 ? f32x4.splat(0) : v128.load(start == 1 ? c : bias);
}

@inline
function put(c: usize, v: v128, lanes: i32): void {
  if (lanes >= 4) v128.store(c, v);
  else if (lanes > 0) storeTail(c, v, lanes);
}

/**
 * One tile of `rows` x 8 (the last columns may be missing): C = start + A B, strides in bytes.
 * start: 0 zero, 1 C itself, 2 the floats at bias for every row. rows is a constant wherever this is inlined.
 */
@inline
function tile(
  rows: i32, columns: i32, depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  c: usize, ldc: usize, start: i32, bias: usize,
): void {
  const r1 = c + ldc, r2 = r1 + ldc, r3 = r2 + ldc, r4 = r3 + ldc, r5 = r4 + ldc;
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  if (start == 1) {
    c00 = v128.load(c); c01 = v128.load(c, 16);
    if (rows > 1) { c10 = v128.load(r1); c11 = v128.load(r1, 16); }
    if (rows > 2) { c20 = v128.load(r2); c21 = v128.load(r2, 16); }
    if (rows > 3) { c30 = v128.load(r3); c31 = v128.load(r3, 16); }
    if (rows > 4) { c40 = v128.load(r4); c41 = v128.load(r4, 16); }
    if (rows > 5) { c50 = v128.load(r5); c51 = v128.load(r5, 16); }
  } else if (start == 2) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    if (rows > 1) { c10 = c00; c11 = c01; }
    if (rows > 2) { c20 = c00; c21 = c01; }
    if (rows > 3) { c30 = c00; c31 = c01; }
    if (rows > 4) { c40 = c00; c41 = c01; }
    if (rows > 5) { c50 = c00; c51 = c01; }
  }
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    if (rows > 1) { s = v128.load32_splat(a1); c10 = madd(s, b0, c10); c11 = madd(s, b1, c11); a1 += aStep; }
    if (rows > 2) { s = v128.load32_splat(a2); c20 = madd(s, b0, c20); c21 = madd(s, b1, c21); a2 += aStep; }
    if (rows > 3) { s = v128.load32_splat(a3); c30 = madd(s, b0, c30); c31 = madd(s, b1, c31); a3 += aStep; }
    if (rows > 4) { s = v128.load32_splat(a4); c40 = madd(s, b0, c40); c41 = madd(s, b1, c41); a4 += aStep; }
    if (rows > 5) { s = v128.load32_splat(a5); c50 = madd(s, b0, c50); c51 = madd(s, b1, c51); a5 += aStep; }
    a += aStep;
    b += bStep;
  }
  if (columns >= 8) {
    v128.store(c, c00); v128.store(c, c01, 16);
    if (rows > 1) { v128.store(r1, c10); v128.store(r1, c11, 16); }
    if (rows > 2) { v128.store(r2, c20); v128.store(r2, c21, 16); }
    if (rows > 3) { v128.store(r3, c30); v128.store(r3, c31, 16); }
    if (rows > 4) { v128.store(r4, c40); v128.store(r4, c41, 16); }
    if (rows > 5) { v128.store(r5, c50); v128.store(r5, c51, 16); }
  } else {
    const more = columns - 4;
    put(c, c00, columns); put(c + 16, c01, more);
    if (rows > 1) { put(r1, c10, columns); put(r1 + 16, c11, more); }
    if (rows > 2) { put(r2, c20, columns); put(r2 + 16, c21, more); }
    if (rows > 3) { put(r3, c30, columns); put(r3 + 16, c31, more); }
    if (rows > 4) { put(r4, c40, columns); put(r4 + 16, c41, more); }
    if (rows > 5) { put(r5, c50, columns); put(r5 + 16, c51, more); }
  }
}

function tile6(
  columns: i32, depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, ldc: usize, start: i32, bias: usize,
): void {
  tile(6, columns, depth, a, aRow, aStep, b, bStep, c, ldc, start, bias);
}

function tile4(
  columns: i32, depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, ldc: usize, start: i32, bias: usize,
): void {
  tile(4, columns, depth, a, aRow, aStep, b, bStep, c, ldc, start, bias);
}

function tile2(
  columns: i32, depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, ldc: usize, start: i32, bias: usize,
): void {
  tile(2, columns, depth, a, aRow, aStep, b, bStep, c, ldc, start, bias);
}

function tile1(
  columns: i32, depth: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, ldc: usize, start: i32, bias: usize,
): void {
  tile(1, columns, depth, a, aRow, aStep, b, bStep, c, ldc, start, bias);
}

/** One column: c[i] = A's row i times b, rows of A and b without gaps. */
function rowsTimesVector(m: i32, k: i32, a: usize, aRow: i32, b: usize, c: usize, ldc: usize, start: f32): void {
  const rs = <usize>aRow << 2;
  for (let i = 0; i < m; i++, a += rs, c += ldc) {
    let s = f32x4.splat(0);
    let p = 0;
    for (; p + 4 <= k; p += 4) s = madd(v128.load(a + (<usize>p << 2)), v128.load(b + (<usize>p << 2)), s);
    let sum: f32 = start + sum4(s);
    for (; p < k; p++) sum += load<f32>(a + (<usize>p << 2)) * load<f32>(b + (<usize>p << 2));
    store<f32>(c, sum);
  }
}

/** One column: c = sum over p of b[p] times column p of A, whose columns have no gaps (A is read transposed). */
function columnsTimesVector(m: i32, k: i32, a: usize, aDepth: i32, b: usize, c: usize, start: f32): void {
  const ds = <usize>aDepth << 2;
  for (let i = 0; i < m; i += 4) {
    let s = f32x4.splat(start);
    let from = a + (<usize>i << 2);
    for (let p = 0; p < k; p++, from += ds) s = madd(v128.load32_splat(b + (<usize>p << 2)), v128.load(from), s);
    put(c + (<usize>i << 2), s, m - i);
  }
}

/** Depth 1, no bias: C = a b, a column (stride aRow) times a row without gaps. */
function outerProduct(m: i32, n: i32, a: usize, aRow: i32, b: usize, c: usize, ldc: usize): void {
  for (let i = 0; i < m; i++, a += <usize>aRow << 2, c += ldc) {
    const s = v128.load32_splat(a);
    for (let j = 0; j < n; j += 4) put(c + (<usize>j << 2), f32x4.mul(s, v128.load(b + (<usize>j << 2))), n - j);
  }
}

/**
 * C[m x n] = A[m x k] B[k x n] + bias[n] (bias 0: none), row i of C at c + 4 i ldc.
 * A(i, p) lies at a + 4 (i * aRow + p * aDepth), B(p, j) at b + 4 (p * bDepth + j * bColumn); of a factor's two strides
 * one is 1. Up to 28 bytes behind B and the bias may be read. work: gemmWorkBytes(m, n, k) bytes, 16-byte aligned.
 */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aDepth: i32,
  b: usize, bDepth: i32, bColumn: i32,
  c: usize, ldc: i32, bias: usize, work: usize,
): void {
  const cRow = <usize>ldc << 2;
  // A single output makes thin products, for which a tile is too wide.
  if (n == 1 && bDepth == 1) {
    const start: f32 = bias != 0 ? load<f32>(bias) : 0;
    if (aDepth == 1) return rowsTimesVector(m, k, a, aRow, b, c, cRow, start);
    if (aRow == 1 && ldc == 1) return columnsTimesVector(m, k, a, aDepth, b, c, start);
  }
  if (k == 1 && bColumn == 1 && bias == 0) return outerProduct(m, n, a, aRow, b, c, cRow);
  const packsA = aDepth != 1 && k * aDepth * 4 > IN_PLACE_A;
  const packsB = bColumn != 1 || k * bDepth * 4 > IN_PLACE_B;
  const aRowBytes = packsA ? <usize>4 : <usize>aRow << 2;
  const aStep = packsA ? <usize>(MR * 4) : <usize>aDepth << 2;
  const bStep = packsB ? <usize>(NR * 4) : <usize>bDepth << 2;
  const blocks = (k + KC - 1) / KC;
  const kc = (k + blocks - 1) / blocks;
  const packedB = work;
  const packedA = packedB + <usize>(kc * ((min(n, NC) + NR - 1) / NR * NR) * 4);
  for (let j0 = 0; j0 < n; j0 += NC) {
    const nc = min(NC, n - j0);
    for (let k0 = 0; k0 < k; k0 += kc) {
      const depth = min(kc, k - k0);
      const start = k0 > 0 ? 1 : bias != 0 ? 2 : 0;
      const bFrom = b + ((<usize>k0 * bDepth + <usize>j0 * bColumn) << 2);
      if (packsB) packB(nc, depth, bFrom, <usize>bDepth << 2, <usize>bColumn << 2, packedB);
      for (let i0 = 0; i0 < m; i0 += MC) {
        const mc = min(MC, m - i0);
        const aFrom = a + ((<usize>i0 * aRow + <usize>k0 * aDepth) << 2);
        if (packsA) packA(mc, depth, aFrom, <usize>aDepth << 2, packedA);
        for (let j = 0; j < nc; j += NR) {
          const bp = packsB ? packedB + <usize>(j * depth * 4) : bFrom + (<usize>j << 2);
          const columns = nc - j;
          const bj = bias + (<usize>(j0 + j) << 2);
          let cp = c + <usize>i0 * cRow + (<usize>(j0 + j) << 2);
          for (let i = 0; i < mc; ) {
            // A packed panel holds MR rows; a row inside of it is 4 bytes on.
            const ap = packsA ? packedA + <usize>(i / MR * MR * depth * 4 + i % MR * 4) : aFrom + <usize>i * aRowBytes;
            const left = mc - i;
            let rows: i32;
            // 8 rows are 4 + 4 rather than 6 + 2: a tile of 2 waits for its own sums.
            if (left >= MR && (packsA || left != 8)) {
              rows = MR;
              tile6(columns, depth, ap, aRowBytes, aStep, bp, bStep, cp, cRow, start, bj);
            } else if (left >= 4) {
              rows = 4;
              tile4(columns, depth, ap, aRowBytes, aStep, bp, bStep, cp, cRow, start, bj);
            } else if (left >= 2) {
              rows = 2;
              tile2(columns, depth, ap, aRowBytes, aStep, bp, bStep, cp, cRow, start, bj);
            } else {
              rows = 1;
              tile1(columns, depth, ap, aRowBytes, aStep, bp, bStep, cp, cRow, start, bj);
            }
            i += rows;
            cp += cRow * rows;
          }
        }
      }
    }
  }
}

/** Runs `rounds` times 12 independent multiply-adds of four lanes in registers; 96 flops a round. Measures the peak. */
export function peak(rounds: i32, x: f32): f32 {
  const s = f32x4.splat(x), t = f32x4.splat(1.0 - x);
  let a = s, b = t, c = s, d = t, e = s, f = t, g = s, h = t, i = s, j = t, k = s, l = t;
  for (let r = 0; r < rounds; r++) {
    a = madd(a, s, t); b = madd(b, s, t); c = madd(c, s, t); d = madd(d, s, t);
    e = madd(e, s, t); f = madd(f, s, t); g = madd(g, s, t); h = madd(h, s, t);
    i = madd(i, s, t); j = madd(j, s, t); k = madd(k, s, t); l = madd(l, s, t);
  }
  a = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  a = f32x4.add(a, f32x4.add(f32x4.add(i, j), f32x4.add(k, l)));
  return f32x4.extract_lane(a, 0);
}
