import * as vscode from "vscode";
import type { EngineHost } from "../engine-host/engine-host.ts";
import { Findings } from "./findings.ts";
import { Hints } from "./hints.ts";
import { Hovers } from "./hovers.ts";
import { Lenses } from "./lenses.ts";
import { LoopReader } from "./loop-reader.ts";
import { MemoryKnown } from "./memory-known.ts";
import { QuickFixes } from "./quick-fixes.ts";
import { TrainingRowsFinder } from "./training-rows.ts";

/** What documents show of the training loops in them. */
export class Editor implements vscode.Disposable {
	readonly reader: LoopReader;
	readonly rows: TrainingRowsFinder;
	readonly lenses: Lenses;
	readonly hints: Hints;
	private readonly features: vscode.Disposable;

	/** @param words as `setBundle` takes them, for the thread that reads texts */
	constructor(
		{ extensionUri }: vscode.ExtensionContext,
		words: string,
		engine: EngineHost,
		log: vscode.LogOutputChannel,
	) {
		this.reader = new LoopReader(extensionUri, words, log);
		this.rows = new TrainingRowsFinder(engine, log);
		const memory = new MemoryKnown();
		this.lenses = new Lenses(this.reader, this.rows, memory);
		this.hints = new Hints(this.reader, this.rows);
		this.features = vscode.Disposable.from(
			this.reader,
			this.rows,
			memory,
			this.lenses,
			this.hints,
			new Findings(this.reader),
			new QuickFixes(this.reader, (reading) => this.lenses.of(reading), extensionUri),
			new Hovers(this.reader, this.rows),
		);
	}

	dispose(): void {
		this.features.dispose();
	}
}
