import { createRequire } from "node:module";
import { join } from "node:path";
import { InputError } from "../../input-error.ts";
import type { Tensorflow } from "./network.ts";

const PACKAGE = "@tensorflow/tfjs-node";

/**
 * Loads TensorFlow from where the user has it installed.
 * @param folders absolute; `node_modules` of each and of those above it are looked through, in this order
 * @throws InputError when it is not installed or does not load
 */
export function loadTensorflow(folders: readonly string[]): Tensorflow {
	const load = createRequire(join(folders[0], "run.js"));
	let path: string;
	try {
		path = load.resolve(PACKAGE, { paths: [...folders] });
	} catch {
		throw new InputError(
			`The backend tensorflow needs ${PACKAGE}, which is not installed; run "npm install ${PACKAGE}" in ${folders[0]}, or choose the backend wasm.`,
		);
	}
	// Version 4.22.0 calls this function of Node's, which is gone since Node 23.
	load("node:util").isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
	// Else it writes to standard error which instructions of the processor it uses.
	process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
	try {
		return load(path);
	} catch (cause) {
		const why = (cause as Error).message.split("\n")[0].replace(/[. ]+$/, "");
		throw new InputError(
			`${path} does not load (${why}); install ${PACKAGE} again, with its install script allowed, or choose the backend wasm.`,
			{ cause },
		);
	}
}
