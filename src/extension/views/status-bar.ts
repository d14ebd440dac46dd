import * as vscode from "vscode";
import type { RunSummary } from "../../engine/protocol/panel.ts";
import { engineWords } from "../../words/engine-words.ts";
import { COMMANDS } from "../ids.ts";
import { aboutWords } from "../runs/reading-words.ts";
import { scoreWords } from "../runs/score-words.ts";
import type { Session } from "../runs/session.ts";

/** Progress at a glance, and the controls of the run while there is one. */
export class StatusBar {
	private readonly main = item("descent.status", "Descent", COMMANDS.openPanel, 103);
	private readonly pause = item("descent.status.pause", vscode.l10n.t("Descent: Pause or Resume"), COMMANDS.pause, 102);
	private readonly step = item("descent.status.step", vscode.l10n.t("Descent: Single Step"), COMMANDS.step, 101);
	private readonly stop = item("descent.status.stop", vscode.l10n.t("Descent: Stop"), COMMANDS.stop, 100);
	private readonly session: Session;
	private readonly subscriptions: vscode.Disposable[];
	private drawn = 0;

	constructor(session: Session) {
		this.session = session;
		this.step.text = "$(debug-step-over)";
		this.step.tooltip = vscode.l10n.t("Descent: take one step");
		this.stop.text = "$(debug-stop)";
		this.subscriptions = [
			session.onDidChange(() => this.draw()),
			session.onDidStep(() => {
				// The bar is text: four times a second is all that a person reads.
				if (performance.now() - this.drawn > 250) this.draw();
			}),
			...[this.main, this.pause, this.step, this.stop],
		];
	}

	dispose(): void {
		for (const subscription of this.subscriptions) subscription.dispose();
	}

	/** The run that goes on, else the one that the panel speaks of. */
	private get view(): RunSummary | undefined {
		const { active, shown } = this.session;
		return (active ?? shown)?.view;
	}

	private draw(): void {
		this.drawn = performance.now();
		const { session } = this;
		const { phase, live } = this.view ?? {};
		// Live runs are short, and begin with each edit: the bar does not jump for them.
		if (live && phase === "preparing" && !session.reading) return;
		const reading = phase === "preparing" || (session.inspecting && !session.active && session.reading);
		if (!phase && !reading) {
			this.main.hide();
			this.stop.hide();
			return;
		}
		const { text, tooltip } = reading ? this.readingWords() : this.words();
		this.main.text = text;
		this.main.tooltip = tooltip;
		this.main.show();
		const controls = phase === "paused" || (phase === "running" && !live);
		const paused = phase === "paused";
		this.pause.text = paused ? "$(debug-continue)" : "$(debug-pause)";
		this.pause.tooltip = paused ? vscode.l10n.t("Descent: resume the run") : vscode.l10n.t("Descent: pause the run");
		this.pause.command = paused ? COMMANDS.resume : COMMANDS.pause;
		this.stop.tooltip = reading ? vscode.l10n.t("Descent: end the reading") : vscode.l10n.t("Descent: stop the run");
		for (const control of [this.pause, this.step, this.stop]) {
			if (controls || (reading && control === this.stop)) control.show();
			else control.hide();
		}
	}

	private readingWords(): { text: string; tooltip: string } {
		const { reading, dataset } = this.session;
		const { rows, about } = reading ?? { rows: 0, about: 0 };
		const { t } = vscode.l10n;
		const name = dataset?.label ?? t("the dataset");
		if (!reading)
			return { text: `$(loading~spin) ${t("Descent: reading data")}`, tooltip: t("Descent reads {0}", name) };
		return {
			text: `$(loading~spin) ${t("Descent: reading {0} %", Math.floor((rows / about) * 100))}`,
			tooltip: t("Descent reads {0}: {1} of about {2} rows", name, rows.toLocaleString("en-US"), aboutWords(about)),
		};
	}

	private words(): { text: string; tooltip: string } {
		const { t } = vscode.l10n;
		const view = this.view!;
		const percent = view.start ? Math.floor((view.iteration / view.start.iterations) * 100) : 0;
		const score = scoreWords(view.done ?? {});
		const result = score === undefined ? "" : ` ${score}`;
		switch (view.phase) {
			case "preparing":
				return this.readingWords();
			case "running":
				return { text: `$(loading~spin) Descent ${percent} %`, tooltip: t("{0}: step {1}", view.name, view.iteration) };
			case "paused":
				return {
					text: `$(debug-pause) Descent ${percent} %`,
					tooltip: t("{0}: paused at step {1}", view.name, view.iteration),
				};
			case "failed":
				return { text: "$(error) Descent", tooltip: view.error ? engineWords(view.error) : t("The run failed.") };
			case "diverged":
				return {
					text: `$(warning) ${t("Descent diverged")}`,
					tooltip: t("{0} diverged at step {1}", view.name, view.iteration),
				};
			case "stopped":
			case "outOfTime":
			case "stoppedEarly":
			case "interrupted":
			case "finished": {
				const ended = {
					stoppedEarly: t("stopped early"),
					outOfTime: t("out of time"),
					interrupted: t("interrupted"),
					stopped: t("stopped"),
					finished: t("finished"),
				};
				return {
					text: `$(graph-line) Descent${result}`,
					tooltip: t("{0}: {1}; open the panel", view.name, ended[view.phase]),
				};
			}
		}
	}
}

function item(id: string, name: string, command: string, priority: number): vscode.StatusBarItem {
	const made = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Left, priority);
	made.name = name;
	made.command = command;
	return made;
}
