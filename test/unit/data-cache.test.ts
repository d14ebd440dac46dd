// Tables that are kept on the disk for the next run: the same to the bit, bounded, and never in the way of a run.
import assert from "node:assert/strict";
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, mock, test } from "node:test";
import { gzipSync } from "node:zlib";
import { cacheKey, clearCache, findTable, keepTable } from "../../src/engine/data/cache.ts";
import type { LoadOptions, PreparedTable } from "../../src/engine/data/index.ts";
import { openSource } from "../../src/engine/data/source-file.ts";
import { idx } from "../fixtures/data/binary-files.ts";
import type { CacheReport } from "../fixtures/data/cache-process.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";
import { DIST } from "../support/kernels.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-cache-"));
const cache = { folder, maxBytes: 2 ** 24 };
after(() => rmSync(folder, { recursive: true }));
beforeEach(() => clearCache(folder));

const path = write(
	"kept.csv",
	rows("a,b,day,y", 3000, (i) => `${i % 7 === 0 ? "" : i / 3},${"uvw"[i % 3]},2020-01-${10 + (i % 20)},${i % 2}`),
);
const usual = {
	split: { dev: 0.25, test: 0.1, seed: 1, stratify: true },
	missing: "impute",
	scaling: "minMax",
} as const;
const allocate: LoadOptions["allocate"] = (shape) => ({
	x: new Float32Array(shape.rows * shape.features),
	y: new Float32Array(shape.rows),
});
const keyOf = (options: Partial<LoadOptions> = {}) => cacheKey(openSource(path), { ...usual, allocate, ...options });
const find = (key = keyOf()) => findTable(cache, key, { allocate });
const entries = () => readdirSync(folder).filter((name) => name.endsWith(".rows"));

async function keep(key = keyOf(), to = cache): Promise<PreparedTable> {
	const table = await load(path, usual);
	assert.equal(await keepTable(to, key, table), undefined);
	return table;
}

test("a table that was kept is the same in everything, in memory and on the disk", async () => {
	const table = await keep();
	assert.deepEqual(await find(), table);
	const { stored, x, y, sourceRow, ...others } = (await findTable(cache, keyOf(), { allocate: () => undefined }))!;
	assert.ok(stored);
	assert.deepEqual([x.length, y.length, sourceRow.length], [0, 0, 0]);
	assert.deepEqual({ ...others, x: table.x, y: table.y, sourceRow: table.sourceRow }, table);
	const { rows: count, features } = table.shape;
	const part = { x: new Float32Array(100 * features), y: new Float32Array(100) };
	stored.read(count - 100, part.x, part.y);
	assert.deepEqual(part.x, table.x.slice(-100 * features));
	assert.deepEqual(part.y, table.y.slice(-100));
	assert.deepEqual(
		[...stored.targetsOf(0, count)].flatMap((values) => [...values]),
		[...table.y],
	);
	assert.equal(stored.sourceRow(1234), table.sourceRow[1234]);
	stored.close();
	assert.equal(entries().length, 1, "closing it does not remove it");
});

test("rows that were written to the disk are kept without being written again", async () => {
	let now = 0;
	// as if the reading took long
	mock.method(performance, "now", () => {
		now += 600;
		return now;
	});
	const streamed = await load(path, { ...usual, cache, allocate: () => undefined }).finally(() => mock.restoreAll());
	assert.equal(await streamed.caching, undefined);
	streamed.stored!.close();
	mock.method(performance, "now", () => 0);
	const quick = await load(path, { ...usual, missing: "drop", cache }).finally(() => mock.restoreAll());
	assert.equal(quick.caching, undefined, "what is read at once is not kept");
	assert.deepEqual(await find(), await load(path, usual));
});

test("whatever changes the rows makes another entry, and so does the file", async () => {
	utimesSync(path, 1000, 1000);
	await keep();
	for (const options of [
		{ target: "a" },
		{ task: "regression" as const },
		{ features: ["a"] },
		{ columns: { a: { use: false } } },
		{ split: { ...usual.split, seed: 2 } },
		{ missing: "drop" as const },
		{ scaling: "none" as const },
	]) {
		assert.equal(await find(keyOf(options)), undefined, JSON.stringify(options));
	}
	assert.ok(await find());
	utimesSync(path, 1000, 1001);
	assert.equal(await find(), undefined);
	utimesSync(path, 1000, 1000);
	assert.ok(await find());
});

