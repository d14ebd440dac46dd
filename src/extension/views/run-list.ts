import { basename } from "node:path";
import * as vscode from "vscode";
import type { RunPhase } from "../../engine/protocol/panel.ts";
import { COMMANDS, RUNS_VIEW } from "../ids.ts";
import type { StoredRun } from "../runs/kept-runs.ts";
import type { RunShelf } from "../runs/run-shelf.ts";
import { scoreWords } from "../runs/score-words.ts";
import type { Session } from "../runs/session.ts";

const ICONS: Record<RunPhase, [icon: string, colour?: string]> = {
	preparing: ["loading~spin"],
	running: ["loading~spin"],
	paused: ["debug-pause"],
	finished: ["pass", "testing.iconPassed"],
	stoppedEarly: ["pass", "testing.iconPassed"],
	stopped: ["stop-circle"],
	outOfTime: ["clockface"],
	diverged: ["flame", "testing.iconFailed"],
	interrupted: ["debug-disconnect", "list.warningForeground"],
	failed: ["error", "testing.iconFailed"],
};

function phaseWords(phase: RunPhase): string {
	return {
		preparing: vscode.l10n.t("preparing"),
		running: vscode.l10n.t("running"),
		paused: vscode.l10n.t("paused"),
		finished: vscode.l10n.t("finished"),
		stoppedEarly: vscode.l10n.t("stopped early"),
		stopped: vscode.l10n.t("stopped"),
		outOfTime: vscode.l10n.t("out of time"),
		diverged: vscode.l10n.t("diverged"),
		interrupted: vscode.l10n.t("interrupted"),
		failed: vscode.l10n.t("failed"),
	}[phase];
}

/** "Descent: Runs": the runs that are kept on disk, pinned ones first, then newest first. */
export class RunList implements vscode.TreeDataProvider<StoredRun> {
	private readonly shelf: RunShelf;
	private readonly session: Session;
	private readonly changed = new vscode.EventEmitter<void>();
	readonly onDidChangeTreeData = this.changed.event;
	readonly view: vscode.TreeView<StoredRun>;
	private readonly subscriptions: vscode.Disposable[];
	private listed = false;

	constructor(shelf: RunShelf, session: Session) {
		this.shelf = shelf;
		this.session = session;
		this.view = vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: this, canSelectMany: true });
		this.subscriptions = [
			shelf.onDidChange(() => {
				this.listed = true;
				this.changed.fire();
			}),
			this.view.onDidChangeVisibility(({ visible }) => visible && this.listed && void shelf.refresh()),
			vscode.workspace.onDidGrantWorkspaceTrust(() => void shelf.refresh()),
			vscode.workspace.onDidChangeWorkspaceFolders(() => void shelf.refresh()),
			...[this.view, this.changed],
		];
	}

	dispose(): void {
		vscode.Disposable.from(...this.subscriptions).dispose();
	}

	async getChildren(element?: StoredRun): Promise<StoredRun[]> {
		if (element) return [];
		if (!this.listed) await this.shelf.refresh();
		return this.shelf.stored;
	}

	/** A plain list; without this VS Code could reveal none of it. */
	getParent(): undefined {
		return undefined;
	}

	/** Selects a run in the list where that is seen: it may be another one by its folder, and keys mean what is selected. */
	async select(folder: string): Promise<void> {
		const stored = this.shelf.stored.find((run) => run.folder === folder);
		if (stored && this.view.visible) await this.view.reveal(stored, { select: true, focus: true });
	}

	getTreeItem(stored: StoredRun): vscode.TreeItem {
		const { name, folder, pinned, about } = stored;
		const phase = this.phaseOf(stored);
		const item = new vscode.TreeItem(name);
		const [icon, colour] = ICONS[phase];
		const figures = figuresOf(stored);
		item.id = folder;
		item.iconPath = new vscode.ThemeIcon(icon, colour ? new vscode.ThemeColor(colour) : undefined);
		const marks = [
			...(phase === "finished" ? [] : [phaseWords(phase)]),
			...this.dataOf(stored),
			...figures,
			...(pinned ? [vscode.l10n.t("pinned")] : []),
		];
		item.description = [...marks, when(about.begun)].join(" · ");
		item.tooltip = new vscode.MarkdownString(
			tooltip(
				stored,
				phase,
				this.shelf.shown(stored)?.view.iteration ?? stored.done?.iterations ?? stored.last?.iteration ?? 0,
			),
		);
		const state = this.shelf.goesOn(stored) ? "active" : phase === "interrupted" ? "ended interrupted" : "ended";
		item.contextValue = `run ${state}${pinned ? " pinned" : ""}`;
		item.accessibilityInformation = {
			label: [
				name,
				phaseWords(phase),
				...this.dataOf(stored),
				...figures,
				...(pinned ? [vscode.l10n.t("pinned")] : []),
			].join(", "),
		};
		item.command = { command: COMMANDS.openRun, title: vscode.l10n.t("Show Run in Panel"), arguments: [stored] };
		return item;
	}

	/** What a run learned from, where the listed ones differ in that: their figures cannot be compared. */
	private dataOf({ about }: StoredRun): string[] {
		const all = this.shelf.stored.map((stored) => stored.about.start.run.dataset);
		const { path, target } = about.start.run.dataset;
		return [
			...(all.some((other) => other.path !== path) ? [basename(path)] : []),
			...(all.some((other) => other.path === path && other.target !== target) ? [target] : []),
		];
	}

	/** This window's run is known better than by what is on disk. */
	private phaseOf(stored: StoredRun): RunPhase {
		const shown = this.shelf.shown(stored);
		return shown && shown === this.session.active ? shown.view.phase : stored.phase;
	}
}

/** What counts first: a narrow list cuts the rest. The figures of a diverged run say nothing. */
function figuresOf({ done, last }: StoredRun): string[] {
	if (done?.outcome === "diverged") return [vscode.l10n.t("step {0}", done.iterations)];
	const { devCost, ...scores } = done ?? last ?? {};
	const score = scoreWords(scores);
	return [
		...(score === undefined ? [] : [score]),
		...(devCost === undefined ? [] : [vscode.l10n.t("dev cost {0}", Number(devCost.toPrecision(3)))]),
	];
}

/** The time of a run of today, the day of an older one. */
function when(begun: string): string {
	const date = new Date(begun);
	const today = date.toDateString() === new Date().toDateString();
	const format: Intl.DateTimeFormatOptions = today ? { timeStyle: "short" } : { dateStyle: "medium" };
	return new Intl.DateTimeFormat(vscode.env.language, format).format(date);
}

function tooltip({ name, about }: StoredRun, phase: RunPhase, step: number): string {
	const { run, iterations } = about.start;
	const { t } = vscode.l10n;
	const { optimizer, decay, batchSize, epochs, seed } = run;
	const rows = [
		[t("Dataset"), `${run.dataset.path}, ${run.dataset.target}`],
		[t("Optimizer"), t("{0}, learning rate {1}, {2}", optimizer.name, optimizer.learningRate, decay.name)],
		[t("Mini-batch"), t("{0} rows, {1} epochs, seed {2}", batchSize, epochs, seed)],
		[t("Step"), t("{0} of {1}", step, iterations)],
		[t("Begun"), new Date(about.begun).toLocaleString(vscode.env.language)],
	];
	const lines = rows.map(([what, value]) => `| ${what} | ${escapeMarkdown(value)} |`);
	return `**${escapeMarkdown(name)}**: ${phaseWords(phase)}\n\n| | |\n|---|---|\n${lines.join("\n")}`;
}

function escapeMarkdown(text: string): string {
	return text.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, "\\$&");
}
