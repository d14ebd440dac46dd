import * as vscode from "vscode";
import type { DatasetSummary } from "../../engine/protocol/dataset.ts";
import type { HostToPanel, PanelToHost, RangeTest } from "../../engine/protocol/panel.ts";
import { COMMANDS, PANEL_VIEW } from "../ids.ts";
import type { Run, Session } from "../runs/session.ts";
import type { Trainer } from "../runs/trainer.ts";
import { openRows, saveFile } from "./panel-files.ts";
import { panelMessage } from "./panel-message.ts";
import { PanelStream } from "./panel-stream.ts";

/**
 * The panel beside the editor. It holds nothing: the session does, and everything is sent again whenever the webview
 * says that it is ready (after hiding, moving, or a reload of the window).
 */
export class Panel implements vscode.WebviewPanelSerializer {
	private panel: vscode.WebviewPanel | undefined;
	private ready = false;
	/** told when a panel of before has its runs again, or is gone */
	private drawn = () => {};
	private stateQueued = false;
	/** of the average that smooths curves in the webview */
	private beta = 0.98;
	/** the summary and the range test that the webview has */
	private sent: DatasetSummary | undefined;
	private sentRange: RangeTest | undefined;
	private readonly extensionUri: vscode.Uri;
	private readonly session: Session;
	private readonly trainer: Trainer;
	private readonly stream = new PanelStream((message) => this.post(message));
	private readonly subscriptions: vscode.Disposable[];
	private readonly firstPoint = new vscode.EventEmitter<string>();
	/** A run's first points have been drawn. */
	readonly onDidDrawFirstPoint = this.firstPoint.event;
	private readonly opened = new vscode.EventEmitter<void>();
	/** There is a panel where there was none, or it may show more. */
	readonly onDidOpen = this.opened.event;

	constructor(extensionUri: vscode.Uri, session: Session, trainer: Trainer) {
		this.extensionUri = extensionUri;
		this.session = session;
		this.trainer = trainer;
		this.subscriptions = [
			session.onDidChange(() => {
				this.stream.keepOnly(session.runs);
				this.queueState();
			}),
			session.onDidStep((run) => this.ready && !run.arriving && this.stream.grown(run)),
			session.onDidArrive((run) => {
				if (this.ready) void this.stream.whole(run, this.beta);
				else this.stream.prepare(run, this.beta);
			}),
			session.onDidPreviewRates((preview) => this.post({ type: "rates", preview })),
			vscode.workspace.onDidGrantWorkspaceTrust(() => {
				void this.trainer.lookAround();
				if (this.panel) this.opened.fire();
			}),
			...[this.firstPoint, this.opened],
		];
	}

	/** Shows the panel, never over the text that is being edited. */
	show(): void {
		const { Beside } = vscode.ViewColumn;
		if (this.panel) {
			const over = this.panel.viewColumn === vscode.window.activeTextEditor?.viewColumn;
			this.panel.reveal(over ? Beside : undefined, true);
			return;
		}
		const column = { viewColumn: Beside, preserveFocus: true };
		this.adopt(vscode.window.createWebviewPanel(PANEL_VIEW, "Descent", column));
	}

