import * as vscode from "vscode";
import { COMMANDS } from "../ids.ts";
import { aboutWords, type Session } from "../runs/session.ts";

/** Progress at a glance, and the controls of the run while there is one. */
export class StatusBar {
	private readonly main = item("descent.status", "Descent", COMMANDS.openPanel, 103);
	private readonly pause = item("descent.status.pause", "Descent: Pause or Resume", COMMANDS.pause, 102);
	private readonly step = item("descent.status.step", "Descent: Single Step", COMMANDS.step, 101);
	private readonly stop = item("descent.status.stop", "Descent: Stop", COMMANDS.stop, 100);
	private readonly session: Session;
	private readonly subscriptions: vscode.Disposable[];
	private drawn = 0;

	constructor(session: Session) {
		this.session = session;
		this.step.text = "$(debug-step-over)";
		this.step.tooltip = "Descent: take one step";
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

	private draw(): void {
		this.drawn = performance.now();
		const { session } = this;
		const phase = session.current?.view.phase;
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
		const controls = phase === "running" || phase === "paused";
		const paused = phase === "paused";
		this.pause.text = paused ? "$(debug-continue)" : "$(debug-pause)";
		this.pause.tooltip = paused ? "Descent: resume the run" : "Descent: pause the run";
		this.pause.command = paused ? COMMANDS.resume : COMMANDS.pause;
		this.stop.tooltip = reading ? "Descent: end the reading" : "Descent: stop the run";
		for (const control of [this.pause, this.step, this.stop]) {
			if (controls || (reading && control === this.stop)) control.show();
			else control.hide();
		}
	}

	private readingWords(): { text: string; tooltip: string } {
		const { reading, dataset } = this.session;
		const { rows, about } = reading ?? { rows: 0, about: 0 };
		const share = reading ? ` ${Math.floor((rows / about) * 100)} %` : " data";
		const far = reading ? `: ${rows.toLocaleString("en-US")} of about ${aboutWords(about)} rows` : "";
		const tooltip = `Descent reads ${dataset?.label ?? "the dataset"}${far}`;
		return { text: `$(loading~spin) Descent: reading${share}`, tooltip };
	}

	private words(): { text: string; tooltip: string } {
		const view = this.session.current!.view;
		const percent = view.start ? Math.floor((view.iteration / view.start.iterations) * 100) : 0;
		const score = view.done?.devAccuracy ?? view.done?.devR2;
		const result =
			score === undefined
				? ""
				: view.done?.devR2 === undefined
					? ` ${(score * 100).toFixed(1)} %`
					: ` R² ${score.toFixed(3)}`;
		switch (view.phase) {
			case "preparing":
				return this.readingWords();
			case "running":
				return { text: `$(loading~spin) Descent ${percent} %`, tooltip: `${view.name}: step ${view.iteration}` };
			case "paused":
				return {
					text: `$(debug-pause) Descent ${percent} %`,
					tooltip: `${view.name}: paused at step ${view.iteration}`,
				};
			case "failed":
				return { text: "$(error) Descent", tooltip: view.error ?? "The run failed" };
			case "diverged":
				return { text: "$(warning) Descent diverged", tooltip: `${view.name} diverged at step ${view.iteration}` };
			case "stopped":
			case "outOfTime":
			case "stoppedEarly":
			case "interrupted":
			case "finished": {
				const ended = {
					stoppedEarly: "stopped early",
					outOfTime: "out of time",
					interrupted: "interrupted",
					stopped: "stopped",
					finished: "finished",
				};
				return {
					text: `$(graph-line) Descent${result}`,
					tooltip: `${view.name}: ${ended[view.phase]}; open the panel`,
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