test("images are kept, and read again when their labels are others", async () => {
	const count = 60;
	const labelled = (label: (i: number) => number) =>
		idx(
			8,
			[count],
			Array.from({ length: count }, (_, i) => label(i)),
		);
	const images = write(
		"c-images-idx3-ubyte",
		idx(
			8,
			[count, 2, 1],
			Array.from({ length: count * 2 }, (_, i) => i),
		),
	);
	const compressed = write("c-labels-idx1-ubyte.gz", gzipSync(labelled((i) => i % 2)));
	const key = cacheKey(openSource(images), { ...usual, allocate });
	const found = () => findTable(cache, key, { allocate });
	const table = await load(images, usual);
	assert.equal(await keepTable(cache, key, table), undefined);
	assert.deepEqual(await found(), table);
	const plain = write(
		"c-labels-idx1-ubyte",
		labelled((i) => i % 3),
	);
	assert.equal(await found(), undefined, "labels that would be read first");
	const changed = await load(images, usual);
	assert.notDeepEqual(changed.y, table.y);
	assert.equal(await keepTable(cache, key, changed), undefined);
	assert.deepEqual(await found(), changed);
	utimesSync(plain, 1000, 1000);
	assert.equal(await found(), undefined, "labels that changed");
	rmSync(plain);
	assert.equal(await found(), undefined, "labels that are gone");
	rmSync(compressed);
	await assert.rejects(load(images, { ...usual, cache }), { name: "InputError", message: /labels are not beside it/ });
});

test("what is damaged or torn is noticed and removed", async () => {
	const damages: [string, (bytes: Buffer) => Buffer][] = [
		["a bit of the inputs", (bytes) => bytes.fill(bytes[5000] ^ 1, 5000, 5001)],
		[
			"two rows that changed places",
			(bytes) => Buffer.concat([bytes.subarray(28, 56), bytes.subarray(0, 28), bytes.subarray(56)]),
		],
		["a page that was not written", (bytes) => bytes.fill(0, 4096, 8192)],
		["its end is missing", (bytes) => bytes.subarray(0, -100)],
		["its beginning is missing", (bytes) => bytes.subarray(400)],
		["an empty file", () => Buffer.alloc(0)],
		["another file", () => Buffer.from("no rows at all")],
		["a length beyond the file", (bytes) => bytes.fill(0x7f, bytes.length - 1)],
	];
	for (const [name, damage] of damages) {
		await keep();
		const entry = join(folder, entries()[0]);
		writeFileSync(entry, damage(readFileSync(entry)));
		for (const to of [allocate, () => undefined]) {
			if (to !== allocate) writeFileSync(entry, damage(readFileSync(await keep().then(() => entry))));
			assert.equal(await findTable(cache, keyOf(), { allocate: to }), undefined, name);
			assert.deepEqual(entries(), [], name);
		}
	}
});

test("those that were not used for longest go when there is no place for all", async () => {
	const table = await keep(keyOf({ target: "one" }));
	const [first] = entries();
	const { size } = statSync(join(folder, first));
	const small = { folder, maxBytes: Math.floor(size * 3.5) };
	for (const target of ["two", "three"]) await keep(keyOf({ target }), small);
	const old = (target: string, seconds: number) => {
		const name = entries().find((name) => readFileSync(join(folder, name)).includes(`"target":"${target}"`))!;
		utimesSync(join(folder, name), seconds, seconds);
	};
	for (const [i, target] of ["one", "two", "three"].entries()) old(target, 1000 + i);
	assert.deepEqual(await find(keyOf({ target: "one" })), table, "it was used now");
	await keep(keyOf({ target: "four" }), small);
	assert.equal(await find(keyOf({ target: "two" })), undefined);
	for (const target of ["one", "three", "four"]) assert.ok(await find(keyOf({ target })), target);
	await keep(keyOf({ target: "five" }), { folder, maxBytes: size - 1000 });
	assert.equal(entries().length, 3, "what is larger than all may be is not kept, and nothing goes for it");
	assert.deepEqual(clearCache(folder), { tables: 3, bytes: 3 * size + 3 });
	assert.deepEqual(readdirSync(folder), []);
});

