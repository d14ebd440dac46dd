import { loadKernels } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import { BENCH_CASES, runCase } from "../tuning/bench.ts";
import type { Arguments } from "./flags.ts";

/** `descent bench`: how fast the engine trains on this machine, a line a case. */
export async function benchCommand({ operands, overrides, json }: Arguments, directory: string): Promise<number> {
	if (operands.length > 0 || Object.keys(overrides).length > 0) {
		throw new InputError('"descent bench" takes no file and no option but --json.');
	}
	const kernels = await loadKernels(directory);
	if (!json)
		console.log(
			`kernels ${kernels.build}, one thread\nnet                    batch   steps/s   GFLOP/s   share of peak`,
		);
	for (const bench of BENCH_CASES) {
		const { costs: _, ...result } = runCase(kernels, bench, 2);
		const { dims, batch, stepsPerSecond, gflops, shareOfPeak } = result;
		if (json) console.log(JSON.stringify(result));
		else {
			const figures = [
				dims.join("-").padEnd(20),
				String(batch).padStart(7),
				stepsPerSecond.toFixed(stepsPerSecond < 100 ? 1 : 0).padStart(9),
				gflops.toFixed(1).padStart(9),
				shareOfPeak.toFixed(2).padStart(15),
			];
			console.log(figures.join(" "));
		}
	}
	return 0;
}
