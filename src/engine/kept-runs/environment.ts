import { availableParallelism, cpus } from "node:os";
import type { RunEnvironment } from "../protocol/kept-run.ts";
import type { RunStart } from "../protocol/run.ts";

/** @param versions of what started the engine */
export function environmentOf(versions: Record<string, string>, { kernels }: RunStart): RunEnvironment {
	return {
		versions: { ...versions, node: process.versions.node, v8: process.versions.v8 },
		platform: process.platform,
		architecture: process.arch,
		processor: cpus()[0]?.model.trim() ?? "unknown",
		threads: availableParallelism(),
		kernels,
	};
}
