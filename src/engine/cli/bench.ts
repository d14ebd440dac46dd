import { loadKernels } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import { BENCH_CASES, runCase } from "../tuning/bench.ts";
import { type Arguments, threadsOf } from "./arguments.ts";

/** `descent bench`: how fast the engine trains on this machine, a line a case. */
export async function benchCommand(args: Arguments, directory: string): Promise<number> {
	const { operands, json } = args;
	if (operands.length > 0) throw new InputError(`"descent bench" takes no file, but "${operands[0]}" was given.`);
	const threads = threadsOf(args);
	const kernels = await loadKernels(directory);
	if (!json) {
		console.log(`kernels ${kernels.build}`);
		console.log("net                    batch  threads   steps/s   GFLOP/s   share of peak");
	}
	for (const bench of BENCH_CASES) {
		const { costs: _, ...result } = runCase(kernels, bench, 2, threads);
		const { dims, batch, stepsPerSecond, gflops, shareOfPeak } = result;
		if (json) console.log(JSON.stringify(result));
		else {
			const figures = [
				dims.join("-").padEnd(20),
				String(batch).padStart(7),
				String(result.threads).padStart(8),
				stepsPerSecond.toFixed(stepsPerSecond < 100 ? 1 : 0).padStart(9),
				gflops.toFixed(1).padStart(9),
				shareOfPeak.toFixed(2).padStart(15),
			];
			console.log(figures.join(" "));
		}
	}
	return 0;
}
