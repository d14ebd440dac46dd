import { dirname, isAbsolute, resolve } from "node:path";
import * as vscode from "vscode";
import {
	completeColumns,
	type Data,
	type DatasetFact,
	inNames,
	type KnownTable,
	type TableFact,
	tableFact,
} from "../../analysis/index.ts";
import type { DatasetSummary } from "../../engine/protocol/dataset.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { EngineError, type EngineHost } from "../engine-host/engine-host.ts";
import { datasetOf, findDatasets } from "../runs/datasets.ts";
import { isRunFile, textOf } from "../runs/run-files.ts";
import type { LoopReading } from "./loop-reading.ts";

/** How many rows a loop trains on, as far as text and disk tell. */
export interface TrainingRows {
	/** m */
	rows: number;
	/** as a person names it: "data/table.csv", "MNIST"; absent for data that has no name */
	dataset?: string;
	/**
	 * "text": the program itself says so, or its library's collection always has as many; "runFile": the training part;
	 * "file": all rows of the file that the program names; "workspace": of the only dataset, which the program does not name
	 */
	from: "text" | "runFile" | "file" | "workspace";
	/** the file on the disk */
	uri?: vscode.Uri;
	/** of a run file: what the dataset makes of the model */
	model?: { features: number; outputs: number };
	/** of a file that the program reads: with the target that the program names, where the file has it */
	table?: KnownTable;
}

/** @returns what hints and hovers are told of the data; of a run file these are the training rows already */
export function dataOf(found: TrainingRows | undefined, { facts }: LoopReading): Data | undefined {
	// A variable that is called batch_size may cut anything: that the workspace has one dataset says nothing of it.
	const named = facts.batchSizes.every(({ where }) => where === "variable");
	if (!found || (found.from === "workspace" && named)) return undefined;
	return { rows: found.rows, ...(found.uri && { name: found.dataset }) };
}

/** The disk is asked again no sooner than this whether a file has changed. */
const CHECK_AFTER_MS = 3000;
const MOST_ANSWERS = 100;

interface Question {
	where: () => Promise<Place | undefined>;
	/** what the text takes of the table */
	table?: TableFact;
}

/** What was found for a question such as "train.csv, named in this folder". */
interface Answer {
	/** as it is by now */
	asked: Question;
	/** true while it has not been answered as it is by now */
	isOpen: boolean;
	rows?: TrainingRows;
	/** path, size and time of the file that was looked into, and what was asked of it */
	file?: string;
	checked: number;
	asking: boolean;
}

/**
 * Finds out m. Files are looked into by the engine, one after the other, again only when they have changed, and nobody
 * waits for it: what is not known yet is undefined, and `onDidLearn` tells when it is.
 */
export class TrainingRowsFinder implements vscode.Disposable {
	private readonly engine: EngineHost;
	private readonly log: vscode.LogOutputChannel;
	private readonly answers = new Map<string, Answer>();
	private readonly learned = new vscode.EventEmitter<void>();
	readonly onDidLearn = this.learned.event;
	private readonly looked = new vscode.EventEmitter<void>();
	private queue: Promise<void> = Promise.resolve();
	private disposed = false;

	constructor(engine: EngineHost, log: vscode.LogOutputChannel) {
		this.engine = engine;
		this.log = log;
	}

	/** @returns m of what a text trains on, as far as it is known by now */
	of(reading: LoopReading): TrainingRows | undefined {
		const { facts, uri } = reading;
		const counted = new Set(facts.batchSizes.flatMap(({ role, rows }) => (role === "train" && rows ? [rows] : [])));
		const named = namedDataset(facts.datasets);
		const { isTrusted } = vscode.workspace;
		const file = named?.kind === "file" && named.name;
		const found =
			file && isTrusted && !isRunFile(uri)
				? this.ask(`${uri} ${file}`, () => find(uri, file), tableFact(facts, file))
				: undefined;
		if (counted.size === 1)
			return { rows: [...counted][0], dataset: named?.name, from: "text", ...(found && { uri: found.uri }) };
		if (named?.rows !== undefined) return { rows: named.rows, dataset: named.name!, from: "text" };
		if (!isTrusted) return undefined;
		if (isRunFile(uri)) return this.ask(`run ${uri} ${named?.name}`, () => this.ofRunFile(uri));
		if (named) return found;
		return facts.loops.length + facts.batchSizes.length > 0 ? this.ask("workspace", onlyDataset) : undefined;
	}

