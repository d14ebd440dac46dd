import * as vscode from "vscode";
import { LoopReader } from "./loop-reader.ts";

/** What documents show of the training loops in them. */
export class Editor implements vscode.Disposable {
	readonly reader: LoopReader;
	private readonly features: vscode.Disposable;

	constructor({ extensionUri }: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
		this.reader = new LoopReader(extensionUri, log);
		this.features = vscode.Disposable.from(this.reader);
	}

	dispose(): void {
		this.features.dispose();
	}
}
