// Tables of many rows: 32-bit floats where they do, turns for others, an end when it is asked for.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CellMemory } from "../../src/engine/data/cells/cell-memory.ts";
import { NumberCells } from "../../src/engine/data/cells/number-cells.ts";
import { NumberCounts } from "../../src/engine/data/cells/number-counts.ts";
import { inspectTable } from "../../src/engine/data/index.ts";
import { Random } from "../../src/engine/training/random.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";

const count = 560_000;
const fraction = (i: number) => ((i * 7919) % 20_000) / 10_000 - 1;
const stamp = (i: number) => 1_700_000_000 + 7 * ((i * 31) % count);
const filler = "a text that only takes space, so that the file is large";
/** over 32 MiB, so that fractions are read as 32-bit floats; a cell of the last rows may be another */
const text = (last: Record<number, string> = {}) =>
	rows("part,stamp,filler,y", count, (i) => {
		return `${last[i] ?? fraction(i).toFixed(4)},${stamp(i)},"${filler}${i % 2}",${(i % 1000) / 8}`;
	});
const path = write("large.csv", text());
assert.ok(statSync(path).size > 2 ** 25);
const used = { features: ["part", "stamp"], target: "y", task: "regression" } as const;
const options = { ...used, features: [...used.features] };

/** Mean and population deviation, summed by two passes as textbooks do. */
function figures(values: number[]): [number, number] {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
}

test("a large table has the numbers of its formula, in the order of the file within each part", async () => {
	const told: [number, number][] = [];
	let turns = 0;
	let counting = setImmediate(function turn() {
		turns++;
		counting = setImmediate(turn);
	});
	const table = await load(path, { ...options, split: { test: 0.1 }, progress: (...rows) => told.push(rows) });
	clearImmediate(counting);
	const { trainRows, devRows, testRows } = table.shape;
	assert.deepEqual([trainRows, devRows, testRows], [364_000, 140_000, 56_000]);
	const source = [...table.sourceRow].map((row) => row - 1);
	for (const [from, to] of [
		[0, trainRows],
		[trainRows, trainRows + devRows],
		[trainRows + devRows, count],
	]) {
		for (let i = from + 1; i < to; i++) if (source[i] <= source[i - 1]) assert.fail(`row ${source[i]} at ${i}`);
	}
	const training = source.slice(0, trainRows);
	const [part, spread] = figures(training.map(fraction));
	const [moment, width] = figures(training.map(stamp));
	const [y, deviation] = figures(training.map((i) => (i % 1000) / 8));
	let worst = 0;
	for (const [k, i] of source.entries()) {
		worst = Math.max(
			worst,
			Math.abs(table.x[k * 2] - (fraction(i) - part) / spread),
			Math.abs(table.x[k * 2 + 1] - (stamp(i) - moment) / width),
			Math.abs(table.y[k] - ((i % 1000) / 8 - y) / deviation),
		);
	}
	assert.ok(worst < 1e-6, `${worst}`);
	assert.ok(turns > 100, `other work had ${turns} turns`);
	for (const [rows, about] of told)
		assert.ok(rows <= about && Math.abs(about / count - 1) < 0.05, `${rows} of ${about}`);
});

test("what is told of a column is what stands in the file, though it was read as 32-bit floats", async () => {
	const { columns, rows, target, task } = await inspectTable(path, {});
	assert.equal(rows, count);
	assert.equal(`${target} ${task}`, "y regression");
	const [part, stamped, fillers] = columns;
	assert.deepEqual([part.min, part.max], [-1, 0.9999]);
	assert.ok(Math.abs(part.mean! - -0.00005) < 1e-7, `${part.mean}`);
	assert.deepEqual([stamped.min, stamped.max], [stamp(0), 1_700_000_000 + 7 * (count - 1)]);
	assert.deepEqual(fillers.levels, [
		{ value: `${filler}0`, count: count / 2 },
		{ value: `${filler}1`, count: count / 2 },
	]);
});

