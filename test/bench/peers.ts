// The engine beside PyTorch (Debian: python3-torch), the same nets and data in one run, as ratios. `npm run bench:peers`
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BENCH_CASES, CHECK_STEPS, runCase } from "../../src/engine/tuning/bench.ts";
import { kernels } from "../support/kernels.ts";

const SECONDS = 3;
const script = fileURLToPath(new URL("peers.py", import.meta.url));
const module = await kernels();
console.log(`engine: ${module.build}, one thread, node ${process.version}`);
console.log(
	"net                    batch   engine steps/s   share of peak   peer (its BLAS), its better thread count                 ratio",
);
for (const bench of BENCH_CASES) {
	const ours = runCase(module, bench, SECONDS);
	const args = [script, bench.dims.join("-"), String(bench.batch), String(SECONDS), String(CHECK_STEPS)];
	const lines = execFileSync("/usr/bin/python3", args, { encoding: "utf8" }).trim().split("\n");
	const peers = lines.map(
		(line) => JSON.parse(line) as { peer: string; threads: number; stepsPerSecond: number; costs: [number, number] },
	);
	const best = peers.reduce((a, b) => (b.stepsPerSecond > a.stepsPerSecond ? b : a));
	// Other random weights, the same task: both must have learned it about as far before their speed counts.
	for (const { costs } of [ours, ...peers]) {
		if (!(costs[1] < 0.9 * costs[0]) || costs[1] > 2 * ours.costs[1] + 0.05) {
			throw new Error(
				`${bench.name}: costs ${JSON.stringify([ours.costs, ...peers.map((p) => p.costs)])} do not agree`,
			);
		}
	}
	const columns = [
		bench.dims.join("-").padEnd(20),
		String(bench.batch).padStart(7),
		ours.stepsPerSecond.toFixed(1).padStart(16),
		ours.shareOfPeak.toFixed(2).padStart(15),
		`${best.peer}, ${best.threads}: ${best.stepsPerSecond.toFixed(1)}`.padStart(48),
		`${(ours.stepsPerSecond / best.stepsPerSecond).toFixed(2)}x`.padStart(10),
	];
	console.log(columns.join(" "));
}
