// The probe of the cost around a run's weights: against matrices with known eigenvalues and a Hessian by hand.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CostSurface, usualLength } from "../../src/engine/training/diagnosis/cost-surface.ts";
import { mostNegative, smallestEigenvector } from "../../src/engine/training/diagnosis/curvature.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Random } from "../../src/engine/training/random.ts";
import { kernels } from "../support/kernels.ts";
import { noisyTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-curvature-"));
const table = join(folder, "table.csv");
writeFileSync(table, noisyTable(150, 3));
after(() => rmSync(folder, { recursive: true }));

const near = (actual: number, expected: number, tolerance: number) =>
	assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test("the eigenvector of the smallest eigenvalue of a small matrix", () => {
	// Eigenvalues 1 and 3; 2 - 2 cos(k pi / 4) for the second difference.
	const [a, b] = smallestEigenvector([
		[2, 1],
		[1, 2],
	]);
	near(a + b, 0, 1e-12);
	const v = smallestEigenvector([
		[2, -1, 0],
		[-1, 2, -1],
		[0, -1, 2],
	]);
	near(Math.abs(v[1] / v[0]), Math.SQRT2, 1e-12);
	near(v[2], v[0], 1e-12);
	assert.deepEqual(smallestEigenvector([[5]]), [1]);
});

test("the most negative curvature is found among many, whatever its size beside the largest", async () => {
	for (const [least, n, products] of [
		[-5, 1000, 12],
		[-0.5, 100, 24],
		[0.25, 4, 6],
	]) {
		// A random rotation by Householder's reflection keeps the eigenvalues and hides the axes.
		const random = new Random(3);
		const u = Float64Array.from({ length: n }, () => random.normal());
		const size = Math.hypot(...u);
		const reflect = (v: ArrayLike<number>) => {
			let along = 0;
			for (let i = 0; i < n; i++) along += (u[i] / size) * v[i];
			return Float64Array.from({ length: n }, (_, i) => v[i] - (2 * along * u[i]) / size);
		};
		const eigenvalue = (i: number) => (i === 0 ? least : 1 + 9 * (i / n) ** 3);
		let taken = 0;
		const v = Float32Array.from({ length: n }, () => random.normal());
		const curvature = await mostNegative(
			async (x, out) => {
				taken++;
				out.set(reflect(reflect(x).map((c, i) => c * eigenvalue(i))));
			},
			v,
			products,
		);
		near(curvature, least, 0.01 * Math.abs(least));
		near(Math.abs(reflect(v)[0]), 1, 0.02);
		near(Math.hypot(...v), 1, 1e-4);
		assert.ok(taken <= products);
	}
});

for (const batchSize of ["full", 16] as const) {
	test(`Hessian of a linear regression, batch ${batchSize}: that of the formula, and the run is left as it was`, async () => {
		const l2 = 3;
		const prepared = await prepareRun(await kernels(), {
			dataset: { path: table },
			model: { layers: [] },
			batchSize,
			l2,
		});
		const { backend, table: data, start } = prepared;
		const { batchSize: batch, trainRows } =
			start.run.batchSize === 16 ? { ...start.run, ...start } : { ...start.run, ...start };
		const order = Uint32Array.from({ length: trainRows }, (_, i) => trainRows - 1 - i);
		if (batchSize === 16) backend.setOrder(order);
		backend.computeGradients(0, batch, l2);
		const [weights, gradients] = [backend.parameters.slice(), backend.gradients.slice()];

		const surface = new CostSurface(prepared, weights);
		assert.equal(surface.rows, batchSize === 16 ? 112 : 120);
		// J = mean (x w + b - y)^2 + l2 / (2 batch) w^2: H = 2 mean (x, 1)(x, 1)' + l2 / batch on the weights. Of 120 rows
		// 112 make whole mini-batches of 16.
		const rows = Array.from({ length: surface.rows }, (_, i) => (batchSize === 16 ? order[i] : i));
		const x = rows.map((row) => [...data.x.subarray(row * 3, row * 3 + 3), 1]);
		const H = [0, 1, 2, 3].map((r) =>
			[0, 1, 2, 3].map(
				(c) => (2 * x.reduce((sum, xi) => sum + xi[r] * xi[c], 0)) / x.length + (r === c && r < 3 ? l2 / batch : 0),
			),
		);
		// W1 lies at 0 to 2, b1 at 16.
		const places = [0, 1, 2, 16];
		const v = surface.direction(new Random(1));
		assert.ok(
			v.every((value, i) => (value !== 0) === places.includes(i)),
			"padding is no direction",
		);
		const size = Math.hypot(...v);
		for (let i = 0; i < v.length; i++) v[i] /= size;
		const out = new Float32Array(v.length);
		surface.hessianTimes(v, out);
		for (const r of [0, 1, 2, 3]) {
			near(
				out[places[r]],
				H[r].reduce((sum, h, c) => sum + h * v[places[c]], 0),
				2e-3,
			);
		}
		const w = places.map((i) => weights[i]);
		const cost = (d: number) => {
			const at = w.map((value, i) => value + d * v[places[i]]);
			const loss = rows.reduce(
				(sum, row, i) => sum + (x[i].reduce((z, xi, k) => z + xi * at[k], 0) - data.y[row]) ** 2,
				0,
			);
			return loss / rows.length + (l2 / (2 * batch)) * at.slice(0, 3).reduce((sum, value) => sum + value * value, 0);
		};
		for (const d of [0, 0.3, -0.7]) near(surface.at(d, v), cost(d), 1e-5);
		assert.deepEqual(backend.parameters, weights);
		assert.deepEqual(backend.gradients, gradients);
	});
}

test("the usual length of a net's weights is that of Xavier's samples", () => {
	near(usualLength([10, 20, 1]), Math.sqrt((2 * 200) / 30 + (2 * 20) / 21), 1e-12);
});
