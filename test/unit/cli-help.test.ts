// What the command line says of itself, held to what it does.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../src/engine/cli/commands.ts";
import { RUN_FLAGS } from "../../src/engine/cli/flags.ts";
import { helpOf } from "../../src/engine/cli/help.ts";
import { resolveRun } from "../../src/engine/training/defaults.ts";
import { DIST } from "../support/kernels.ts";

function descent(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(DIST, "cli.cjs"), ...args], {
		encoding: "utf8",
	});
	return { status, stdout, stderr };
}

test("--version is the package's", () => {
	const { version } = JSON.parse(readFileSync(join(DIST, "..", "package.json"), "utf8"));
	for (const asked of ["--version", "-v", "version"]) {
		assert.deepEqual(descent(asked), { status: 0, stdout: `descent ${version}\n`, stderr: "" });
	}
});

test("--help lists the commands, and each says its usage, every flag, an example and its exit codes", () => {
	const { status, stdout } = descent("--help");
	assert.equal(status, 0);
	for (const [name, { operands, does, flags, exits }] of Object.entries(COMMANDS)) {
		assert.match(stdout, new RegExp(`^  ${name} .*${does.replace(/[*.]/g, "\\$&")}$`, "m"));
		const help = helpOf(name);
		assert.equal(help.split("\n")[0].startsWith(`Usage: descent ${name} ${operands}`.trim()), true, help);
		for (const flag of Object.keys(flags)) assert.match(help, new RegExp(`^  (-\\w, )?--${flag}[ \n]`, "m"));
		assert.match(help, new RegExp(`Examples?:\n  # .+\n  descent ${name} `));
		for (const code of [0, 2, ...Object.keys(exits ?? {})]) assert.match(help, new RegExp(`^  ${code}  \\w`, "m"));
		assert.ok(
			help.split("\n").every((line) => line.length <= 120),
			name,
		);
	}
	assert.equal(descent("train", "--help").stdout, `${helpOf("train")}\n`);
	assert.equal(descent("help", "check").stdout, `${helpOf("check")}\n`);
	assert.equal(descent("predict", "--epochs", "3", "-h").stdout, `${helpOf("predict")}\n`);
});

test("every flag says its default, and the figures are those of a run", () => {
	const data = { target: "y", task: "regression", trainRows: 100, devRows: 10 } as const;
	/** @returns what runs of every optimizer and decay have at a place of the run file */
	const defaultsAt = (place: string): unknown[] =>
		["momentum", "adam", "nadam", "rmsprop", "lion", "adamw", "adagrad"].flatMap((optimizer) =>
			["inverseTime", "exponential", "sqrtStep", "staircase", "cosine", "oneCycle"].map((decay) => {
				const file = {
					dataset: { path: "t" },
					optimizer: { name: optimizer },
					decay: { name: decay },
					earlyStopping: {},
				};
				const run: unknown = resolveRun(file as Parameters<typeof resolveRun>[0], data);
				return place.split(".").reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], run);
			}),
		);
	for (const { flags } of Object.values(COMMANDS)) {
		for (const [name, { help }] of Object.entries(flags)) assert.match(help, /\([^()]+\)$/, name);
	}
	let compared = 0;
	for (const [name, { place, help }] of Object.entries(RUN_FLAGS)) {
		const said = /\(([^()]+)\)$/.exec(help)![1];
		const [figure] = /^[\d.e-]+$/.exec(said.split(",")[0]) ?? [];
		const found = defaultsAt(place).filter((value) => typeof value === "number");
		if (figure === undefined || found.length === 0) continue;
		compared++;
		assert.ok(found.includes(Number(figure)), `--${name}: ${figure}, and runs have ${found[0]}`);
	}
	assert.ok(compared >= 15, `${compared} figures were compared`);
});

test("a flag or command that is nearly one is named", () => {
	assert.equal(
		descent("train", "t.csv", "--epoch", "3").stderr,
		`descent: Unknown option '--epoch'; perhaps "--epochs" is meant.\n`,
	);
	assert.equal(descent("inspec").stderr, 'descent: There is no command "inspec"; perhaps "inspect" is meant.\n');
	const { status, stderr } = descent("cache", "clear", "--seed", "1");
	assert.equal(status, 2);
	assert.match(stderr, /^descent: --seed is an option of train, tune, export and not of "descent cache";/);
});
