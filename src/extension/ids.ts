/** Names that package.json and the code must agree on. */

export const COMMANDS = {
	run: "descent.run",
	trainOn: "descent.trainOn",
	pause: "descent.pause",
	resume: "descent.resume",
	step: "descent.step",
	stop: "descent.stop",
	changeRate: "descent.changeRate",
	openRun: "descent.openRun",
	renameRun: "descent.renameRun",
	deleteRun: "descent.deleteRun",
	pinRun: "descent.pinRun",
	unpinRun: "descent.unpinRun",
	reproduceRun: "descent.reproduceRun",
	continueRun: "descent.continueRun",
	exportRunFile: "descent.exportRunFile",
	exportLoop: "descent.exportLoop",
	revealRun: "descent.revealRun",
	refreshRuns: "descent.refreshRuns",
	saveRunFile: "descent.saveRunFile",
	openRunFile: "descent.openRunFile",
	predict: "descent.predict",
	predictRun: "descent.predictRun",
	saveCheckpoint: "descent.saveCheckpoint",
	findBatchSize: "descent.findBatchSize",
	findLearningRate: "descent.findLearningRate",
	compare: "descent.compare",
	liveOn: "descent.live.on",
	liveOff: "descent.live.off",
	openPanel: "descent.openPanel",
	openLog: "descent.openLog",
	clearCache: "descent.clearCache",
	// Not in the palette: what lenses, findings and quick fixes do.
	explainFinding: "descent.explainFinding",
	turnOffFinding: "descent.turnOffFinding",
	mendBatchSize: "descent.mendBatchSize",
} as const;

export const PANEL_VIEW = "descent.panel";

export const RUNS_VIEW = "descent.runs";

/** Context key: whether the panel shows a run file. */
export const CONTEXT_RUN_FILE = "descent.runFile";

/** Context key: "idle", "reading", "running" or "paused"; enables the commands that make sense. */
export const CONTEXT_STATE = "descent.state";

/** Context key: whether the run in the panel has weights to predict with or to save. */
export const CONTEXT_WEIGHTS = "descent.weights";

/** Context key: whether the editor shows a text whose runs can be drawn while it is edited. */
export const CONTEXT_CAN_FOLLOW = "descent.canFollow";

/** Context key: whether charts follow the edits of the file in the editor. */
export const CONTEXT_LIVE = "descent.live";
