/** Writes H v for a symmetric H into `out`. */
export type Product = (v: Float32Array, out: Float32Array) => Promise<void>;

/**
 * Looks for the direction of the most negative curvature: a locally optimal conjugate gradient on the Rayleigh quotient
 * v'Hv / v'v (Knyazev 2001, a block of one). As good as Lanczos' method after as many products, with six vectors.
 * @param v where to start; becomes the direction, of length 1
 * @param products of H with a vector that it may take
 * @returns the curvature along v
 */
export async function mostNegative(product: Product, v: Float32Array, products: number): Promise<number> {
	const vector = () => new Float32Array(v.length);
	const basis = [v, vector(), vector()];
	const images = [vector(), vector(), vector()];
	scale(v, 1 / length(v));
	await product(v, images[0]);
	let curvature = dot(v, images[0]);
	for (let i = 1; i < products; i++) {
		const [, residual, last] = basis;
		for (let k = 0; k < v.length; k++) residual[k] = images[0][k] - curvature * v[k];
		const size = length(residual);
		if (!(size > 1e-5 * (length(images[0]) + Number.MIN_VALUE))) break;
		scale(residual, 1 / size);
		await product(residual, images[1]);
		let used = 2;
		if (i > 1) {
			for (const other of [0, 1]) {
				const along = -dot(basis[other], last);
				add(last, along, basis[other]);
				add(images[2], along, images[other]);
			}
			const rest = length(last);
			if (rest > 1e-6) {
				scale(last, 1 / rest);
				scale(images[2], 1 / rest);
				used = 3;
			}
		}
		const matrix = Array.from({ length: used }, (_, r) =>
			Array.from({ length: used }, (_, c) => (dot(basis[r], images[c]) + dot(basis[c], images[r])) / 2),
		);
		const [a, b, c = 0] = smallestEigenvector(matrix);
		// The step just taken is the last vector of the next basis.
		for (const vectors of [basis, images]) {
			const [x, r, p] = vectors;
			for (let k = 0; k < v.length; k++) {
				p[k] = b * r[k] + (used === 3 ? c * p[k] : 0);
				x[k] = a * x[k] + p[k];
			}
		}
		const norm = length(v);
		scale(v, 1 / norm);
		scale(images[0], 1 / norm);
		const step = length(basis[2]);
		if (!(step > 0)) break;
		scale(basis[2], 1 / step);
		scale(images[2], 1 / step);
		curvature = dot(v, images[0]);
	}
	return curvature;
}

/** By Jacobi's rotations. @param m symmetric, overwritten */
export function smallestEigenvector(m: number[][]): number[] {
	const n = m.length;
	const vectors = m.map((_, r) => m.map((_, c) => (r === c ? 1 : 0)));
	for (let sweep = 0; sweep < 10; sweep++) {
		for (let p = 0; p < n; p++) {
			for (let q = p + 1; q < n; q++) {
				if (m[p][q] === 0) continue;
				const theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
				const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
				const cos = 1 / Math.sqrt(t * t + 1);
				const sin = t * cos;
				const turn = (row: number[]) => {
					const [x, y] = [row[p], row[q]];
					row[p] = cos * x - sin * y;
					row[q] = sin * x + cos * y;
				};
				for (const row of m) turn(row);
				for (let k = 0; k < n; k++) {
					const [x, y] = [m[p][k], m[q][k]];
					m[p][k] = cos * x - sin * y;
					m[q][k] = sin * x + cos * y;
				}
				for (const row of vectors) turn(row);
			}
		}
	}
	let smallest = 0;
	for (let i = 1; i < n; i++) if (m[i][i] < m[smallest][smallest]) smallest = i;
	return vectors.map((row) => row[smallest]);
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
	return sum;
}

function length(a: Float32Array): number {
	return Math.sqrt(dot(a, a));
}

function scale(a: Float32Array, factor: number): void {
	for (let i = 0; i < a.length; i++) a[i] *= factor;
}

/** a += factor b */
function add(a: Float32Array, factor: number, b: Float32Array): void {
	for (let i = 0; i < a.length; i++) a[i] += factor * b[i];
}
