import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

// No word on standard error about faster backends.
tf.enableProdMode();

/** TensorFlow.js in plain JavaScript: the functions of `@tensorflow/tfjs-node` without its native library. */
export { tf };

/**
 * Puts a package named `@tensorflow/tfjs-node` into `folder`, as npm would: the same functions in plain JavaScript.
 * Like version 4.22.0, it needs a function that Node no longer has.
 * @param code instead of that, what the package runs
 */
export function installTensorflow(folder: string, code = EXPORTS): void {
	const place = join(folder, "node_modules/@tensorflow/tfjs-node");
	mkdirSync(place, { recursive: true });
	writeFileSync(join(place, "package.json"), '{ "name": "@tensorflow/tfjs-node", "main": "main.js" }');
	writeFileSync(join(place, "main.js"), code);
}

const EXPORTS = `
	const tf = require(${JSON.stringify(createRequire(import.meta.url).resolve("@tensorflow/tfjs"))});
	if (!require("util").isNullOrUndefined(null) || require("util").isNullOrUndefined(0)) throw new Error("util");
	tf.enableProdMode();
	module.exports = tf;
`;
