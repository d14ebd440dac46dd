// Dense product C = A B (+ bias, or + C) over float32, blocked as Goto and van de Geijn ("Anatomy of high-performance
// matrix multiplication", 2008): panels of A and B are packed so that a 6 x 8 tile of C stays in registers.
// Every element of C adds its products in the order of k, whatever rows or columns a call covers: splitting the work by
// tiles gives the same bits.
import { madd, sum4 } from "./simd";

const MR: i32 = 6;
const NR: i32 = 8;
const MC: i32 = 96; // rows of A packed at once: 96 x 256 floats stay in the second-level cache
const NC: i32 = 512; // columns of B packed at once
const KC: i32 = 256; // depth of a panel: 8 x 256 floats of B stay in the first-level cache

/** Bytes of work space that gemm needs for any product of up to m x n x k. */
export function gemmWorkBytes(m: i32, n: i32, k: i32): usize {
  const kc = min(k, KC);
  const mc = (min(m, MC) + MR - 1) / MR * MR;
  const nc = (min(n, NC) + NR - 1) / NR * NR;
  return <usize>(kc * (mc + nc) * 4 + MR * NR * 4 + 64);
}

/** Packs rows x depth of A into panels of MR rows: [panel][k][MR], missing rows 0. Strides in floats. */
function packA(rows: i32, depth: i32, a: usize, rowStride: i32, depthStride: i32, to: usize): void {
  const rs = <usize>rowStride << 2;
  const ds = <usize>depthStride << 2;
  for (let i = 0; i < rows; i += MR) {
    const p = a + <usize>i * rs;
    if (rows - i >= MR) {
      const p1 = p + rs, p2 = p1 + rs, p3 = p2 + rs, p4 = p3 + rs, p5 = p4 + rs;
      let o: usize = 0;
      for (let k = 0; k < depth; k++) {
        store<f32>(to, load<f32>(p + o));
        store<f32>(to, load<f32>(p1 + o), 4);
        store<f32>(to, load<f32>(p2 + o), 8);
        store<f32>(to, load<f32>(p3 + o), 12);
        store<f32>(to, load<f32>(p4 + o), 16);
        store<f32>(to, load<f32>(p5 + o), 20);
        to += 24;
        o += ds;
      }
    } else {
      const left = rows - i;
      for (let k = 0; k < depth; k++) {
        for (let r = 0; r < MR; r++) {
          store<f32>(to, r < left ? load<f32>(p + <usize>r * rs + <usize>k * ds) : 0);
          to += 4;
        }
      }
    }
  }
}

/** Packs depth x columns of B into panels of NR columns: [panel][k][NR], missing columns 0. Strides in floats. */
function packB(columns: i32, depth: i32, b: usize, depthStride: i32, columnStride: i32, to: usize): void {
  const ds = <usize>depthStride << 2;
  const cs = <usize>columnStride << 2;
  for (let j = 0; j < columns; j += NR) {
    const left = columns - j;
    const p = b + <usize>j * cs;
    if (left >= NR && columnStride == 1) {
      let from = p;
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        to += 32;
        from += ds;
      }
    } else {
      for (let k = 0; k < depth; k++) {
        let from = p + <usize>k * ds;
        for (let c = 0; c < NR; c++) {
          store<f32>(to, c < left ? load<f32>(from) : 0);
          to += 4;
          from += cs;
        }
      }
    }
  }
}

/**
 * One 6 x 8 tile: C (ldc in bytes) = start + A panel * B panel.
 * start: 0 zero, 1 C itself, 2 the eight floats at bias for every row.
 */
function tile(depth: i32, a: usize, b: usize, c: usize, ldc: usize, start: i32, bias: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  const r1 = c + ldc, r2 = r1 + ldc, r3 = r2 + ldc, r4 = r3 + ldc, r5 = r4 + ldc;
  if (start == 1) {
    c00 = v128.load(c); c01 = v128.load(c, 16);
    c10 = v128.load(r1); c11 = v128.load(r1, 16);
    c20 = v128.load(r2); c21 = v128.load(r2, 16);
    c30 = v128.load(r3); c31 = v128.load(r3, 16);
    c40 = v128.load(r4); c41 = v128.load(r4, 16);
    c50 = v128.load(r5); c51 = v128.load(r5, 16);
  } else if (start == 2) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01; c20 = c00; c21 = c01; c30 = c00; c31 = c01;
    c40 = c00; c41 = c01; c50 = c00; c51 = c01;
  }
  const end = a + <usize>depth * 24;
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
    s = v128.load32_splat(a, 16);
    c40 = madd(s, b0, c40); c41 = madd(s, b1, c41);
    s = v128.load32_splat(a, 20);
    c50 = madd(s, b0, c50); c51 = madd(s, b1, c51);
    a += 24;
    b += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  v128.store(r1, c10); v128.store(r1, c11, 16);
  v128.store(r2, c20); v128.store(r2, c21, 16);
  v128.store(r3, c30); v128.store(r3, c31, 16);
  v128.store(r4, c40); v128.store(r4, c41, 16);
  v128.store(r5, c50); v128.store(r5, c51, 16);
}