test("a full disk costs the cache one sentence and leaves nothing behind", async () => {
	const table = await load(path, usual);
	const { writeSync } = fs;
	let left = 20_000;
	mock.method(fs, "writeSync", (...args: Parameters<typeof writeSync>) => {
		left -= Number(args[3]);
		if (left > 0) return Reflect.apply(writeSync, fs, args);
		throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
	});
	syncBuiltinESMExports();
	try {
		const said = `The table's rows cannot be kept in ${folder}: the disk is full; free some space there.`;
		assert.equal(await keepTable(cache, keyOf(), table), said);
		assert.deepEqual(readdirSync(folder), []);
		left = 20_000;
		const streaming = load(path, { ...usual, folder, allocate: () => undefined });
		await assert.rejects(streaming, { name: "InputError", message: said });
		assert.deepEqual(readdirSync(folder), []);
	} finally {
		mock.restoreAll();
		syncBuiltinESMExports();
	}
});

test("two at once keep the same table, and what an ended process left is removed", async () => {
	const [a, b] = await Promise.all([load(path, usual), load(path, usual)]);
	writeFileSync(join(folder, "rows-999999999-x-0.tmp"), "left");
	writeFileSync(join(folder, `rows-${process.ppid}-x-0.tmp`), "another process is at it");
	assert.deepEqual(await Promise.all([a, b].map((table) => keepTable(cache, keyOf(), table))), [undefined, undefined]);
	assert.deepEqual(await find(), a);
	assert.deepEqual(
		readdirSync(folder).filter((name) => !name.endsWith(".rows")),
		[`rows-${process.ppid}-x-0.tmp`],
	);
});

test("the command line clears its own cache, and nothing else in its folder", () => {
	const descent = (...args: string[]) =>
		spawnSync(process.execPath, [join(DIST, "cli.cjs"), ...args], {
			encoding: "utf8",
			env: { ...process.env, XDG_CACHE_HOME: folder },
		});
	fs.mkdirSync(join(folder, "descent"));
	writeFileSync(join(folder, "descent", `${"0a".repeat(20)}.rows`), Buffer.alloc(3 * 2 ** 20));
	writeFileSync(join(folder, "descent", "notes.txt"), "mine");
	const cleared = descent("cache", "clear");
	assert.equal(cleared.stdout, `Removed 1 table, 3.0 MiB, from ${join(folder, "descent")}.\n`);
	assert.deepEqual(readdirSync(join(folder, "descent")), ["notes.txt"]);
	assert.equal(descent("cache", "clear").stdout, `Removed 0 tables, 0.0 KiB, from ${join(folder, "descent")}.\n`);
	const wrong = descent("cache", "empty");
	assert.deepEqual([wrong.status, wrong.stderr.split("\n").length], [2, 2]);
});

test("two processes read, keep and clear in one folder at once: the rows are the same, and nothing is left", async () => {
	const table = write(
		"shared.csv",
		rows("a,b,y", 30_000, (i) => `${i / 7},${(i * 31) % 17},${i % 2}`),
	);
	const shared = mkdtempSync(join(folder, "shared-"));
	const script = join(import.meta.dirname, "../fixtures/data/cache-process.ts");
	const children = [2, 3].map((clearEvery) =>
		fork(script, [table, shared, "30", String(clearEvery)], { stdio: ["ignore", "inherit", "inherit", "ipc"] }),
	);
	await Promise.all(children.map((child) => once(child, "message")));
	const ended = children.map(async (child): Promise<CacheReport> => {
		const [[report], [code]] = await Promise.all([once(child, "message"), once(child, "exit")]);
		assert.equal(code, 0);
		return report;
	});
	for (const child of children) child.send("begin");
	const reports = await Promise.all(ended);
	const digests = new Set(reports.flatMap((report) => report.digests));
	assert.equal(digests.size, 1);
	for (const { found, kept, faults } of reports) {
		assert.deepEqual(faults, []);
		assert.ok(found > 0 && kept > 0 && found + kept === 30, JSON.stringify(reports));
	}
	assert.ok(reports.some(({ cleared }) => cleared > 0));
	const left = readdirSync(shared);
	assert.ok(left.length <= 1 && left.every((name) => name.endsWith(".rows")), left.join());
});
