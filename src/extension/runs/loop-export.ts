import { basename, dirname, join, parse } from "node:path";
import * as vscode from "vscode";
import type { LoopExport } from "../../engine/protocol/engine.ts";
import type { ExportLibrary } from "../../engine/protocol/run.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { cancellable } from "../engine-host/cancellable.ts";
import { EngineError, type EngineHost, refusal } from "../engine-host/engine-host.ts";
import { readingWords } from "./reading-words.ts";
import { activeRunFile, textOf } from "./run-files.ts";
import type { RunShelf } from "./run-shelf.ts";
import type { Session } from "./session.ts";
import type { Trainer } from "./trainer.ts";

/** Data over so many bytes is asked about before it is written. */
const LARGE_BYTES = 2 ** 26;

const libraries = (): (vscode.QuickPickItem & { library: ExportLibrary; ending: string })[] => [
	{ label: "PyTorch", description: "Python, torch.optim", library: "pytorch", ending: "py" },
	{
		label: "Keras",
		description: vscode.l10n.t("Python, Keras 3 with any backend"),
		library: "keras",
		ending: "py",
	},
	{ label: "TensorFlow.js", description: vscode.l10n.t("JavaScript for Node"), library: "tfjs", ending: "mjs" },
	{ label: "optax", description: "Python, JAX", library: "optax", ending: "py" },
];

/** What is to be written as a program. */
interface Meant {
	file: RunFile;
	/** of the run, where it has been made */
	name?: string;
	/** as the question names it */
	called: string;
}

const meantRun = (file: RunFile, name: string): Meant => ({ file, name, called: name });

/** Asks for a library and a place, and has the engine write a run there as a program. */
export class LoopExporter {
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly shelf: RunShelf;
	private readonly trainer: Trainer;
	private readonly log: vscode.LogOutputChannel;

	constructor(session: Session, engine: EngineHost, shelf: RunShelf, trainer: Trainer, log: vscode.LogOutputChannel) {
		this.session = session;
		this.engine = engine;
		this.shelf = shelf;
		this.trainer = trainer;
		this.log = log;
	}

	/**
	 * @param argument of a kept run in the list, or of a run in the panel; else the run file in the editor is meant, or, when
	 *   none is there, the panel's run
	 */
	async export(argument?: unknown): Promise<void> {
		let table = vscode.l10n.t("The table");
		try {
			const program = await this.meant(argument);
			const { file, called } = program;
			table = basename(file.dataset.path);
			const chosen = await vscode.window.showQuickPick(libraries(), {
				title: vscode.l10n.t("Export Loop as Code"),
				placeHolder: vscode.l10n.t("For which library to write {0}", called),
			});
			if (!chosen) return;
			const { library, ending, label } = chosen;
			const { name: stem } = parse(table.replace(/\.gz$/i, ""));
			const place = join(dirname(file.dataset.path), `${stem}-${library}.${ending}`);
			const output = await vscode.window.showSaveDialog({
				title: vscode.l10n.t("Save the Program for {0}; Its Data Goes Beside It", label),
				defaultUri: vscode.Uri.file(place),
				filters: { [label]: [ending] },
			});
			if (!output) return;
			const made = await this.write(program, library, output.fsPath);
			if (!made) return;
			// Not over the panel, which is beside.
			await vscode.window.showTextDocument(output, { viewColumn: vscode.ViewColumn.One });
			const [written, data] = [basename(made.program), basename(made.data)];
			const size = sizeWords(made.bytes);
			const words = vscode.l10n.t("{0} trains on {1} ({2}), which goes along.", written, data, size);
			void vscode.window.showInformationMessage(words);
		} catch (error) {
			if (error instanceof EngineError && error.fault.kind === "stopped") return;
			void vscode.window.showErrorMessage(this.trainer.problems.sentence(error, table));
		}
	}

	private async meant(argument: unknown): Promise<Meant> {
		const { folder, runId } = (argument ?? {}) as { folder?: string; runId?: string };
		const stored = folder && this.shelf.stored.find((run) => run.folder === folder);
		if (stored) return meantRun((await this.shelf.runFileOf(stored)).file, stored.name);
		const runFile = argument === undefined ? activeRunFile() : undefined;
		if (runFile) {
			const text = await textOf(runFile);
			const file = await this.engine.call("checkRunFile", { path: runFile.fsPath, text });
			return { file, called: basename(runFile.fsPath) };
		}
		const run = this.session.runs.find(({ view }) => view.id === runId) ?? this.session.shown;
		const { start, rateChanges, name = "" } = run?.view ?? {};
		if (!start) throw refusal(vscode.l10n.t("There is no run to export; run training, or open a run file."));
		return meantRun(await this.engine.call("runFileOf", { start, rateChanges: rateChanges ?? [] }), name);
	}

	/** @returns undefined when its data is too large for the user */
	private async write(program: Meant, library: ExportLibrary, output: string): Promise<LoopExport | undefined> {
		const made = await this.call(program, library, output, LARGE_BYTES);
		if (made.written) return made;
		const anyway = vscode.l10n.t("Write It");
		const question = vscode.l10n.t(
			"{0} takes {1}: the rows as they were prepared, and the first weights.",
			basename(made.data),
			sizeWords(made.bytes),
		);
		if ((await vscode.window.showWarningMessage(question, { modal: true }, anyway)) !== anyway) return undefined;
		return this.call(program, library, output);
	}

	private call({ file, name }: Meant, library: ExportLibrary, output: string, most?: number): Thenable<LoopExport> {
		const title = vscode.l10n.t("Writing {0}", basename(output));
		return cancellable(this.engine, this.log, title, (runId, progress) =>
			this.engine.call("exportLoop", { runId, file, name, library, output, most }, (event) => {
				if (event.type === "reading") progress.report({ message: readingWords(event) });
			}),
		);
	}
}

function sizeWords(bytes: number): string {
	return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
