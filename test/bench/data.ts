/**
 * Reading a table of 5,000,000 x 11 numbers beside DuckDB alone, each in a process of its own: `npm run bench:data`.
 *
 * DuckDB alone casts the same columns to FLOAT, streams its chunks and drops them: with its own settings, and with the
 * engine's larger buffer of chunks, which is the fastest way known. The engine reads, finds what the columns are, splits,
 * standardises and encodes into shared WebAssembly memory. Memory is the most that the process ever had resident, less
 * what it had after DuckDB was loaded and had answered a first query. `node test/bench/data.ts ROWS ROUNDS` for others.
 */
import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { waitingChunks } from "../../src/engine/data/duck.ts";
import { type LoadOptions, loadTable } from "../../src/engine/data/index.ts";
import { Random } from "../../src/engine/training/random.ts";

const columns = 11;

interface Result {
	ms: number;
	/** of all threads */
	cpuMs: number;
	/** bytes over the bare process at the most */
	memory: number;
	/** of the encoded table */
	table?: number;
	/** longest time without a turn for others */
	blockedMs?: number;
	/** from the abort to the rejection */
	cancelMs?: number;
}

const tasks: Record<string, (path: string) => Promise<Result>> = {
	duckdb: (path) => duckAlone(path),
	buffered: (path) => duckAlone(path, waitingChunks),
	engine,
	cancel,
};

const options: LoadOptions = {
	target: "y",
	task: "regression",
	missing: "impute",
	scaling: "standardize",
	split: { dev: 0.2, test: 0, seed: 0, stratify: true },
	allocate({ rows, features }) {
		const bytes = rows * (features + 1) * 4;
		const pages = Math.ceil(bytes / 65536);
		const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
		return { x: new Float32Array(buffer, 0, rows * features), y: new Float32Array(buffer, rows * features * 4, rows) };
	},
};

const [task, path] = process.argv.slice(2);
if (Object.hasOwn(tasks, task)) console.log(JSON.stringify(await tasks[task](path)));
else await compare(Number(task ?? 5_000_000), Number(path ?? 5));

async function compare(rows: number, rounds: number): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "descent-bench-"));
	const results: Record<string, Result[]> = {};
	try {
		const file = join(folder, "table.csv");
		generate(file, rows);
		const megabytes = (statSync(file).size / 1e6).toFixed(0);
		console.log(`${rows.toLocaleString("en-US")} x ${columns}, ${megabytes} MB of CSV, ${rounds} rounds`);
		const run = promisify(execFile);
		for (let round = 0; round < rounds; round++) {
			for (const name of Object.keys(tasks)) {
				const { stdout } = await run(process.execPath, [import.meta.filename, name, file]);
				results[name] = [...(results[name] ?? []), JSON.parse(stdout)];
			}
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
	const least = (name: string, member: "ms" | "cpuMs") => Math.min(...results[name].map((result) => result[member]));
	const median = (name: string, member: keyof Result) => {
		const values = results[name].map((result) => result[member] ?? Number.NaN).sort((a, b) => a - b);
		return values[values.length >> 1];
	};
	const line = (what: string, name: string) => {
		const figure = (value: number) => value.toFixed(0).padStart(6);
		const shares = (["ms", "cpuMs"] as const).map((member) =>
			(least("engine", member) / least(name, member)).toFixed(2),
		);
		const own = name === "engine" ? "" : `   engine / this ${shares[0]}, in processor time ${shares[1]}`;
		const times = `${figure(median(name, "ms"))} ms, at least ${figure(least(name, "ms"))} ms`;
		console.log(`${what.padEnd(36)} ${times}, of processors ${figure(least(name, "cpuMs"))} ms${own}`);
	};
	line("DuckDB alone, its own settings", "duckdb");
	line(`DuckDB alone, ${waitingChunks} of chunks`, "buffered");
	line("engine: read, cast, split, encode", "engine");
	const [memory, table] = [median("engine", "memory"), median("engine", "table")];
	const share = (memory / table).toFixed(2);
	console.log(`engine's memory ${(memory / 1e6).toFixed(0)} MB, ${share} x the encoded table (${table / 1e6} MB)`);
	console.log(`event loop blocked for ${median("engine", "blockedMs").toFixed(0)} ms at most`);
	console.log(`a cancelled reading ended after ${median("cancel", "cancelMs").toFixed(0)} ms`);
}

/** Uniform numbers of four decimals, the last column a sum of the others. */
function generate(path: string, rows: number): void {
	const random = new Random(1);
	const file = openSync(path, "w");
	const part = Buffer.alloc(2 ** 22);
	let used = part.write(`${Array.from({ length: columns - 1 }, (_, j) => `x${j}`).join()},y\n`);
	for (let i = 0; i < rows; i++) {
		let line = "";
		let sum = 0;
		for (let j = 0; j < columns - 1; j++) {
			const value = 2 * random.uniform() - 1;
			line += `${value.toFixed(4)},`;
			sum += value * (j - 4.5);
		}
		used += part.write(`${line}${(sum / 10).toFixed(4)}\n`, used, "latin1");
		if (used < part.length - 200 && i < rows - 1) continue;
		writeSync(file, part, 0, used);
		used = 0;
	}
	closeSync(file);
}

/** @returns resident bytes of the process with DuckDB loaded */
async function bareMemory(): Promise<number> {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	await connection.run("SELECT 1");
	connection.closeSync();
	instance.closeSync();
	return process.memoryUsage().rss;
}

/** @returns what gives the milliseconds since now */
function stopwatch(): () => Pick<Result, "ms" | "cpuMs"> {
	const begin = performance.now();
	const cpu = process.cpuUsage();
	return () => {
		const { user, system } = process.cpuUsage(cpu);
		return { ms: performance.now() - begin, cpuMs: (user + system) / 1000 };
	};
}

function mostMemory(): number {
	return process.resourceUsage().maxRSS * 1024;
}

async function duckAlone(path: string, buffer?: string): Promise<Result> {
	const bare = await bareMemory();
	const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
	const connection = await instance.connect();
	if (buffer) await connection.run(`SET streaming_buffer_size = '${buffer}'`);
	const types = Array.from({ length: columns }, (_, i) => `'c${i}': 'FLOAT'`).join();
	const elapsed = stopwatch();
	const result = await connection.stream(
		`FROM read_csv($1, auto_detect = false, header = true, delim = ',', columns = {${types}})`,
		[path],
	);
	for (;;) {
		const chunk = await result.fetchChunk();
		if (!chunk || chunk.rowCount === 0) break;
	}
	return { ...elapsed(), memory: mostMemory() - bare };
}

async function engine(path: string): Promise<Result> {
	const bare = await bareMemory();
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const elapsed = stopwatch();
	const { x, y } = await loadTable(path, options);
	const times = elapsed();
	delay.disable();
	return { ...times, memory: mostMemory() - bare, table: x.byteLength + y.byteLength, blockedMs: delay.max / 1e6 };
}

async function cancel(path: string): Promise<Result> {
	const controller = new AbortController();
	let asked = 0;
	const progress = () => {
		asked = performance.now();
		controller.abort();
	};
	const elapsed = stopwatch();
	await loadTable(path, { ...options, signal: controller.signal, progress }).catch(() => {});
	const end = performance.now();
	return { ...elapsed(), memory: mostMemory(), cancelMs: end - asked };
}