	/** @returns as `of`, but once every question was answered that is new, or asks for something new */
	async settled(reading: LoopReading): Promise<TrainingRows | undefined> {
		let rows = this.of(reading);
		while ([...this.answers.values()].some(({ isOpen }) => isOpen)) {
			await new Promise<void>((resolve) => {
				const looked = this.looked.event(() => {
					looked.dispose();
					resolve();
				});
			});
			rows = this.of(reading);
		}
		return rows;
	}

	/** True when every question so far has its answer. */
	get idle(): boolean {
		return [...this.answers.values()].every(({ asking }) => !asking);
	}

	dispose(): void {
		this.disposed = true;
		this.learned.dispose();
		this.looked.dispose();
	}

	/** @param table what the text takes of it: when that changes, rows are counted anew, and the old ones stay meanwhile */
	private ask(question: string, where: Question["where"], table?: TableFact): TrainingRows | undefined {
		let answer = this.answers.get(question);
		if (!answer) {
			answer = { asked: { where }, checked: Number.NEGATIVE_INFINITY, asking: false, isOpen: true };
			this.answers.set(question, answer);
			const [first] = this.answers.keys();
			if (this.answers.size > MOST_ANSWERS) this.answers.delete(first);
		}
		answer.isOpen ||= JSON.stringify(table) !== JSON.stringify(answer.asked.table);
		answer.asked = { where, table };
		if (!answer.asking) this.lookSoon(answer);
		return answer.rows;
	}

	private lookSoon(answer: Answer): void {
		answer.asking = true;
		const wait = answer.isOpen ? 0 : Math.max(0, answer.checked + CHECK_AFTER_MS - performance.now());
		setTimeout(() => {
			this.queue = this.queue.then(() => this.look(answer));
		}, wait);
	}

	private async look(answer: Answer): Promise<void> {
		if (this.disposed) return;
		const before = answer.rows;
		const { where, table } = answer.asked;
		try {
			const place = await where();
			const stat = place && (await vscode.workspace.fs.stat(place.uri));
			const file = place && JSON.stringify([place.uri.fsPath, stat!.size, stat!.mtime, place.choice, table]);
			if (file !== answer.file) {
				answer.file = file;
				// A file that is no table has no m. Its person sees why when it is trained on.
				answer.rows = place && (await this.rowsIn(place, table).catch((error) => this.say(error)));
			}
		} catch (error) {
			// A run file that is being written keeps its last m, a file that is gone has none.
			if (!(error instanceof EngineError)) answer.rows = answer.file = undefined;
			this.say(error);
		}
		answer.asking = false;
		answer.checked = performance.now();
		answer.isOpen = JSON.stringify(table) !== JSON.stringify(answer.asked.table);
		if (answer.isOpen) this.lookSoon(answer);
		this.looked.fire();
		if (!this.disposed && JSON.stringify(before) !== JSON.stringify(answer.rows)) this.learned.fire();
	}

	private say(error: unknown): undefined {
		const expected =
			error instanceof vscode.FileSystemError || (error instanceof EngineError && error.fault.kind === "input");
		if (!expected && !this.disposed) this.log.warn(`The rows of a dataset could not be counted: ${error}`);
	}

