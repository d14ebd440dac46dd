// Files that are read as a copy: compressed ones, and what is left of the copies when something goes wrong.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createGunzip, gzipSync } from "node:zlib";
import { copyOf } from "../../src/engine/data/formats/copies.ts";
import { inspectTable } from "../../src/engine/data/index.ts";
import { InputError } from "../../src/engine/input-error.ts";
import { load, pathOf, rows, write } from "../fixtures/data/table-files.ts";

const temporary = pathOf("temporary");
mkdirSync(temporary);
process.env.TMPDIR = temporary;

const text = rows("a,b,y", 20_000, (i) => `${i % 97},${(i * 7) % 31},${(i % 97) * 0.5}`);
const packed = gzipSync(text);

async function sentence(path: string): Promise<string> {
	const error = await inspectTable(path, {}).then(
		() => assert.fail("read without a word"),
		(error: unknown) => error,
	);
	if (!(error instanceof InputError)) throw error;
	return error.message;
}

test("a compressed table is the table that it holds, in one part or several, and no copy is left", async () => {
	const plain = await load(write("plain.csv", text));
	const half = text.indexOf("\n", text.length / 2) + 1;
	const parts = [text.slice(0, half), text.slice(half)].map((part) => gzipSync(part));
	for (const bytes of [packed, Buffer.concat(parts)]) {
		const table = await load(write("packed.csv.gz", bytes));
		assert.deepEqual(table.x, plain.x);
		assert.deepEqual(table.sourceRow, plain.sourceRow);
		assert.equal(table.summary.path, pathOf("packed.csv.gz"));
		assert.equal(table.fingerprint.size, bytes.length);
	}
	assert.deepEqual(readdirSync(temporary), []);
});

test("what is wrong inside a compressed file is named by its line, and no copy is left", async () => {
	assert.equal(
		await sentence(write("ragged.csv.gz", gzipSync(`${text}1,2\n`))),
		"ragged.csv.gz, line 20002: 2 cells where the header has 3; give every row the same cells, or quote those that hold the delimiter.",
	);
	assert.equal(
		await sentence(write("infinite.csv.gz", gzipSync(`${text}1,2,inf\n`))),
		'infinite.csv.gz, line 20002, column "y": the number is infinite; correct it or leave the cell empty.',
	);
	const flipped = Buffer.from(packed);
	flipped[flipped.length - 7] ^= 1;
	for (const bytes of [packed.subarray(0, packed.length / 2), flipped, packed.subarray(0, 6)]) {
		assert.equal(
			await sentence(write("damaged.csv.gz", bytes)),
			"damaged.csv.gz is damaged or cut short: it cannot be decompressed; fetch it again.",
		);
	}
	assert.deepEqual(readdirSync(temporary), []);
});

test("no copy is left of packed arrays, images and labels, read or refused", async () => {
	const golden = JSON.parse(readFileSync(join(import.meta.dirname, "../golden/numpy/arrays.json"), "utf8"));
	assert.equal((await load(write("packed.npz", Buffer.from(golden.pairs[1].file, "base64")))).shape.rows, 6);
	const images = Buffer.concat([
		Buffer.from([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2]),
		Buffer.from("ABDHZJKW"),
	]);
	const path = write("p-images-idx3-ubyte.gz", gzipSync(images));
	write("p-labels-idx1-ubyte.gz", gzipSync(Buffer.from([0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 1, 2])));
	assert.equal((await load(path)).shape.rows, 4);
	write("p-labels-idx1-ubyte.gz", gzipSync(Buffer.from([0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 1])));
	assert.match(await sentence(path), /has 4 images and p-labels-idx1-ubyte.gz 3 labels/);
	assert.deepEqual(readdirSync(temporary), []);
});

test("a reading that is cancelled while it unpacks leaves no copy", async () => {
	const controller = new AbortController();
	const loading = load(write("cancelled.csv.gz", packed), { signal: controller.signal });
	controller.abort(new Error("enough"));
	await assert.rejects(loading, { message: "enough" });
	assert.deepEqual(readdirSync(temporary), []);
});

test("a full disk is said so", { skip: !existsSync("/dev/full") }, async () => {
	const path = write("full.csv.gz", packed);
	await assert.rejects(copyOf("full.csv.gz", { path }, createGunzip(), undefined, { copy: "/dev/full" }), {
		name: "InputError",
		message: `full.csv.gz cannot be unpacked into ${temporary} (ENOSPC); free some space there, or name another place in TMPDIR.`,
	});
});

test("copies of a process that is gone are removed, those of a living one stay", { skip: !existsSync("/proc") }, () => {
	const gone = spawnSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).stdout.trim();
	const name = (pid: string | number) => `${temporary}/descent-copy-${hostname()}-${pid}-abc`;
	for (const pid of [gone, process.ppid]) mkdirSync(name(pid));
	const source = new URL("../../src/engine/data/index.ts", import.meta.url);
	const script = `import { inspectTable } from ${JSON.stringify(source.href)}; await inspectTable(process.argv[1], {});`;
	const args = ["--input-type=module", "-e", script, write("orphans.csv.gz", packed)];
	assert.equal(spawnSync(process.execPath, args, { encoding: "utf8" }).stderr, "");
	assert.deepEqual([existsSync(name(gone)), existsSync(name(process.ppid))], [false, true]);
});
