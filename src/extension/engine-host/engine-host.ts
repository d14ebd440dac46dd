import { type ChildProcess, fork } from "node:child_process";
import type {
	EngineFault,
	EngineMethod,
	EngineParams,
	EngineResult,
	EngineToHost,
	HostToEngine,
	RunEvent,
} from "../../engine/protocol/engine.ts";
import type { Translate } from "../translate.ts";

/** A call that the engine refused or could not answer; `fault.kind` "input" is the user's to mend. */
export class EngineError extends Error {
	readonly fault: EngineFault;
	constructor(fault: EngineFault) {
		super(fault.message);
		this.name = "EngineError";
		this.fault = fault;
	}
}

/** What the host itself refuses: one sentence that the user can act on. */
export function refusal(message: string): EngineError {
	return new EngineError({ kind: "input", message });
}

export interface EngineHostOptions {
	/** the engine's bundle */
	script: string;
	/** environment of the process, besides this one's */
	env?: () => Record<string, string>;
	/** milliseconds without calls or runs after which the process ends */
	idleMs: () => number;
	/** milliseconds in which a call must be answered; a control waits for the step that is under way */
	timeoutMs: () => number;
	/** bytes that what a call reads may take; undefined: half of what is free */
	memoryLimit?: () => number | undefined;
	/** puts what a person is told into the language of the window */
	t: Translate;
	log: { info(message: string): void; error(message: string): void };
	/** events of runs, in order; a run that the process took with it gets "failed" */
	onEvent: (runId: string, event: RunEvent) => void;
}

interface Pending {
	resolve: (result: never) => void;
	reject: (error: EngineError) => void;
	timer: NodeJS.Timeout;
	/** the run that begins when this call is answered */
	begins: string | undefined;
	/** gets the events of this run, or of what is called a run for it, until the answer */
	watched: { runId: string; watch: (event: RunEvent) => void } | undefined;
}

/** After this many unexpected ends within the window, no further process is started. */
const RESTART_CAP = 5;
const RESTART_WINDOW_MS = 10 * 60_000;

/**
 * Starts the engine's process when a call needs it, talks to it, and ends it when idle. Every call is settled: by its
 * answer, by the process's end, or by its time-out. A new process is never asked again what the old one was doing.
 */
export class EngineHost {
	private child: ChildProcess | undefined;
	private nextId = 1;
	private readonly pending = new Map<number, Pending>();
	private readonly activeRuns = new Set<string>();
	private idleTimer: NodeJS.Timeout | undefined;
	private readonly crashes: number[] = [];
	private readonly options: EngineHostOptions;

	constructor(options: EngineHostOptions) {
		this.options = options;
	}

	/** Starts the process ahead of the first call, so that both sides get ready at once. */
	warmUp(): void {
		if (!this.capReached()) this.process();
	}

	/** The process's id while there is one. */
	get pid(): number | undefined {
		return this.child?.pid;
	}

	/**
	 * @param watch gets what the call tells of itself before its answer; one that tells something is not given up
	 * @throws EngineError
	 */
	call<M extends EngineMethod>(
		method: M,
		params: EngineParams<M>,
		watch?: (event: RunEvent) => void,
	): Promise<EngineResult<M>> {
		if (this.capReached()) {
			const { t } = this.options;
			const message = t(
				"The engine's process ended {0} times within ten minutes; see Descent's log, then reload the window.",
				RESTART_CAP,
			);
			return Promise.reject(new EngineError({ kind: "internal", message }));
		}
		const id = this.nextId++;
		return new Promise((resolve, reject) => {
			const ms = this.options.timeoutMs();
			const timer = setTimeout(() => this.timeOut(id, method, ms), ms);
			const runId = "runId" in params ? params.runId : undefined;
			const begins = method === "train" || method === "continueRun" ? runId : undefined;
			const watched = watch && runId !== undefined ? { runId, watch } : undefined;
			this.pending.set(id, { resolve, reject, timer, begins, watched });
			this.watchIdle();
			const message = { type: "call", id, method, params, memoryLimit: this.options.memoryLimit?.() } as HostToEngine;
			this.process().send(message, (error) => {
				if (error)
					this.settle(id, {
						kind: "internal",
						message: this.options.t("The engine could not be reached: {0}", error.message),
					});
			});
		});
	}

