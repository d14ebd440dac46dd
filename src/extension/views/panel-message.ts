import type { PanelToHost } from "../../engine/protocol/panel.ts";

const COMMANDS = new Set([
	"run",
	"pause",
	"resume",
	"step",
	"stop",
	"openLog",
	"findBatchSize",
	"findLearningRate",
	"saveRunFile",
	"openRunFile",
	"predictRun",
	"saveCheckpoint",
	"exportLoop",
	"continueRun",
	"liveOff",
]);
const TASKS = new Set(["regression", "binary", "multiclass"]);
const KINDS = new Set(["numeric", "categorical", "date"]);

/** A name in the folder that a person chooses, never a path. */
const FILE_NAME = /^[^/\\:*?"<>|\p{Cc}]{1,120}\.(csv|svg|png)$/u;
/** characters of a text that the clipboard is given */
const MOST_COPIED = 1_000_000;
/** rows of a mini-batch that a finding names */
const MOST_ROWS = 100;

type FieldCheck = (value: unknown) => boolean;
const numeric: FieldCheck = (v) => typeof v === "number" && Number.isFinite(v);
const name: FieldCheck = (v) => typeof v === "string" && v.length < 100;
const COLUMN: Record<string, FieldCheck> = {
	kind: (v) => KINDS.has(v as string),
	use: (v) => typeof v === "boolean",
	dates: (v) => v === "dayFirst" || v === "monthFirst",
};
const FORM: Record<string, FieldCheck> = {
	optimizer: name,
	learningRate: numeric,
	beta: numeric,
	beta1: numeric,
	beta2: numeric,
	weightDecay: numeric,
	decay: name,
	decayRate: numeric,
	decayBase: numeric,
	batchSize: (v) => v === "full" || v === "auto" || numeric(v),
	epochs: numeric,
	layers: (v) => Array.isArray(v) && v.length <= 64 && v.every(numeric),
	activation: name,
	l2: numeric,
	seed: numeric,
};

/**
 * The boundary to the webview: what is not a message of the protocol is dropped. Values of hyperparameters are
 * checked for their ranges by the engine, which says what is wrong with them.
 */
export function panelMessage(value: unknown): PanelToHost | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const message = value as Record<string, unknown>;
	const texts = (...keys: string[]) => keys.every((key) => typeof message[key] === "string");
	const valid = (): boolean => {
		switch (message.type) {
			case "ready":
				return numeric(message.beta) && (message.beta as number) >= 0 && (message.beta as number) < 1;
			case "closeRange":
				return true;
			case "command":
				return COMMANDS.has(message.command as string);
			case "form":
				return validPatch(message.patch, FORM);
			case "dataset":
				return texts("path");
			case "runFile":
				return message.path === null || texts("path");
			case "column":
				return texts("name") && validPatch(message.change, COLUMN);
			case "target":
				return texts("target");
			case "task":
				return TASKS.has(message.task as string);
			case "visible":
				return texts("runId") && typeof message.visible === "boolean";
			case "changeRate":
				return texts("runId") && validRate(message.request);
			case "copy":
				return texts("text") && (message.text as string).length <= MOST_COPIED;
			case "save":
				return FILE_NAME.test(String(message.name)) && (texts("content") || message.content instanceof Uint8Array);
			case "openRows":
				return texts("runId") && validRows(message.rows);
			case "show":
			case "use":
			case "firstPoint":
				return texts("runId");
			default:
				return false;
		}
	};
	return valid() ? (value as PanelToHost) : undefined;
}

function validRows(rows: unknown): boolean {
	if (!Array.isArray(rows) || rows.length === 0 || rows.length > MOST_ROWS) return false;
	return rows.every((row) => Number.isInteger(row) && row > 0);
}

/** One of factor and rate, and nothing else: its range is the engine's to check. */
function validRate(request: unknown): boolean {
	if (typeof request !== "object" || request === null) return false;
	const [[key, value] = [], ...others] = Object.entries(request);
	return others.length === 0 && (key === "factor" || key === "rate") && numeric(value);
}

function validPatch(patch: unknown, members: Record<string, FieldCheck>): boolean {
	if (typeof patch !== "object" || patch === null) return false;
	return Object.entries(patch).every(
		([key, value]) => Object.hasOwn(members, key) && (value === null || value === undefined || members[key](value)),
	);
}
