import { COMMANDS, type Command } from "./commands.ts";
import { type Flag, type FlagKind, type Flags, RUN_FLAGS } from "./flags.ts";

/** What a flag's value looks like. */
const VALUES: Record<FlagKind, string> = {
	text: " WORD",
	file: " FILE",
	number: " N",
	batch: " N|full|auto",
	list: " N,N",
	names: " A,B",
	columns: " A:WORD,B:WORD",
	points: " E:RATE,E:RATE",
	flag: "",
};

/** Flags of a run by the part of a run file that they belong to; those of a command alone come first. */
const GROUPS: Record<string, string> = {
	own: "Options",
	dataset: "Table",
	model: "Net",
	optimizer: "Optimizer",
	decay: "Learning-rate decay",
	run: "Run",
};

function groupOf(name: string, { place }: Flag): string {
	if (!Object.hasOwn(RUN_FLAGS, name)) return GROUPS.own;
	const part = place.split(".")[0];
	return GROUPS[part === "clip" ? "optimizer" : part] ?? GROUPS.run;
}

function flagLine([name, { kind, help, short }]: [string, Flag]): string {
	const said = `${short ? `-${short}, ` : ""}--${name}${VALUES[kind]}`;
	const lines = help.match(/.{1,86}(?= |$)/g) ?? [];
	return `  ${said.padEnd(29)} ${lines.map((line) => line.trim()).join(`\n${" ".repeat(32)}`)}`;
}

function flagLines(flags: Flags): string[] {
	const all = Object.entries(flags);
	return Object.values(GROUPS).flatMap((group) => {
		const lines = all.filter(([name, flag]) => groupOf(name, flag) === group).map(flagLine);
		return lines.length > 0 ? ["", `${group}:`, ...lines] : [];
	});
}

/** @returns what follows from a command, its options, examples and exit codes */
function commandHelp(name: string, { operands, does, flags, examples, notes = [], exits = {} }: Command): string {
	const options = Object.keys(flags).length > 0 ? " [options]" : "";
	const commands = examples.map(([command, what]) => `  # ${what}\n  descent ${command}`);
	const codes = { 0: "done", 2: "bad usage or bad input, with one line on standard error", ...exits };
	return [
		`Usage: descent ${name}${operands && ` ${operands}`}${options}`,
		"",
		`${does[0].toUpperCase()}${does.slice(1)}.`,
		...notes,
		...flagLines(flags),
		...(options
			? ["", "In brackets what holds without the option. One without a value is turned off by --no-NAME."]
			: []),
		"",
		examples.length > 1 ? "Examples:" : "Example:",
		...commands,
		"",
		"Exit codes:",
		...Object.entries(codes).map(([code, what]) => `  ${code}  ${what}`),
	].join("\n");
}

function overview(): string {
	const usages = Object.entries(COMMANDS).map(([name, { operands, does }]) => {
		return `  ${`${name} ${operands}`.trim().padEnd(36)} ${does}`;
	});
	return [
		"Usage: descent COMMAND [options]",
		"",
		"Commands:",
		...usages,
		"",
		"descent COMMAND --help lists a command's options with their defaults, examples and exit codes.",
		"descent --version says which Descent this is.",
	].join("\n");
}

/** @param name a command; the help of them all where it is none */
export function helpOf(name: string | undefined): string {
	return name !== undefined && Object.hasOwn(COMMANDS, name) ? commandHelp(name, COMMANDS[name]) : overview();
}
