import { parseArgs } from "node:util";
import { MOST_THREADS } from "../backends/wasm/team.ts";
import { nearestName } from "../data/nearest-name.ts";
import { InputError } from "../input-error.ts";
import type { ColumnChoice, DateOrder, FeatureKind } from "../protocol/dataset.ts";
import type { RunFile } from "../protocol/run-file.ts";
import { checkRunFile } from "../run-file.ts";
import { RunFileFault } from "../run-shapes.ts";
import { COMMANDS } from "./commands.ts";
import { type FlagKind, type Flags, RUN_FLAGS } from "./flags.ts";

export interface Arguments {
	command: string;
	operands: string[];
	json: boolean;
	/** what the flags say, as members of a run file without a dataset path */
	overrides: Record<string, unknown>;
	/** what the command's own flags say */
	own: Record<string, unknown>;
}

const ALL_FLAGS: Flags = Object.assign({}, ...Object.values(COMMANDS).map(({ flags }) => flags));

/** @throws InputError for a command or a flag that is unknown or has no sense */
export function parseArguments(argv: string[]): Arguments {
	const options = Object.fromEntries(
		Object.entries(ALL_FLAGS).map(([name, { kind, short }]) => [
			name,
			{ type: kind === "flag" ? "boolean" : "string", ...(short ? { short } : {}) } as const,
		]),
	);
	let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
	try {
		parsed = parseArgs({ args: joinNegatives(argv), options, allowPositionals: true, allowNegative: true });
	} catch (fault) {
		throw unreadable(argv[0], (fault as Error).message);
	}
	const [command = "", ...operands] = parsed.positionals;
	if (!Object.hasOwn(COMMANDS, command)) throw unknownCommand(command);
	const overrides: Record<string, unknown> = {};
	const own: Record<string, unknown> = {};
	for (const [flag, value] of Object.entries(parsed.values)) {
		if (value === undefined) continue;
		if (!Object.hasOwn(COMMANDS[command].flags, flag)) throw strayFlag(flag, command);
		const { kind, place } = COMMANDS[command].flags[flag];
		const read = typeof value === "string" ? readValue(flag, kind, value) : value;
		put(Object.hasOwn(RUN_FLAGS, flag) ? overrides : own, place, read);
	}
	const { json = false, ...others } = own;
	return { command, operands, json: json === true, overrides, own: others };
}

/** @param message of Node's parser; its first sentence says what is wrong */
function unreadable(command: string, message: string): InputError {
	const known = Object.hasOwn(COMMANDS, command);
	const [, wrong] = /^Unknown option '--(?:no-)?([^']+)'/.exec(message) ?? [];
	const near = wrong && nearestName(wrong, Object.keys(known ? COMMANDS[command].flags : ALL_FLAGS));
	const advice = near
		? `perhaps "--${near}" is meant`
		: `"descent ${known ? `${command} ` : ""}--help" lists the options`;
	return new InputError(`${message.split(/\. |\.\n/)[0]}; ${advice}.`);
}

function unknownCommand(command: string): InputError {
	if (command === "") return new InputError('No command was given; "descent --help" lists them.');
	const near = nearestName(command, Object.keys(COMMANDS));
	const advice = near ? `perhaps "${near}" is meant.` : '"descent --help" lists them.';
	return new InputError(`There is no command "${command}"; ${advice}`);
}

function strayFlag(flag: string, command: string): InputError {
	const owners = Object.keys(COMMANDS).filter((name) => Object.hasOwn(COMMANDS[name].flags, flag));
	return new InputError(
		`--${flag} is an option of ${owners.join(", ")} and not of "descent ${command}"; leave it out, or see "descent ${command} --help".`,
	);
}

/** @returns the number of threads asked for, undefined for as many as pay */
export function threadsOf({ own }: Arguments): number | undefined {
	const threads = own.threads as number | undefined;
	if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) return threads;
	throw new InputError(`--threads must be a whole number from 1 to ${MOST_THREADS}, not ${threads}.`);
}

/** @returns the bytes that a run may take, undefined for half of what is free */
export function memoryLimitOf({ own }: Arguments): number | undefined {
	const bytes = own.memoryLimit as number | undefined;
	if (bytes === undefined || bytes > 0) return bytes;
	throw new InputError(`--memory-limit must be a number of bytes above 0, not ${bytes}.`);
}

