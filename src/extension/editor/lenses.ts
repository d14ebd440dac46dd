import * as vscode from "vscode";
import { type BatchFix, BESIDE_ICON, type KnownTable, type Lens, lensesOf } from "../../analysis/index.ts";
import { config } from "../config.ts";
import { COMMANDS } from "../ids.ts";
import { isRunFile } from "../runs/run-files.ts";
import { SELECTOR } from "./languages.ts";
import type { LoopReader } from "./loop-reader.ts";
import type { LoopReading } from "./loop-reading.ts";
import type { MemoryKnown } from "./memory-known.ts";
import { workspaceEdit } from "./quick-fixes.ts";
import type { TrainingRows, TrainingRowsFinder } from "./training-rows.ts";

/** Lenses above mini-batch sizes and training loops. */
export class Lenses implements vscode.Disposable, vscode.CodeLensProvider {
	private readonly reader: LoopReader;
	private readonly rows: TrainingRowsFinder;
	private readonly memory: MemoryKnown;
	private readonly changed = new vscode.EventEmitter<void>();
	private readonly subscriptions: vscode.Disposable[];
	readonly onDidChangeCodeLenses = this.changed.event;

	constructor(reader: LoopReader, rows: TrainingRowsFinder, memory: MemoryKnown) {
		this.reader = reader;
		this.rows = rows;
		this.memory = memory;
		this.subscriptions = [
			this.changed,
			rows.onDidLearn(() => this.changed.fire()),
			memory.onDidLearn(() => this.changed.fire()),
			vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
			vscode.workspace.onDidChangeConfiguration((change) => {
				if (change.affectsConfiguration("descent.codeLens")) this.changed.fire();
			}),
			vscode.languages.registerCodeLensProvider(SELECTOR, this),
			vscode.commands.registerCommand(COMMANDS.mendBatchSize, mend),
		];
	}

	async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
		const reading = await this.reader.read(document);
		return (reading && this.of(reading))?.flatMap((lens) => this.shown(reading, document, lens)) ?? [];
	}

	/** @returns what is said of a text by now; nothing where lenses are turned off */
	of(reading: LoopReading): Lens[] {
		if (!config.codeLens(reading.uri)) return [];
		const found = this.rows.of(reading);
		return lensesOf(reading.facts, reading.text, {
			rows: found?.rows,
			from: wordsOf(found, reading),
			model: found?.model,
			runFile: isRunFile(reading.uri),
			memory: this.memory.now,
		});
	}

	dispose(): void {
		vscode.Disposable.from(...this.subscriptions).dispose();
	}

	private shown(reading: LoopReading, document: vscode.TextDocument, lens: Lens): vscode.CodeLens[] {
		const range = reading.rangeOf(document, lens.at);
		if (!range) return [];
		const training = lens.runs ? this.training(reading) : undefined;
		const finding = lens.batchSize === undefined ? undefined : this.finding(document, lens.batchSize);
		const words = lens.text ? said(reading, document, lens) : undefined;
		const commands = [training, words, finding].filter((command) => command !== undefined);
		return commands.map((command) => new vscode.CodeLens(range, command));
	}

	/** Tries mini-batch sizes and lets one be chosen. */
	private finding({ uri }: vscode.TextDocument, batchSize: number): vscode.Command | undefined {
		if (!vscode.workspace.isTrusted || uri.scheme === "untitled") return undefined;
		return {
			title: vscode.l10n.t("Find batch size"),
			tooltip: vscode.l10n.t(
				"Trains for some seconds with each power of two, and lets you choose one by its cost and its pace.",
			),
			command: COMMANDS.findBatchSize,
			arguments: [{ uri, batchSize }],
		};
	}

	/** Trains on the run file, or on the dataset that the text is about. */
	private training(reading: LoopReading): vscode.Command | undefined {
		if (!vscode.workspace.isTrusted) return undefined;
		const uri = isRunFile(reading.uri) ? reading.uri : this.rows.of(reading)?.uri;
		if (uri?.scheme !== "file") return undefined;
		return {
			title: `$(play)${BESIDE_ICON}${vscode.l10n.t("Run training")}`,
			tooltip: vscode.l10n.t("Trains with Descent's own engine on {0}.", vscode.workspace.asRelativePath(uri)),
			command: COMMANDS.trainOn,
			arguments: [uri],
		};
	}
}

/** What can be mended is mended by a click; the rest is plain text. */
function said(reading: LoopReading, { version }: vscode.TextDocument, { text, tooltip, fixes }: Lens): vscode.Command {
	if (fixes.length === 0) return { title: text, tooltip, command: "" };
	return { title: text, tooltip, command: COMMANDS.mendBatchSize, arguments: [reading, version, fixes] };
}

function wordsOf(found: TrainingRows | undefined, { facts }: LoopReading): string {
	const { t } = vscode.l10n;
	if (!found) {
		return t("m is not known: no dataset is named that can be read, and the workspace has not exactly one.");
	}
	const { dataset, from, table } = found;
	if (from === "text") {
		return dataset
			? t("m, the rows that train, is that of {0}.", dataset)
			: t("m, the rows that train, is what the text itself says.");
	}
	if (from === "runFile") return t("m, the rows that train, is the training part of {0}.", dataset!);
	const whole =
		facts.heldOut.length > 0
			? t("m, the rows that train, is what the code leaves of {0}, where it says how much.", dataset!)
			: table?.incomplete
				? t("m, the rows that train, is what the code leaves of {0}.", dataset!)
				: t("m, the rows that train, is all of {0}: rows that the code drops are not taken off.", dataset!);
	const unnamed = t("The text names no dataset; this is the workspace's only one.");
	return [whole, ...(table ? leftOutWords(table) : []), ...(from === "workspace" ? [unnamed] : [])].join(" ");
}

function leftOutWords({ rows, incomplete = 0, complete, target, targetless = 0 }: KnownTable): string[] {
	const { t } = vscode.l10n;
	const number = (n: number) => n.toLocaleString("en-US");
	return [
		...(incomplete > 0
			? [
					t(
						"{0} of {1} rows are left out, which have no value in {2}.",
						...[number(incomplete), number(rows), complete.join(", ")],
					),
				]
			: []),
		...(targetless > 0
			? [t("{0} rows have no {1} to learn: a run of Descent leaves them out.", number(targetless), target)]
			: []),
	];
}

/** Takes the fix, or the one that is chosen of several, unless the text has changed since. */
async function mend(reading: LoopReading, version: number, fixes: BatchFix[]): Promise<void> {
	const fix = fixes.length === 1 ? fixes[0] : await choose(fixes);
	const edit = fix && workspaceEdit(reading, fix.edits);
	const [uri] = edit?.entries()[0] ?? [];
	const document = reading.documents.find((part) => part.uri.toString() === uri?.toString());
	if (edit && document?.version === version) await vscode.workspace.applyEdit(edit);
}

async function choose(fixes: BatchFix[]): Promise<BatchFix | undefined> {
	const items = fixes.map((fix) => ({ label: fix.title, fix }));
	return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Mini-batch size") }))?.fix;
}