test("a mark, a text and a number too large that come late are found", async () => {
	const partWith = async (cell: string) => {
		const { columns } = await inspectTable(write("late.csv", text({ [count - 9]: cell })), {});
		return columns[0];
	};
	assert.deepEqual((await partWith("NA")).missing, 1);
	assert.deepEqual((await partWith("1e39")).max, 1e39);
	assert.equal((await partWith("oops")).setAside, `not all numbers: "oops" in row ${count - 8}`);
});

test("a text in the last row is found when the rows above it have been taken already", async () => {
	const names = Array.from({ length: 100 }, (_, i) => `c${i}`);
	const row = `${names.map((_, i) => i * 3).join()}\n`;
	const broken = `${names.map((_, i) => (i === 50 ? "oops" : "")).join()}\n`;
	const wide = write("wide.csv", `${names.join()}\n${row.repeat(30_000)}7${row}${row.repeat(30_000)}${broken}`);
	const { columns, rows } = await inspectTable(wide, { target: "c0" });
	assert.equal(rows, 60_002);
	assert.equal(columns[50].kind, "categorical");
	assert.deepEqual(columns[50].levels, [
		{ value: "150", count: 60_001 },
		{ value: "oops", count: 1 },
	]);
});

test("a reading ends when it is asked to, with the reason, and the next one is as good as ever", async () => {
	const reason = new Error("enough");
	for (const when of ["before", "while it is read", "while it is encoded"]) {
		const controller = new AbortController();
		const { signal } = controller;
		if (when === "before") controller.abort(reason);
		const allocate = (shape: { rows: number; features: number }) => {
			controller.abort(reason);
			return { x: new Float32Array(shape.rows * shape.features), y: new Float32Array(shape.rows) };
		};
		let later = 0;
		const progress = () => {
			if (signal.aborted) later++;
			else controller.abort(reason);
		};
		const watch = when === "while it is read" ? { progress } : when === "while it is encoded" ? { allocate } : {};
		await assert.rejects(load(path, { ...options, signal, ...watch }), (error) => error === reason, when);
		assert.equal(later, 0);
	}
	assert.equal((await load(path, options)).shape.rows, count);
});

test("cells over the memory limit wait on the disk, and nothing of it stays there", async () => {
	const folder = mkdtempSync(join(tmpdir(), "descent-cells-"));
	const whole = await load(path, options);
	const table = await load(path, { ...options, memoryLimit: 2 ** 22, folder });
	assert.deepEqual(table.x, whole.x);
	assert.deepEqual(table.y, whole.y);
	assert.deepEqual(table.preparation, whole.preparation);
	assert.deepEqual(readdirSync(folder), []);
	const file = join(folder, "file");
	writeFileSync(file, "");
	await assert.rejects(load(path, { ...options, memoryLimit: 2 ** 22, folder: file }), {
		name: "InputError",
		message: /^The table's rows cannot be kept in .*file: EEXIST; check/,
	});
	rmSync(folder, { recursive: true });
});

test("numbers are counted as a map counts them", () => {
	const random = new Random(4);
	for (const kinds of [1, 3, 500, 5000]) {
		const counts = new NumberCounts();
		const expected = new Map<number, number>();
		for (let round = 0; round < 10; round++) {
			const values = Float64Array.from({ length: 2000 }, () => {
				const number = (random.below(kinds) - (kinds >> 1)) * [1, -0.1, 1e300][round % 3];
				return random.below(9) === 0 ? Number.NaN : number;
			});
			for (const value of values) if (!Number.isNaN(value)) expected.set(value, (expected.get(value) ?? 0) + 1);
			counts.add(values);
		}
		assert.equal(counts.size, expected.size);
		const sorted = [...expected].sort(([a], [b]) => a - b);
		const found = counts.entries().map(({ value, count }) => [value + 0, count]);
		assert.deepEqual(
			found,
			sorted.map(([value, count]) => [value + 0, count]),
		);
	}
});

