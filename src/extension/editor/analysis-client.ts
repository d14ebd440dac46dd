import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Analysis, TextKind } from "../../analysis/index.ts";
import type { FromAnalysis, ThreadData, ToAnalysis } from "./analysis-thread.ts";

/** JavaScript's memory of the thread; a text of 1,000,000 characters takes less than half. */
const MOST_MEGABYTES = 512;

export interface ReadText {
	analysis: Analysis;
	/** true while the text does not parse: facts are then the last good ones, moved along with the edits */
	broken: boolean;
}

interface Waiting {
	resolve: (read: ReadText) => void;
	reject: (fault: Error) => void;
}

/** Reads texts by a thread, which begins with the first of them and again when it has failed. */
export class AnalysisClient {
	private readonly directory: string;
	private readonly words: string;
	private thread: Worker | undefined;
	private readonly waiting: Waiting[] = [];

	/**
	 * @param directory where the build left the thread's script and the grammars
	 * @param words the bundle of the language that findings are told in, as JSON
	 */
	constructor(directory: string, words = "{}") {
		this.directory = directory;
		this.words = words;
	}

	/**
	 * @param texts the one, or each cell of a notebook
	 * @throws Error when it could not be read, or the thread ended over it
	 */
	read(uri: string, kind: TextKind, texts: readonly string[]): Promise<ReadText> {
		this.thread ??= this.begin();
		this.thread.postMessage({ uri, kind, texts } satisfies ToAnalysis);
		return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
	}

	/** Frees what is held of a text. */
	forget(uri: string): void {
		this.thread?.postMessage({ uri, forget: true } satisfies ToAnalysis);
	}

	dispose(): void {
		const { thread } = this;
		if (thread) this.ended(thread, new Error("the extension was stopped"));
		void thread?.terminate();
	}

	private begin(): Worker {
		const thread = new Worker(join(this.directory, "analysis.cjs"), {
			workerData: { grammars: join(this.directory, "grammars"), words: this.words } satisfies ThreadData,
			resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
		});
		thread.on("message", (message: FromAnalysis) => {
			// What a thread that was stopped has still answered is not of those who wait now.
			if (this.thread !== thread) return;
			const asked = this.waiting.shift();
			if ("fault" in message) asked?.reject(new Error(message.fault));
			else asked?.resolve(message);
		});
		thread.on("error", (fault) => this.ended(thread, fault));
		thread.on("exit", (code) => this.ended(thread, new Error(`the thread that reads texts ended with code ${code}`)));
		return thread;
	}

	private ended(thread: Worker, fault: Error): void {
		if (this.thread !== thread) return;
		this.thread = undefined;
		for (const { reject } of this.waiting.splice(0)) reject(fault);
	}
}
