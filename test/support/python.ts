/** Python for the tests of snippets: Debian's, with its packages of NumPy and PyTorch, or the one that is named. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { onPath } from "./vscode/chromium.ts";
import { run } from "./vscode/processes.ts";

/** DESCENT_PYTHON names another: one that has Keras, optax or a newer PyTorch, whose snippets then run too. */
const python = process.env.DESCENT_PYTHON ?? "/usr/bin/python3";

export interface PythonCase {
	name: string;
	body: string;
	/** with `after`, the case is run and not only parsed */
	setup?: string;
	after?: string;
}

export interface PythonCall {
	name: string;
	positional: number;
	keywords: Record<string, string | number | boolean | null>;
}

/** What run_snippets.py says of a case. */
export interface PythonOutcome {
	error?: string;
	result?: unknown;
	/** why the result says nothing in this Python */
	skip?: string;
	warnings?: string[];
	calls?: PythonCall[];
}

/** @returns why tests that need these modules cannot run, undefined when they can */
export function missingFromPython(modules: readonly string[]): string | undefined {
	const code = `import importlib.util as u; print(*[m for m in ${JSON.stringify(modules)} if u.find_spec(m) is None])`;
	const { status, stdout, error } = spawnSync(python, ["-c", code], { encoding: "utf8" });
	if (error || status !== 0) return `${python} does not run`;
	const missing = stdout.trim();
	return missing ? `${python} has no ${missing.replaceAll(" ", ", ")}` : undefined;
}

/** Runs or parses the cases in one process. */
export function runPython(cases: readonly PythonCase[]): PythonOutcome[] {
	const { status, stdout, stderr, error } = spawnSync(python, [join(import.meta.dirname, "run_snippets.py")], {
		input: JSON.stringify(cases),
		encoding: "utf8",
		maxBuffer: 1 << 28,
		// A thread more would take longer on such small nets. Keras computes with JAX unless told otherwise.
		env: { OMP_NUM_THREADS: "1", KERAS_BACKEND: "jax", JAX_PLATFORMS: "cpu", ...process.env },
	});
	if (error || status !== 0) throw new Error(`${python} ended with ${error ?? status}\n${stderr}`);
	return JSON.parse(stdout);
}

/** Installs Debian's packages where they are missing and may be installed. Without them those tests are skipped. */
export async function installPython(say: (line: string) => void = console.log): Promise<void> {
	const modules = ["numpy", "torch"];
	if (!missingFromPython(modules)) return;
	if (!process.env.DESCENT_PYTHON && process.getuid?.() === 0 && onPath(["apt-get"])) {
		say("Python: installing NumPy and PyTorch with apt-get");
		const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
		const packages = modules.map((name) => `python3-${name}`);
		const timeoutMs = 240_000;
		try {
			await run("apt-get", ["-q", "update"], { env, timeoutMs });
			await run("apt-get", ["-q", "-y", "install", "--no-install-recommends", ...packages], { env, timeoutMs });
		} catch (error) {
			say(`Python: apt-get could not (${String(error).split("\n", 1)})`);
		}
	}
	const missing = missingFromPython(modules);
	if (missing) say(`Python: ${missing}; tests of snippets that need them are skipped`);
}