	private async rowsIn({ uri, from, choice }: Place, fact: TableFact | undefined): Promise<TrainingRows> {
		const path = uri.fsPath;
		const summary = await this.engine.call("inspect", { path, ...choice });
		const dataset = datasetOf(uri).label;
		if (from !== "runFile") {
			const table = await this.knownTable(path, summary, fact);
			return { rows: table.rows - (table.incomplete ?? 0), dataset, from, uri, table };
		}
		const { split } = choice ?? {};
		const share = 1 - (split?.dev ?? 0.2) - (split?.test ?? 0);
		const all = summary.rows - (summary.droppedRows ?? 0);
		const rows = summary.parts?.train ?? Math.round(all * share);
		const outputs = summary.task === "multiclass" ? (summary.classes?.length ?? 1) : 1;
		return { rows, dataset, from, uri, model: { features: summary.features, outputs } };
	}

	/** @param found of the table without a word on it */
	private async knownTable(path: string, found: DatasetSummary, taken: TableFact | undefined): Promise<KnownTable> {
		const columns = found.columns.map(({ name }) => name);
		const fact = taken && inNames(taken, columns);
		const target = fact?.target !== undefined && columns.includes(fact.target) ? fact.target : found.target;
		const complete = fact && completeColumns(fact, found.columns);
		const asked = { target, ...(complete?.length ? { complete } : {}) };
		// A column that cannot be a target keeps nobody from counting rows: its run says why.
		const summary =
			target === found.target && !asked.complete
				? found
				: await this.engine.call("inspect", { path, ...asked }).catch((error) => this.say(error));
		// Of a table that is large beside the memory only the first rows are looked at.
		const certain = complete && (complete.length === 0 || summary?.parts);
		return {
			columns,
			...learnedOf({ ...(summary ?? found), target }),
			rows: found.rows,
			complete: certain ? complete : [],
			...(certain ? { incomplete: summary?.incompleteRows ?? 0 } : {}),
			targetless: complete?.includes(target) ? 0 : (summary ?? found).targetlessRows,
		};
	}

	private async ofRunFile(uri: vscode.Uri): Promise<Place | undefined> {
		const { dataset } = await this.engine.call("checkRunFile", { path: uri.fsPath, text: await textOf(uri) });
		const { path, ...choice } = dataset;
		return { uri: vscode.Uri.file(path), from: "runFile", choice };
	}
}

/** Where the rows are to be counted. */
interface Place {
	uri: vscode.Uri;
	from: TrainingRows["from"];
	choice?: Omit<RunFile["dataset"], "path">;
}

/** @returns the column that is learned, and what it is */
export function learnedOf({ columns, target, task, otherTask, classes }: DatasetSummary) {
	const { kind, distinct } = columns.find(({ name }) => name === target)!;
	return { target, task, otherTask, numbers: kind === "numeric", classes: classes?.length ?? distinct };
}

const SET_ASIDE = /(^|[^a-z])(val|valid|validation|test|eval|dev)(?![a-z])/i;

/** @returns the dataset that a program trains on: not one that is called a test set, if there is another */
export function namedDataset(datasets: readonly DatasetFact[]): DatasetFact | undefined {
	const named = datasets.filter(({ name }) => name !== undefined);
	return (
		named.find(({ name }) => /train/i.test(name!)) ??
		named.find(({ name }) => !SET_ASIDE.test(name!)) ??
		named[0] ??
		datasets[0]
	);
}

/** A path in a program counts from where the program runs: beside it, or in the workspace. */
async function find(uri: vscode.Uri, name: string): Promise<Place | undefined> {
	if (/^\w[\w+.-]+:/.test(name) && !/^[a-z]:[\\/]/i.test(name)) return undefined;
	const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
	const own = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
	const bases = [...(uri.scheme === "file" ? [dirname(uri.fsPath)] : []), ...(own ? [own] : []), ...folders];
	for (const path of new Set(isAbsolute(name) ? [name] : bases.map((base) => resolve(base, name)))) {
		const found = vscode.Uri.file(path);
		const stat = await Promise.resolve(vscode.workspace.fs.stat(found)).catch(() => undefined);
		if (stat && stat.type & vscode.FileType.File) return { uri: found, from: "file" };
	}
	return undefined;
}

async function onlyDataset(): Promise<Place | undefined> {
	const found = await findDatasets();
	return found.length === 1 ? { uri: found[0].uri, from: "workspace" } : undefined;
}
