import * as vscode from "vscode";
import type { EngineHost } from "../engine-host/engine-host.ts";
import type { Problems } from "./problems.ts";
import type { RunFileKeeper } from "./run-file-keeper.ts";
import type { Choice, Session } from "./session.ts";

/** Has the engine look into the chosen dataset, with what a person says of its columns. */
export class DatasetReader {
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly keeper: RunFileKeeper;
	private readonly problems: Problems;
	/** the newest inspection; an older one that answers late is dropped */
	private inspection = 0;
	/** choices may come faster than a table can be read: the newest one, and the work that will come to it */
	private wanted: { dataset: string; choice: Choice } | undefined;
	private choosing: Promise<void> | undefined;

	constructor(session: Session, engine: EngineHost, keeper: RunFileKeeper, problems: Problems) {
		this.session = session;
		this.engine = engine;
		this.keeper = keeper;
		this.problems = problems;
	}

	/** Settles when every choice so far was taken or refused. */
	async chosen(): Promise<void> {
		await this.choosing;
	}

	/** Ends the reading that goes on, if any. */
	stop(): void {
		if (!this.session.inspecting) return;
		const runId = inspectionId(this.inspection);
		this.engine.call("control", { runId, action: "stop" }).catch((error) => this.problems.report(error));
	}

	/** A run reads the dataset itself: what goes on is ended, and its answer dropped. */
	giveWay(): void {
		this.stop();
		this.inspection++;
		this.session.inspecting = false;
	}

	/** One reading after the other: what is chosen during one goes together into the next. */
	change(make: (choice: Choice) => Choice): Promise<void> {
		const dataset = this.session.dataset?.uri.toString() ?? "";
		const before = this.wanted?.dataset === dataset ? this.wanted.choice : this.session.choice;
		this.wanted = { dataset, choice: make(before) };
		this.choosing ??= this.settle().finally(() => {
			this.choosing = undefined;
		});
		return this.choosing;
	}

	private async settle(): Promise<void> {
		while (this.wanted) {
			const { wanted } = this;
			const accepted = await this.inspect(wanted.choice);
			// What was chosen on top of a refused choice would be refused, too.
			if (this.wanted === wanted || (!accepted && this.wanted.dataset === wanted.dataset)) this.wanted = undefined;
			if (accepted) await this.problems.telling(() => this.keeper.writeChoice(wanted.choice));
		}
	}

	/**
	 * @param choice kept only when the engine accepts it
	 * @returns whether it did
	 */
	async inspect(choice: Choice = this.session.choice): Promise<boolean> {
		const { session } = this;
		const { dataset } = session;
		if (!dataset || !vscode.workspace.isTrusted) return false;
		this.stop();
		const turn = ++this.inspection;
		/** Another dataset may be chosen before anybody looks into it. */
		const isMeant = () => turn === this.inspection && session.dataset?.uri.toString() === dataset.uri.toString();
		session.inspecting = true;
		session.problem = undefined;
		session.read(undefined);
		let accepted = false;
		try {
			const runId = inspectionId(turn);
			const asked = { runId, path: dataset.uri.fsPath, ...choice };
			const summary = await this.engine.call("inspect", asked, (event) => {
				if (turn === this.inspection && event.type === "reading") session.read(event);
			});
			if (isMeant()) {
				session.summary = summary;
				session.choice = choice;
				accepted = true;
			}
		} catch (error) {
			if (isMeant()) session.problem = this.problems.sentence(error, dataset.label);
		}
		if (turn === this.inspection) {
			session.inspecting = accepted && this.wanted !== undefined && this.wanted.choice !== choice;
			session.read(undefined);
		}
		return accepted;
	}
}

/** What an inspection is called in place of a run. */
function inspectionId(turn: number): string {
	return `inspection-${turn}`;
}
