// The engine beside PyTorch (Debian: python3-torch) and TensorFlow.js on the same nets, weights, data and batches, all
// in one run, as ratios. `npm run bench:peers`
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initialize, parameterLayout } from "../../src/engine/model/network.ts";
import { Random } from "../../src/engine/training/random.ts";
import { encodeSafetensors, type Tensor } from "../../src/engine/training/safetensors.ts";
import { BENCH_CASES, type BenchCase, CHECK_STEPS, fillTable, ROWS, runCase } from "../../src/engine/tuning/bench.ts";
import { kernels } from "../support/kernels.ts";

const SECONDS = 3;
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** Each takes FILE DIMS BATCH SECONDS CHECK_STEPS besides, and prints a line of JSON for each way to run it. */
const PEERS: Record<string, string[]> = {
	PyTorch: ["/usr/bin/python3", program("peers.py")],
	"TensorFlow.js node": [process.execPath, program("tfjs.ts"), "node"],
	"TensorFlow.js wasm": [process.execPath, program("tfjs.ts"), "wasm"],
	"TensorFlow.js cpu": [process.execPath, program("tfjs.ts"), "cpu"],
};

/** What a peer prints. */
interface PeerLine {
	/** version and what else decides its speed */
	peer: string;
	/** 0: too slow to be timed */
	stepsPerSecond: number;
	/** of the first steps, up to CHECK_STEPS */
	costs: number[];
}

/** Writes table and initial weights of a case: every peer starts from them. */
function writeCase({ dims }: BenchCase, path: string): void {
	const { parameters, length } = parameterLayout(dims);
	const values = new Float32Array(length);
	initialize(values, parameters, "he", new Random(1));
	const x = new Float32Array(ROWS * dims[0]);
	const y = new Float32Array(ROWS);
	fillTable(x, y, dims[0], dims[dims.length - 1]);
	const tensors = new Map<string, Tensor>();
	tensors.set("x", { shape: [ROWS, dims[0]], data: x }).set("y", { shape: [ROWS, 1], data: y });
	for (const { name, rows, columns, offset } of parameters) {
		tensors.set(name, { shape: [rows, columns], data: values.slice(offset, offset + rows * columns) });
	}
	writeFileSync(path, encodeSafetensors(tensors, {}));
}

/** @returns what the peer printed, none when it is not installed */
function ask([command, ...given]: string[], { dims, batch }: BenchCase, path: string): PeerLine[] {
	const args = [...given, path, dims.join("-"), String(batch), String(SECONDS), String(CHECK_STEPS)];
	const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
	if (error || /No module named|ERR_MODULE_NOT_FOUND|is not installed|does not load/.test(stderr)) return [];
	if (status !== 0) throw new Error(`${given}: ${stderr}`);
	const lines = stdout.trim().split("\n");
	return lines.map((line) => JSON.parse(line));
}

const folder = mkdtempSync(join(tmpdir(), "descent-peers-"));
const module = await kernels();
console.log(`engine: ${module.build}, node ${process.version}`);
try {
	for (const bench of BENCH_CASES) {
		const path = join(folder, `${bench.name}.safetensors`);
		writeCase(bench, path);
		const ours = runCase(module, bench, SECONDS);
		console.log(
			`${bench.dims.join("-")}, batch ${bench.batch}, threads: ${ours.threads}: ` +
				`${ours.stepsPerSecond.toFixed(1)} steps/s, ${ours.shareOfPeak.toFixed(2)} of peak`,
		);
		for (const [name, command] of Object.entries(PEERS)) {
			const lines = ask(command, bench, path);
			// The same weights, data and batches: who does not compute the same costs is not to be compared.
			for (const { peer, costs } of lines) {
				for (const [t, cost] of costs.entries()) {
					if (Math.abs(cost - ours.costs[t]) <= 1e-3 * ours.costs[t]) continue;
					throw new Error(`${name} ${peer}: cost ${cost} of step ${t + 1}, the engine has ${ours.costs[t]}`);
				}
			}
			if (lines.length === 0) {
				console.log(`  ${name}: missing`);
				continue;
			}
			const { peer, stepsPerSecond, costs } = lines.reduce((a, b) => (b.stepsPerSecond > a.stepsPerSecond ? b : a));
			const result =
				stepsPerSecond > 0
					? `${stepsPerSecond.toFixed(1).padStart(9)} steps/s ${`${(ours.stepsPerSecond / stepsPerSecond).toFixed(2)}x`.padStart(9)}`
					: "  not timed: a step takes seconds";
			console.log(`  ${`${name} ${peer}`.padEnd(48)}${result}  (${costs.length} costs agree)`);
		}
	}
} finally {
	rmSync(folder, { recursive: true });
}
