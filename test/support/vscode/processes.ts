/** Child processes that never outlive the script that started them. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** The environment of every child: the Node that runs this script is the `node` that they find. */
export function childEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
	return { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), ...extra };
}

const groups = new Set<number>();
const folders = new Set<string>();

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
	try {
		process.kill(process.platform === "win32" ? pid : -pid, signal);
		return true;
	} catch {
		return false;
	}
}

// The last resort, for a script that ends by process.exit or an uncaught error.
process.on("exit", () => {
	for (const pid of groups) signalGroup(pid, "SIGKILL");
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Makes Ctrl-C and a polite kill go through "exit", so that what was started ends too. */
export function exitOnSignals(): void {
	for (const [signal, code] of [
		["SIGINT", 130],
		["SIGTERM", 143],
		["SIGHUP", 129],
	] as const) {
		// Not `once`: a second signal must not end the process before its exit handlers are through.
		process.on(signal, () => process.exit(code));
	}
}

export interface Service {
	child: ChildProcess;
	/** everything it wrote so far, the last 200,000 characters */
	output(): string;
	/** resolves with the first match in its output; rejects when it ends first or takes too long */
	waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
	ended: Promise<void>;
	/** ends the process and everything that it started */
	stop(): Promise<void>;
}

/** Starts a long-lived process as the leader of its own group. */
export function startService(command: string, args: string[], options: SpawnOptions = {}): Service {
	const child = spawn(command, args, {
		env: childEnvironment(),
		...options,
		stdio: ["ignore", "pipe", "pipe"],
		detached: process.platform !== "win32",
	});
	const pid = child.pid;
	if (pid) groups.add(pid);
	let text = "";
	const listeners = new Set<() => void>();
	const notify = () => {
		for (const listener of listeners) listener();
	};
	const collect = (chunk: Buffer) => {
		text = (text + chunk.toString()).slice(-200_000);
		notify();
	};
	child.stdout?.on("data", collect);
	child.stderr?.on("data", collect);
	const ended = new Promise<void>((resolve) => {
		child.once("close", () => resolve());
		child.once("error", (error) => {
			text += String(error);
			resolve();
		});
	});
	let over = false;
	void ended.then(() => {
		over = true;
		notify();
	});

	return {
		child,
		output: () => text,
		ended,
		waitFor: (pattern, timeoutMs) =>
			new Promise((resolve, reject) => {
				const timer = setTimeout(
					() => settle(new Error(`no ${pattern} within ${timeoutMs} ms in:\n${text}`)),
					timeoutMs,
				);
				const settle = (outcome: RegExpExecArray | Error) => {
					clearTimeout(timer);
					listeners.delete(check);
					if (outcome instanceof Error) reject(outcome);
					else resolve(outcome);
				};
				const check = () => {
					const match = pattern.exec(text);
					if (match) settle(match);
					else if (over) settle(new Error(`${command} ended with ${child.exitCode ?? child.signalCode}:\n${text}`));
				};
				listeners.add(check);
				check();
			}),
		async stop() {
			if (!pid) return;
			signalGroup(pid, "SIGTERM");
			const force = setTimeout(() => signalGroup(pid, "SIGKILL"), 4000);
			await ended;
			clearTimeout(force);
			// The leader may have gone before its children: they share its group.
			signalGroup(pid, "SIGKILL");
			groups.delete(pid);
		},
	};
}

export interface RunOptions extends SpawnOptions {
	/** show what it writes instead of keeping it for the error message */
	show?: boolean;
	timeoutMs?: number;
}

/** Runs a command to its end; rejects with its output when it fails. Resolves with its standard output. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
	const { show, timeoutMs, ...spawnOptions } = options;
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			env: childEnvironment(),
			...spawnOptions,
			stdio: show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
			timeout: timeoutMs,
		});
		let out = "";
		let all = "";
		child.stdout?.on("data", (chunk: Buffer) => {
			out += chunk;
			all += chunk;
		});
		child.stderr?.on("data", (chunk: Buffer) => {
			all += chunk;
		});
		child.once("error", reject);
		child.once("close", (code, signal) => {
			if (code === 0) resolve(out);
			else reject(new Error(`${command} ${args.join(" ")}: ended with ${code ?? signal}\n${all.slice(-4000)}`));
		});
	});
}

/** Runs npm without a shell: under `npm run`, the very npm that runs us. */
export function npm(args: string[], options: RunOptions = {}): Promise<string> {
	const script = process.env.npm_execpath;
	return script?.endsWith(".js") ? run(process.execPath, [script, ...args], options) : run("npm", args, options);
}

/** A folder for the life of this process. */
export async function temporaryFolder(name: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), `descent-${name}-`));
	folders.add(folder);
	return folder;
}

export async function removeFolder(folder: string): Promise<void> {
	folders.delete(folder);
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