	async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
		// A tab that stayed hidden after a reload is revived when it is shown; by then there may be a new panel.
		if (this.panel) return panel.dispose();
		const drawn = new Promise<void>((resolve) => {
			this.drawn = resolve;
		});
		this.adopt(panel);
		// VS Code shows the panel when this here has settled: what looks around is not waited for.
		void this.trainer.lookAround(drawn);
	}

	dispose(): void {
		this.panel?.dispose();
		for (const subscription of this.subscriptions) subscription.dispose();
	}

	private adopt(panel: vscode.WebviewPanel): void {
		this.panel = panel;
		this.ready = false;
		const root = vscode.Uri.joinPath(this.extensionUri, "dist", "webview");
		panel.webview.options = { enableScripts: true, localResourceRoots: [root] };
		const icon = (theme: string) => vscode.Uri.joinPath(this.extensionUri, "media", `panel-${theme}.svg`);
		panel.iconPath = { light: icon("light"), dark: icon("dark") };
		panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
		panel.onDidChangeViewState(() => {
			// A hidden webview is destroyed; the one that is shown next says "ready" again.
			if (!panel.visible) this.gone();
		});
		panel.onDidDispose(() => {
			if (this.panel === panel) this.panel = undefined;
			this.gone();
		});
		panel.webview.html = html(panel.webview, root);
		this.opened.fire();
	}

	private gone(): void {
		this.ready = false;
		this.stream.reset();
		this.drawn();
	}

	private receive(message: unknown): void {
		const valid = panelMessage(message);
		if (valid) this.act(valid);
	}

	private act(message: PanelToHost): void {
		const { session, trainer } = this;
		switch (message.type) {
			case "ready":
				this.beta = message.beta;
				void this.sendAll();
				break;
			case "command":
				// What acts on a run acts on the one that is shown.
				void vscode.commands.executeCommand(COMMANDS[message.command], {
					chosen: true,
					runId: session.shown?.view.id,
				});
				break;
			case "form":
				void trainer.changeForm(message.patch);
				break;
			case "dataset":
				void trainer.choose(message.path);
				break;
			case "runFile":
				void trainer.chooseRunFile(message.path);
				break;
			case "target":
				void trainer.chooseTarget(message.target);
				break;
			case "task":
				void trainer.chooseTask(message.task);
				break;
			case "column":
				void trainer.chooseColumn(message.name, message.change);
				break;
			case "visible": {
				const run = session.runs.find((r) => r.view.id === message.runId);
				if (run) session.draw(run, message.visible);
				break;
			}
			case "show": {
				const run = session.runs.find((r) => r.view.id === message.runId);
				if (run) void trainer.show(run);
				break;
			}
			case "use": {
				const run = session.runs.find((r) => r.view.id === message.runId);
				if (run) void trainer.useHyperparameters(run);
				break;
			}
			case "closeRange":
				session.showRange(undefined);
				break;
			case "changeRate":
				void trainer.changeRate(message.runId, message.request);
				break;
			case "copy":
				void vscode.env.clipboard.writeText(message.text);
				break;
			case "save":
				void saveFile(message.name, message.content, session.dataset?.uri);
				break;
			case "openRows": {
				const run = session.runs.find((r) => r.view.id === message.runId);
				const { summary } = session;
				const plain = summary?.path === run?.dataset.uri.fsPath && summary?.header === false;
				if (run) void openRows(run.dataset.uri, message.rows, !plain);
				break;
			}
			case "firstPoint":
				this.firstPoint.fire(message.runId);
				break;
		}
	}

	/** What is to be seen goes first. */
	private async sendAll(): Promise<void> {
		this.ready = true;
		this.sent = undefined;
		this.sentRange = undefined;
		this.stream.reset();
		const runs = this.session.runs.filter(({ arriving }) => !arriving);
		await this.sendWhole(runs.filter(({ view }) => view.visible));
		await this.sendState();
		this.drawn();
		await this.sendWhole(runs.filter(({ view }) => !view.visible));
	}

	/** One after the other: what a turn of the loop does for one of them is enough. */
	private async sendWhole(runs: readonly Run[]): Promise<void> {
		for (const run of runs) await this.stream.whole(run, this.beta);
	}

	/** Several changes in one turn are one message. */
	private queueState(): void {
		if (this.stateQueued) return;
		this.stateQueued = true;
		queueMicrotask(() => {
			this.stateQueued = false;
			this.sendState();
		});
	}

	/** A summary of thousands of columns is large: it goes only when it is another one. @returns what settles with the state */
	private sendState(): Thenable<boolean> | undefined {
		if (!this.ready) return undefined;
		const { summary, range } = this.session;
		if (this.sent !== summary) this.post({ type: "summary", summary: summary ?? null });
		this.sent = summary;
		if (this.sentRange !== range) this.post({ type: "range", range: range ?? null });
		this.sentRange = range;
		return this.post({ type: "state", state: this.session.state() });
	}

	/** @returns what settles when the webview has it */
	private post(message: HostToPanel): Thenable<boolean> | undefined {
		return this.ready ? this.panel?.webview.postMessage(message) : undefined;
	}
}

function html(webview: vscode.Webview, root: vscode.Uri): string {
	const nonce = crypto.randomUUID().replaceAll("-", "");
	const script = webview.asWebviewUri(vscode.Uri.joinPath(root, "panel.js"));
	const style = webview.asWebviewUri(vscode.Uri.joinPath(root, "panel.css"));
	const source = webview.cspSource;
	// The toolkit and uPlot set styles on elements: style-src needs 'unsafe-inline'; scripts never do.
	const policy = [
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src ${source} 'unsafe-inline'`,
		`font-src ${source}`,
		`img-src ${source} data:`,
	].join("; ");
	// The page is one language's: that of the bundle which VS Code has found, or English.
	const words = vscode.l10n.bundle;
	const json = JSON.stringify(words ?? {}).replaceAll("<", "\\u003c");
	return `<!doctype html>
<html lang="${words ? vscode.env.language : "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Descent</title>
</head>
<body><div id="app"></div><script type="application/json" id="l10n">${json}</script><script nonce="${nonce}" src="${script}"></script></body>
</html>`;
}
