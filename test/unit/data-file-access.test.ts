// What is no plain file, may not be read, goes while it is read, or needs more room than there is.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, promises, readdirSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { inspectTable } from "../../src/engine/data/index.ts";
import { InputError } from "../../src/engine/input-error.ts";
import { array, idx } from "../fixtures/data/binary-files.ts";
import { load, pathOf, rows, write } from "../fixtures/data/table-files.ts";

const temporary = pathOf("temporary");
mkdirSync(temporary);
process.env.TMPDIR = temporary;
const windows = process.platform === "win32";

async function sentence(reading: Promise<unknown>): Promise<string> {
	const error = await reading.then(
		() => assert.fail("read without a word"),
		(error: unknown) => error,
	);
	if (!(error instanceof InputError)) throw error;
	assert.deepEqual(readdirSync(temporary), []);
	return error.message;
}

/** Each is read as it is, and in several pieces. */
const count = 30_000;
const lines = rows("a,b,y", count, (i) => `${i % 97},${(i % 101) / 8},k${i % 3}`);
const objects = Array.from({ length: count }, (_, i) => `{"a": ${i % 97}, "y": ${i % 3}}`);
const files: [name: string, contents: string | Uint8Array][] = [
	["moving.csv", lines],
	["moving.csv.gz", gzipSync(lines)],
	["moving.jsonl", objects.join("\n")],
	["moving.json", `[${objects.join()}]`],
	["moving.npy", array("<f8", [count, 2], new Uint8Array(new Float64Array(count * 2).map((_, i) => i % 31).buffer))],
	[
		"moving-images-idx2-ubyte",
		idx(
			8,
			[count, 8],
			new Uint8Array(count * 8).map((_, i) => i % 31),
		),
	],
];
write(
	"moving-labels-idx1-ubyte",
	idx(
		8,
		[count],
		new Uint8Array(count).map((_, i) => i % 3),
	),
);

for (const [name, contents] of files) {
	test(`${name} that changes, is cut or goes at any time of its reading is an error or the table it was`, async () => {
		const expected = await load(write(name, contents));
		const changes: [(path: string) => void, string[]][] = [
			[
				(path) => truncateSync(path, Math.floor(contents.length / 3)),
				[" changed while it was read; run again when nothing writes to it."],
			],
			[
				(path) => rmSync(path),
				[
					" was removed while it was read; put it back and run again.",
					" does not exist; check the path of the dataset.",
				],
			],
			[
				(path) => renameSync(write("other", "a,y\n1,2\n"), path),
				[" changed while it was read; run again when nothing writes to it."],
			],
		];
		for (const [change, sentences] of changes) {
			for (const turns of [0, 3, 20]) {
				const path = write(name, contents);
				const reading = load(path);
				reading.catch(() => {});
				for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
				change(path);
				const outcome = await reading.catch((error: unknown) => error);
				if (outcome instanceof InputError) {
					assert.ok(
						sentences.some((text) => outcome.message === name + text),
						outcome.message,
					);
				} else if (outcome instanceof Error) throw outcome;
				else assert.deepEqual((outcome as typeof expected).x, expected.x);
				assert.deepEqual(readdirSync(temporary), []);
			}
		}
	});
}

test("a pipe is refused and not waited for", { skip: windows && "there are none" }, async () => {
	const path = pathOf("pipe.csv");
	assert.equal(spawnSync("mkfifo", [path]).status, 0);
	assert.equal(
		await sentence(inspectTable(path, {})),
		"pipe.csv is not a plain file; copy its contents to one and use that.",
	);
});

test("links that lead to each other are told", { skip: windows && "they need a right there" }, async () => {
	symlinkSync(pathOf("second.csv"), pathOf("first.csv"));
	symlinkSync(pathOf("first.csv"), pathOf("second.csv"));
	assert.equal(
		await sentence(inspectTable(pathOf("first.csv"), {})),
		"first.csv is a loop of symbolic links; point it at a file.",
	);
});

test("a file that may not be read is told", { skip: windows && "it has other rights" }, async () => {
	const path = write("secret.csv", lines);
	await inspectTable(path, {}); // what is loaded on the way is readable by now
	chmodSync(dirname(path), 0o755);
	chmodSync(path, 0);
	const root = process.geteuid!() === 0;
	// who may do everything is another user for a while
	if (root) process.seteuid!(65_534);
	try {
		assert.equal(
			await sentence(inspectTable(path, {})),
			"secret.csv cannot be read: permission denied; change its permissions or choose another file.",
		);
	} finally {
		if (root) process.seteuid!(0);
	}
});

test("a file whose contents need more than half of the free disk is not unpacked", async (t) => {
	const { statfs } = promises;
	t.after(() => {
		promises.statfs = statfs;
		syncBuiltinESMExports();
	});
	promises.statfs = (async () => ({ bavail: 64, bsize: 4096 })) as unknown as typeof statfs;
	syncBuiltinESMExports();
	assert.equal(
		await sentence(inspectTable(write("large.csv.gz", gzipSync("0".repeat(2 ** 24))), {})),
		`large.csv.gz unpacks to over 128.0 KiB, half of what is free in ${temporary}; free some space there, or name another place in ${windows ? "TEMP" : "TMPDIR"}.`,
	);
});