/** "--l2 -1" is a value out of range, not a flag named -1. */
function joinNegatives(argv: string[]): string[] {
	const joined: string[] = [];
	for (const arg of argv) {
		if (/^-[.\d]/.test(arg) && joined.at(-1)?.startsWith("--")) joined.push(`${joined.pop()}=${arg}`);
		else joined.push(arg);
	}
	return joined;
}

function readValue(flag: string, kind: FlagKind, value: string): unknown {
	if (kind === "text" || kind === "file") return value;
	if (kind === "names") return value.split(",").map((name) => name.trim());
	if (kind === "columns") return readColumns(flag, value);
	if (kind === "points") return value.split(",").map((point) => readPoint(flag, point));
	if (kind === "batch" && (value === "full" || value === "auto")) return value;
	const numbers = kind !== "list" ? [value] : value === "none" ? [] : value.split(",");
	const parsed = numbers.map((n) => (n.trim() === "" ? Number.NaN : Number(n)));
	if (parsed.some(Number.isNaN)) throw new InputError(`--${flag} takes ${kindWords[kind]}, not "${value}".`);
	return kind === "list" ? parsed : parsed[0];
}

/** "year:categorical,alive:use": what the user settles about columns, by name. */
function readColumns(flag: string, text: string): Record<string, ColumnChoice> {
	const columns: Record<string, ColumnChoice> = {};
	for (const entry of text.split(",")) {
		const [, name, word] =
			/^\s*(.+?)\s*:\s*(numeric|categorical|date|dayFirst|monthFirst|use|skip)\s*$/.exec(entry) ?? [];
		if (!name) {
			throw new InputError(
				`--${flag} takes NAME:WORD with commas between, WORD one of numeric, categorical, date, dayFirst, monthFirst, use and skip, not "${entry.trim()}".`,
			);
		}
		const choice =
			word === "use" || word === "skip"
				? { use: word === "use" }
				: word.endsWith("First")
					? { dates: word as DateOrder }
					: { kind: word as FeatureKind };
		columns[name] = { ...columns[name], ...choice };
	}
	return columns;
}

/** "20:0.001" from epoch 20 on, "s500:0.001" from step 500 on. */
function readPoint(flag: string, text: string): object {
	const match = /^\s*(s?)(\d+):([\d.eE+-]+)\s*$/.exec(text);
	if (!match) throw new InputError(`--${flag} takes points such as 20:0.001 or s500:0.001, not "${text}".`);
	return { [match[1] ? "step" : "epoch"]: Number(match[2]), rate: Number(match[3]) };
}

const kindWords: Record<FlagKind, string> = {
	text: "a text",
	file: "a file",
	flag: "no value",
	number: "a number",
	batch: "a number, full or auto",
	names: "names with commas between",
	columns: "NAME:WORD with commas between",
	points: "points",
	list: "numbers with commas between",
};

function put(into: Record<string, unknown>, place: string, value: unknown): void {
	const keys = place.split(".");
	const last = keys.pop()!;
	let at = into;
	for (const key of keys) {
		at[key] ??= {};
		at = at[key] as Record<string, unknown>;
	}
	at[last] = value;
}

/** @returns `over` laid over `base`, member by member */
function merge(base: object, over: object): Record<string, unknown> {
	const merged: Record<string, unknown> = { ...base };
	for (const [key, value] of Object.entries(over)) {
		const nested = typeof value === "object" && !Array.isArray(value);
		merged[key] = nested ? merge((merged[key] ?? {}) as object, value) : value;
	}
	return merged;
}

/**
 * Lays the flags over a run file and checks the whole.
 * @throws InputError naming the flag whose value does not fit
 */
export function applyFlags(file: RunFile, overrides: Record<string, unknown>): RunFile {
	const merged = merge(structuredClone({ ...file }), overrides);
	// A hyperparameter alone means the default optimizer or decay; another name drops the old one's parameters.
	for (const [key, name] of [
		["optimizer", "adam"],
		["decay", "constant"],
	] as const) {
		const given = overrides[key] as { name?: string } | undefined;
		if (!given) continue;
		const base = file[key];
		merged[key] = given.name && given.name !== base?.name ? given : { name: base?.name ?? name, ...base, ...given };
	}
	try {
		return checkRunFile(merged);
	} catch (fault) {
		if (!(fault instanceof RunFileFault)) throw fault;
		const flag = Object.keys(RUN_FLAGS).find((name) => fault.place.split("[")[0] === RUN_FLAGS[name].place);
		throw flag ? new InputError(fault.message.replace(fault.place, `--${flag}`)) : fault;
	}
}
