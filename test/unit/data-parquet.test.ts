import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { inspectTable } from "../../src/engine/data/index.ts";
import { load, pathOf, write } from "../fixtures/data/table-files.ts";

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();

async function copy(query: string, name: string, options = ""): Promise<string> {
	await connection.run(`COPY (${query}) TO '${pathOf(name).replaceAll("'", "''")}' (${options || "FORMAT parquet"})`);
	return pathOf(name);
}

const rows = `SELECT (i * 7919) % 5000 / 16 AS part, (i * 31) % 1000 AS whole, (i % 9)::TINYINT AS small,
	(i % 13 / 4)::FLOAT AS single, (i % 17 / 100)::DECIMAL(9, 2) AS price, i::BIGINT * 4000000000 AS large,
	i % 3 = 0 AS flag, 'level ' || i % 4 AS level, CASE WHEN i % 5 > 0 THEN i % 11 END AS gaps, (i % 7) * 0.5 AS y
	FROM range(20000) t(i)`;

test("a Parquet table has the numbers of the same table as CSV, in the same order", async () => {
	const options = { target: "y", task: "regression" } as const;
	for (const codec of ["snappy", "zstd", "uncompressed"]) {
		const binary = await load(await copy(rows, "same.parquet", `FORMAT parquet, CODEC ${codec}`), options);
		const text = await load(await copy(rows, "same.csv", "FORMAT csv"), options);
		assert.deepEqual(binary.featureNames, text.featureNames);
		assert.deepEqual(binary.x, text.x);
		assert.deepEqual(binary.y, text.y);
		assert.deepEqual(binary.sourceRow, text.sourceRow);
		assert.equal(binary.summary.columns[8].missing, 4000);
	}
});

test("nested and binary columns are set aside with a word why; names are only names", async () => {
	const path = await copy(
		`SELECT i AS n, [i] AS list, {'a': i} AS struct, MAP {'k': i} AS map, 'bytes'::BLOB AS bytes,
		CASE WHEN i < 30 THEN [i] END AS gaps, i * 0.5 AS """; DROP TABLE t; --", i % 2 AS "a
b", 1.5 * i AS "A", i AS c0, TIMESTAMPTZ '2024-05-06 12:00:00+02' + INTERVAL (i % 2) DAY AS moment, i % 3 AS y
		FROM range(40) t(i)`,
		"it's '); DROP TABLE t; --[x]*?.parquet",
	);
	const { columns, target } = await inspectTable(path, { features: ["A", "c0", '"; DROP TABLE t; --'] });
	assert.equal(target, "y");
	const told = columns.map(({ name, kind, missing, setAside }) => [name, kind, missing, setAside]);
	const nested = ["text", 0, "nested values"];
	assert.deepEqual(told.slice(1, 6), [
		["list", ...nested],
		["struct", ...nested],
		["map", ...nested],
		["bytes", "text", 0, "binary values"],
		["gaps", "text", 10, "nested values"],
	]);
	assert.deepEqual(
		told.slice(6, 10).map(([name, kind]) => [name, kind]),
		[
			['"; DROP TABLE t; --', "numeric"],
			["a b", "numeric"],
			["A", "numeric"],
			["c0", "numeric"],
		],
	);
	await assert.rejects(inspectTable(path, { target: "list" }), {
		message: `it's '); DROP TABLE t; --[x]*?.parquet, column "list": a target cannot have nested values; choose another target.`,
	});
	await assert.rejects(inspectTable(path, { features: ["bytes"] }), {
		message: `it's '); DROP TABLE t; --[x]*?.parquet, column "bytes": it cannot be a feature (binary values); leave it out of the features.`,
	});
});

test("a moment with a time zone is told in UTC, wherever the machine is", async () => {
	const path = await copy(
		"SELECT i % 2 AS a, CASE i % 2 WHEN 0 THEN TIMESTAMPTZ '2024-05-06 12:00:00+02' ELSE '2024-01-01 00:00:00+00' END AS moment, i * 0.5 AS y FROM range(9) t(i)",
		"moments.parquet",
	);
	const zone = process.env.TZ;
	process.env.TZ = "Asia/Tokyo";
	try {
		const { kind, min, max } = (await inspectTable(path, { target: "y" })).columns[1];
		assert.deepEqual([kind, min, max], ["date", Date.UTC(2024, 0, 1), Date.UTC(2024, 4, 6, 10)]);
	} finally {
		if (zone === undefined) delete process.env.TZ;
		else process.env.TZ = zone;
	}
});

test("a Parquet file that is none, is cut short, is empty or holds what cannot be added up, is said so", async () => {
	const whole = readFileSync(await copy(rows, "whole.parquet"));
	const damaged = "is damaged, cut short or no Parquet file; write it again.";
	const cases: [string, Uint8Array | string][] = [
		["half.parquet", whole.subarray(0, whole.length / 2)],
		["tail.parquet", Buffer.concat([whole.subarray(0, whole.length / 2), whole.subarray(whole.length / 2 + 9)])],
		["magic.parquet", whole.subarray(0, 4)],
		["text.parquet", "a,b\n1,2\n"],
	];
	for (const [name, bytes] of cases) {
		await assert.rejects(inspectTable(write(name, bytes), {}), { name: "InputError", message: `${name} ${damaged}` });
	}
	await assert.rejects(inspectTable(await copy("SELECT 1 AS a, 2 AS b LIMIT 0", "none.parquet"), {}), {
		message: "none.parquet has columns but no rows; write rows into it.",
	});
	await assert.rejects(
		inspectTable(
			await copy("SELECT CASE i WHEN 3 THEN 'inf'::DOUBLE ELSE i END AS a, i AS y FROM range(9) t(i)", "inf.parquet"),
			{},
		),
		{ message: 'inf.parquet, row 4, column "a": the number is infinite; correct it or leave the cell empty.' },
	);
	// what its first bytes show counts more than its name
	assert.equal((await inspectTable(write("misnamed.csv", whole), {})).rows, 20_000);
});
