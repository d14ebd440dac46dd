import * as vscode from "vscode";
import { rateRequest } from "./rate-request.ts";
import type { Session } from "./session.ts";
import type { Trainer } from "./trainer.ts";

/** "Change Learning Rate" of the run that goes on or is paused: asks for the new one, or for what to multiply it by. */
export async function askForRate(session: Session, trainer: Trainer): Promise<void> {
	const run = session.active;
	if (!run || run.view.phase === "preparing") return;
	const now = run.series.lastRate;
	const text = await vscode.window.showInputBox({
		title: vscode.l10n.t("Change Learning Rate of {0}", run.view.name),
		prompt: [
			...(now === undefined ? [] : [vscode.l10n.t("It is {0} now.", Number(now.toPrecision(4)))]),
			vscode.l10n.t("A new rate, or /10, or x0.5; every further step takes it."),
		].join(" "),
		value: "/10",
		validateInput: (typed) =>
			rateRequest(typed) ? undefined : vscode.l10n.t("A number above 0, or / or x and a number: 0.0003, /10, x0.5."),
	});
	const request = text === undefined ? undefined : rateRequest(text);
	if (request) await trainer.changeRate(run.view.id, request);
}