test("32 bits hold a column only where they lose nothing that matters", () => {
	const rows = 100_000;
	const cells = (value: (i: number) => number) => {
		const memory = new CellMemory(rows, 1);
		const kept = new NumberCells(memory, false);
		for (let first = 0; first < rows; first += 2000) {
			const data = new Uint8Array(Float64Array.from({ length: 2000 }, (_, i) => value(first + i)).buffer);
			kept.append({ data, validity: null }, 2000);
		}
		let worst = 0;
		for (let i = 0; i < rows; i++) {
			const block = Math.floor(i / 8192);
			worst = Math.max(worst, Math.abs(kept.read(block)[i - block * 8192] - value(i)));
		}
		return { worst, bytes: kept.bytes / rows };
	};
	const fractions = cells((i) => ((i * 7919) % rows) / 3);
	assert.ok(fractions.worst > 0 && fractions.worst < rows / 3 / 2 ** 20, `${fractions.worst}`);
	assert.ok(fractions.bytes < 7.2, "only the first rows in 64 bits");
	assert.deepEqual(cells((i) => (i * 7919) % rows).worst, 0, "whole numbers that fit");
	const stamps = cells((i) => 1_700_000_000 + ((i * 7919) % rows));
	assert.ok(stamps.worst === 0 && stamps.bytes < 7.2, "whole numbers far from 0");
	const long = cells((i) => (i % 3) * 2 ** 40 + i);
	assert.ok(long.worst === 0 && long.bytes > 8, "whole numbers far from each other");
	assert.ok(cells((i) => 1e9 + ((i * 7919) % rows) / rows).worst === 0, "fractions far from 0");
	assert.equal(cells(() => 0.1).worst, 0, "a constant");
	assert.equal(cells((i) => [0, 1e9, 1e9 + 1][i % 3]).worst, 0, "whole numbers that may be classes");
});

test("whole numbers in 32 bits are those that were given, whatever comes after them", () => {
	const random = new Random(11);
	const rows = 90_000;
	// rows from 65,536 on are kept in 32 bits where they can be; a block ends at 73,728
	const columns: Record<string, { value: (i: number) => number; bytes: number }> = {
		"of all 32 bits": { value: () => random.below(2 ** 32), bytes: 8 },
		"one number more than 32 bits have": { value: (i) => (i % 2) * (2 ** 32 - 1), bytes: 9 },
		"moments in milliseconds": { value: () => 1.6e12 + random.below(1e8) * 1000, bytes: 8 },
		"some missing": { value: (i) => (i % 7 === 0 ? Number.NaN : 3e9 + random.below(1e6)), bytes: 8 },
		"a whole block missing": { value: (i) => (i > 65_000 && i < 75_000 ? Number.NaN : 3e9 + i), bytes: 8 },
		"a fraction in the midst": { value: (i) => 3e9 + i + (i === 70_001 ? 0.25 : 0), bytes: 9 },
		"a far number in the midst": { value: (i) => (i === 70_001 ? 2 ** 52 + 1 : 3e9 + i), bytes: 9 },
		"an infinite one": { value: (i) => (i === 70_001 ? Number.NEGATIVE_INFINITY : 3e9 + i), bytes: 9 },
		"past 2^24 in the midst": { value: (i) => i - 70_001 + 2 ** 24, bytes: 8 },
		"beyond what floats tell apart": { value: (i) => 2 ** 60 + i * 256, bytes: 8 },
	};
	for (const [name, { value, bytes }] of Object.entries(columns)) {
		const given = Float64Array.from({ length: rows }, (_, i) => value(i));
		const kept = new NumberCells(new CellMemory(rows, 1), false);
		for (let first = 0; first < rows; first += 2000) kept.add(given.subarray(first, first + 2000));
		for (let first = 0; first < rows; first += 8192) {
			assert.deepEqual(kept.read(first / 8192), given.slice(first, first + 8192), `${name}, from row ${first}`);
			assert.deepEqual(Float64Array.from(kept.held(first / 8192)), given.slice(first, first + 8192), name);
		}
		assert.ok(kept.bytes / rows < bytes, `${name}: ${kept.bytes / rows} bytes a cell`);
	}
});
