// Every optimizer with its parameters and presets follows the golden paths (test/golden/traces.py made them).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { optimizers } from "../../src/engine/optimizers/index.ts";
import type { Clip, DecayConfig, OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import { surface, surfaceNames } from "../../src/engine/tuning/surfaces.ts";
import { trace } from "../../src/engine/tuning/trace.ts";
import { kernels } from "../support/kernels.ts";

type Golden = { optimizer: OptimizerConfig; clip?: Clip; decay?: DecayConfig } & Record<string, [number, number][]>;

const folder = new URL("../golden/traces/", import.meta.url);
const goldens = readdirSync(folder).map((file) => ({
	name: file.replace(".json", ""),
	golden: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden,
}));

test("there is a golden path for every optimizer and every preset", () => {
	const names = new Set(goldens.map(({ golden }) => golden.optimizer.name));
	assert.deepEqual([...names].sort(), Object.keys(optimizers).sort());
});

for (const { name, golden } of goldens) {
	test(`golden paths: ${name}`, async () => {
		const { optimizer, clip, decay } = golden;
		for (const surfaceName of surfaceNames) {
			const path = golden[surfaceName];
			assert.equal(path.length, 61);
			const run = { optimizer, clip, decay, iterations: 60 };
			const points = trace(await kernels(), surface(surfaceName), path[0], run);
			for (const [i, [x, y]] of path.entries()) {
				const [px, py] = points[i].position;
				const error = Math.max(
					Math.abs(px - x) / Math.max(1, Math.abs(x)),
					Math.abs(py - y) / Math.max(1, Math.abs(y)),
				);
				assert.ok(error < 2e-4, `${surfaceName}, step ${i}: ${px}, ${py}, golden ${x}, ${y}`);
			}
		}
	});
}

// By hand, on J = w^2 / 2 from w = 1 with a 0.1: the figures in the optimizers' own comments.
const BY_HAND: [OptimizerConfig, number, number][] = [
	[{ name: "gradientDescent" }, 0.9, 0.81],
	[{ name: "momentum" }, 0.99, 0.9711],
	[{ name: "momentum", form: "classical" }, 0.9, 0.72],
	[{ name: "rmsprop", epsilon: 0 }, 0.683772, 0.49887],
	[{ name: "adagrad", epsilon: 0 }, 0.9, 0.833104],
	[{ name: "adam", epsilon: 0 }, 0.9, 0.800412],
	[{ name: "lion" }, 0.9, 0.8],
];
for (const [optimizer, first, second] of BY_HAND) {
	test(`by hand: ${JSON.stringify(optimizer)}`, async () => {
		const run = { optimizer: { ...optimizer, learningRate: 0.1 }, iterations: 2 };
		const points = trace(await kernels(), surface("bowl", 1, 1), [1, 0], run);
		assert.ok(Math.abs(points[1].position[0] - first) < 1e-6, `${points[1].position[0]}`);
		assert.ok(Math.abs(points[2].position[0] - second) < 1e-6, `${points[2].position[0]}`);
		assert.equal(points[2].position[1], 0, "a gradient of 0 takes no step, with an epsilon of 0 too");
	});
}

test("a classical momentum with a tenth of the rate takes the notes' path", async () => {
	const path = async (optimizer: OptimizerConfig) =>
		trace(await kernels(), surface("bowl"), [2, 1], { optimizer, iterations: 40 }).map((p) => p.position[0]);
	const notes = await path({ name: "momentum", learningRate: 0.1 });
	const classical = await path({ name: "momentum", form: "classical", learningRate: 0.01 });
	for (const [i, x] of notes.entries()) assert.ok(Math.abs(x - classical[i]) < 1e-5);
});

test("a path that leaves every bound ends at the first cost that is not finite", async () => {
	const run = { optimizer: { name: "gradientDescent", learningRate: 1 } as const, iterations: 500 };
	const points = trace(await kernels(), surface("rosenbrock"), [5, 5], run);
	assert.ok(points.length < 20);
	assert.ok(!Number.isFinite(points.at(-1)!.cost) && points.slice(0, -1).every((p) => Number.isFinite(p.cost)));
});
