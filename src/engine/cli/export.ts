import { basename, resolve } from "node:path";
import { loadKernels } from "../backends/wasm/kernels.ts";
import { exportLoop } from "../export/index.ts";
import { InputError } from "../input-error.ts";
import { inBytes } from "../memory-limit.ts";
import type { ExportLibrary } from "../protocol/run.ts";
import type { RunFile } from "../protocol/run-file.ts";
import { type Arguments, memoryLimitOf } from "./arguments.ts";
import { commandLineCache } from "./cache.ts";
import { showReading } from "./terminal-report.ts";

/** Data of so many bytes is spoken of before it is written. */
const LARGE_BYTES = 2 ** 26;

/** `descent export`: a run as a program for another library, and its data. */
export async function exportCommand(file: RunFile, args: Arguments, directory: string): Promise<number> {
	const { library, output } = args.own;
	if (library === undefined || output === undefined) {
		throw new InputError('"descent export" wants --library NAME and -o OUT; "descent export --help" says how.');
	}
	const cache = commandLineCache();
	const request = {
		library: library as ExportLibrary,
		output: resolve(output as string),
		mayWrite(bytes: number, name: string) {
			if (bytes >= LARGE_BYTES) console.error(`${name} takes ${inBytes(bytes)}.`);
			return true;
		},
	};
	const made = await exportLoop(await loadKernels(directory), file, request, {
		memoryLimit: memoryLimitOf(args),
		folder: cache.folder,
		cache,
		progress: args.json ? undefined : showReading,
	});
	const { program, data, bytes } = made;
	console.log(
		args.json
			? JSON.stringify({ type: "done", program, data, bytes })
			: `\r${basename(program)} trains on ${basename(data)} (${inBytes(bytes)})`,
	);
	return 0;
}
