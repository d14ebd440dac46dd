import * as vscode from "vscode";
import { engineWords } from "../../words/engine-words.ts";
import { EngineError } from "../engine-host/engine-host.ts";
import { COMMANDS } from "../ids.ts";
import type { Session } from "./session.ts";

/** What keeps a person from what they asked for, in one sentence, where they look. */
export class Problems {
	private readonly session: Session;
	private readonly log: vscode.LogOutputChannel;

	constructor(session: Session, log: vscode.LogOutputChannel) {
		this.session = session;
		this.log = log;
	}

	/** What goes wrong becomes the panel's problem. */
	async telling(action: () => Promise<void>): Promise<void> {
		await action().catch((error) => {
			this.session.problem = this.sentence(error);
		});
		this.session.notify();
	}

	/** @returns false, after saying why, in an untrusted workspace */
	allowed(): boolean {
		if (vscode.workspace.isTrusted) return true;
		this.session.problem = vscode.l10n.t(
			"This workspace is not trusted; trust it to let Descent read and train on its files.",
		);
		this.complain();
		return false;
	}

	/** Says the problem where a person looks: on the panel and, for a command, in a notification with a way out. */
	complain(): void {
		const { session } = this;
		session.notify();
		const wayOut = !vscode.workspace.isTrusted
			? { label: vscode.l10n.t("Manage Trust"), command: "workbench.trust.manage" }
			: !vscode.workspace.workspaceFolders?.length
				? { label: vscode.l10n.t("Open Folder"), command: "vscode.openFolder" }
				: { label: vscode.l10n.t("Show Log"), command: COMMANDS.openLog };
		void vscode.window.showErrorMessage(session.problem ?? "", wayOut.label).then((chosen) => {
			if (chosen) void vscode.commands.executeCommand(wayOut.command);
		});
	}

	/**
	 * @param table that was read
	 * @returns what a person is told of an error, in the language of the window; faults of ours go to the log
	 */
	sentence(error: unknown, table = ""): string {
		if (error instanceof EngineError && error.fault.kind === "input") return engineWords(error.message);
		if (error instanceof EngineError && error.fault.kind === "stopped") {
			return vscode.l10n.t("{0} was not read to its end; choose it again, or run, to read it.", table);
		}
		this.report(error);
		const what = error instanceof Error ? error.message : String(error);
		return vscode.l10n.t("Descent met a fault of its own: {0}; its log has the details.", what);
	}

	report(error: unknown): void {
		const stack = error instanceof EngineError ? error.fault.stack : undefined;
		this.log.error(stack ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
	}
}