/** A tile at the edge: computed in the scratch tile, only its rows x columns reach C. */
function edgeTile(
  rows: i32, columns: i32, depth: i32, a: usize, b: usize, c: usize, ldc: usize, start: i32, bias: usize, scratch: usize,
): void {
  if (start != 0) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const from = start == 1 ? c + <usize>i * ldc : bias;
        store<f32>(scratch + <usize>(i * NR + j) * 4, load<f32>(from + <usize>j * 4));
      }
    }
  }
  tile(depth, a, b, scratch, NR * 4, start == 0 ? 0 : 1, 0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      store<f32>(c + <usize>i * ldc + <usize>j * 4, load<f32>(scratch + <usize>(i * NR + j) * 4));
    }
  }
}

/** One column: c[i] = A's row i times b, rows of A and b without gaps. */
function rowsTimesVector(m: i32, k: i32, a: usize, aRow: i32, b: usize, c: usize, start: f32): void {
  const rs = <usize>aRow << 2;
  for (let i = 0; i < m; i++, a += rs, c += 4) {
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
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    let s = f32x4.splat(start);
    let from = a + (<usize>i << 2);
    for (let p = 0; p < k; p++, from += ds) s = madd(v128.load32_splat(b + (<usize>p << 2)), v128.load(from), s);
    v128.store(c + (<usize>i << 2), s);
  }
  for (; i < m; i++) {
    let s = start;
    for (let p = 0; p < k; p++) s += load<f32>(b + (<usize>p << 2)) * load<f32>(a + (<usize>i << 2) + <usize>p * ds);
    store<f32>(c + (<usize>i << 2), s);
  }
}

/** Depth 1, no bias: C = a b, a column (stride aRow) times a row without gaps. */
function outerProduct(m: i32, n: i32, a: usize, aRow: i32, b: usize, c: usize): void {
  for (let i = 0; i < m; i++, a += <usize>aRow << 2) {
    const s = v128.load32_splat(a);
    let j = 0;
    for (; j + 4 <= n; j += 4, c += 16) v128.store(c, f32x4.mul(s, v128.load(b + (<usize>j << 2))));
    for (; j < n; j++, c += 4) store<f32>(c, load<f32>(a) * load<f32>(b + (<usize>j << 2)));
  }
}

/**
 * C[m x n] = A[m x k] B[k x n] + bias[n] (bias 0: none), C row-major without gaps between rows.
 * A(i, p) lies at a + 4 (i * aRow + p * aDepth), B(p, j) at b + 4 (p * bDepth + j * bColumn), so a transposed factor
 * is a matter of strides. work: gemmWorkBytes(m, n, k) bytes, 16-byte aligned.
 */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aDepth: i32,
  b: usize, bDepth: i32, bColumn: i32,
  c: usize, bias: usize, work: usize,
): void {
  // A single output makes thin products, for which packing costs more than the product.
  if (n == 1 && bDepth == 1) {
    const start: f32 = bias != 0 ? load<f32>(bias) : 0;
    if (aDepth == 1) return rowsTimesVector(m, k, a, aRow, b, c, start);
    if (aRow == 1) return columnsTimesVector(m, k, a, aDepth, b, c, start);
  }
  if (k == 1 && bColumn == 1 && bias == 0) return outerProduct(m, n, a, aRow, b, c);
  const ldc = <usize>n << 2;
  const blocks = (k + KC - 1) / KC;
  const kc = (k + blocks - 1) / blocks;
  const scratch = work;
  const packedB = work + MR * NR * 4;
  const packedA = packedB + <usize>(kc * ((min(n, NC) + NR - 1) / NR * NR) * 4);
  for (let j0 = 0; j0 < n; j0 += NC) {
    const nc = min(NC, n - j0);
    for (let k0 = 0; k0 < k; k0 += kc) {
      const depth = min(kc, k - k0);
      const start = k0 > 0 ? 1 : bias != 0 ? 2 : 0;
      packB(nc, depth, b + ((<usize>k0 * bDepth + <usize>j0 * bColumn) << 2), bDepth, bColumn, packedB);
      for (let i0 = 0; i0 < m; i0 += MC) {
        const mc = min(MC, m - i0);
        packA(mc, depth, a + ((<usize>i0 * aRow + <usize>k0 * aDepth) << 2), aRow, aDepth, packedA);
        for (let j = 0; j < nc; j += NR) {
          const bp = packedB + <usize>(j * depth * 4);
          const columns = min(NR, nc - j);
          const bj = bias + (<usize>(j0 + j) << 2);
          let cp = c + <usize>i0 * ldc + (<usize>(j0 + j) << 2);
          for (let i = 0; i < mc; i += MR) {
            const ap = packedA + <usize>(i * depth * 4);
            const rows = min(MR, mc - i);
            if (rows == MR && columns == NR) tile(depth, ap, bp, cp, ldc, start, bj);
            else edgeTile(rows, columns, depth, ap, bp, cp, ldc, start, bj, scratch);
            cp += ldc * MR;
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