	dispose(): void {
		clearTimeout(this.idleTimer);
		const child = this.child;
		this.child = undefined;
		child?.kill();
		this.abandon(this.options.t("Descent was shut down."));
	}

	private process(): ChildProcess {
		if (this.child) return this.child;
		const child = fork(this.options.script, [], {
			serialization: "advanced",
			stdio: ["ignore", "pipe", "pipe", "ipc"],
			// In desktop VS Code the extension host's executable is Electron; this makes it act as plain Node.
			env: { ...process.env, ...this.options.env?.(), ELECTRON_RUN_AS_NODE: "1" },
			execArgv: [],
		});
		this.child = child;
		this.options.log.info(`engine process ${child.pid} started`);
		child.stdout?.on("data", (chunk: Buffer) => this.options.log.info(String(chunk).trimEnd()));
		child.stderr?.on("data", (chunk: Buffer) => this.options.log.error(String(chunk).trimEnd()));
		child.on("message", (message) => {
			if (this.child === child) this.receive(message as EngineToHost);
		});
		child.on("error", (error) => this.ended(child, error.message));
		child.on("exit", (code, signal) => this.ended(child, signal ?? `exit code ${code}`));
		this.watchIdle();
		return child;
	}

	private receive(message: EngineToHost): void {
		switch (message.type) {
			case "result": {
				const call = this.take(message.id);
				if (call?.begins) this.activeRuns.add(call.begins);
				call?.resolve(message.result as never);
				break;
			}
			case "fault":
				this.settle(message.id, message.fault);
				break;
			case "event": {
				const { runId, event } = message;
				if (event.type === "done" || event.type === "failed") this.activeRuns.delete(runId);
				for (const { watched, timer } of this.pending.values()) {
					if (watched?.runId !== runId) continue;
					timer.refresh();
					watched.watch(event);
				}
				this.options.onEvent(runId, event);
				break;
			}
		}
		this.watchIdle();
	}

	private take(id: number): Pending | undefined {
		const call = this.pending.get(id);
		if (!call) return undefined;
		this.pending.delete(id);
		clearTimeout(call.timer);
		return call;
	}

	private settle(id: number, fault: EngineFault): void {
		this.take(id)?.reject(new EngineError(fault));
		this.watchIdle();
	}

	/** A process that does not answer is not trusted with another call: it ends, and takes its other calls with it. */
	private timeOut(id: number, method: EngineMethod, ms: number): void {
		const { t } = this.options;
		const message = t(
			"The engine gave no answer within {0} s and was ended; for a very large file or net raise the setting descent.engine.readSeconds.",
			ms / 1000,
		);
		this.settle(id, { kind: "input", message });
		const child = this.child;
		if (!child) return;
		this.ended(child, `no answer to "${method}"`);
		child.kill("SIGKILL");
	}

	private ended(child: ChildProcess, how: string): void {
		if (this.child !== child) return;
		this.child = undefined;
		this.crashes.push(Date.now());
		this.options.log.error(`engine process ${child.pid} ended unexpectedly (${how})`);
		this.abandon(this.options.t("The engine's process ended unexpectedly ({0}); run again to start a new one.", how));
	}

	/** Settles everything that the process can no longer answer. */
	private abandon(message: string): void {
		const fault: EngineFault = { kind: "input", message };
		for (const id of [...this.pending.keys()]) this.settle(id, fault);
		for (const runId of [...this.activeRuns]) this.options.onEvent(runId, { type: "failed", fault });
		this.activeRuns.clear();
	}

	private capReached(): boolean {
		const since = Date.now() - RESTART_WINDOW_MS;
		return this.crashes.filter((at) => at > since).length >= RESTART_CAP;
	}

	private watchIdle(): void {
		clearTimeout(this.idleTimer);
		if (!this.child || this.pending.size > 0 || this.activeRuns.size > 0) return;
		this.idleTimer = setTimeout(() => {
			const child = this.child;
			this.child = undefined;
			this.options.log.info(`engine process ${child?.pid} idle, ended`);
			child?.kill();
		}, this.options.idleMs());
	}
}
