import { fileURLToPath } from "node:url";
import { type KernelModule, loadKernels } from "../../src/engine/backends/wasm/kernels.ts";

/** Where the build leaves what runs; `npm test` builds first. */
export const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

export function kernels(): Promise<KernelModule> {
	return loadKernels(DIST);
}
