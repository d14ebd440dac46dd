/** Names that package.json and the code must agree on. */

export const COMMANDS = {
	run: "descent.run",
	pause: "descent.pause",
	resume: "descent.resume",
	step: "descent.step",
	stop: "descent.stop",
	openPanel: "descent.openPanel",
	openLog: "descent.openLog",
} as const;

export const PANEL_VIEW = "descent.panel";

/** Context key: "idle", "running" or "paused"; enables the commands that make sense. */
export const CONTEXT_STATE = "descent.state";
