import * as vscode from "vscode";
import { hintsOf } from "../../analysis/index.ts";
import { config } from "../config.ts";
import { SELECTOR } from "./languages.ts";
import type { LoopReader } from "./loop-reader.ts";
import { dataOf, type TrainingRowsFinder } from "./training-rows.ts";

/** A few words after hyperparameters: what they come to in this run. */
export class Hints implements vscode.InlayHintsProvider, vscode.Disposable {
	private readonly reader: LoopReader;
	private readonly rows: TrainingRowsFinder;
	private readonly changed = new vscode.EventEmitter<void>();
	readonly onDidChangeInlayHints = this.changed.event;
	private readonly subscriptions: vscode.Disposable[];

	constructor(reader: LoopReader, rows: TrainingRowsFinder) {
		this.reader = reader;
		this.rows = rows;
		this.subscriptions = [
			this.changed,
			vscode.languages.registerInlayHintsProvider(SELECTOR, this),
			rows.onDidLearn(() => this.changed.fire()),
			vscode.workspace.onDidChangeConfiguration((change) => {
				if (change.affectsConfiguration("descent.inlayHints")) this.changed.fire();
			}),
		];
	}

	async provideInlayHints(
		document: vscode.TextDocument,
		range: vscode.Range,
		token: vscode.CancellationToken,
	): Promise<vscode.InlayHint[]> {
		if (!config.inlayHints(document.uri)) return [];
		const reading = await this.reader.read(document);
		if (!reading || token.isCancellationRequested) return [];
		return hintsOf(reading.facts, dataOf(this.rows.of(reading), reading)).flatMap(({ offset, text, tooltip }) => {
			const position = reading.rangeOf(document, { start: offset, end: offset })?.start;
			if (!position || !range.contains(position)) return [];
			const hint = new vscode.InlayHint(position, text);
			hint.tooltip = new vscode.MarkdownString(tooltip);
			hint.paddingLeft = true;
			return [hint];
		});
	}

	dispose(): void {
		vscode.Disposable.from(...this.subscriptions).dispose();
	}
}
