// How much memory a run may take, and what is said of one that would take more.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { containerLimit } from "../../src/engine/memory-limit.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { kernels } from "../support/kernels.ts";
import { lineTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-memory-"));
after(() => rmSync(folder, { recursive: true }));

test("a run over the memory limit is refused with its plan", async () => {
	const path = join(folder, "small.csv");
	writeFileSync(path, lineTable(3000));
	const file = { dataset: { path }, model: { layers: [500, 500] }, batchSize: 64 };
	await assert.rejects(prepareRun(await kernels(), file, { threads: 1, memoryLimit: 2 ** 21 }), {
		name: "InputError",
		message:
			/^This run needs \d\.\d MiB \(table 35\.2 KiB, mini-batch 1\.\d MiB, model \d\.\d MiB\) and may take 2\.0 MiB; use fewer rows, /,
	});
	const prepared = await prepareRun(await kernels(), file, { threads: 1, memoryLimit: 2 ** 25 });
	prepared.backend.dispose();
	assert.ok(prepared.start.memory.total < 2 ** 25);
});

test("an automatic mini-batch is the power of two that fits the memory limit", async () => {
	const path = join(folder, "full.csv");
	writeFileSync(path, lineTable(2000));
	const prepare = async (batchSize: number | "auto", memoryLimit: number) => {
		const file = { dataset: { path }, model: { layers: [300] }, batchSize };
		const { start, backend } = await prepareRun(await kernels(), file, { threads: 1, memoryLimit });
		backend.dispose();
		return start;
	};
	const full = await prepare("auto", 2 ** 25);
	assert.equal(full.run.batchSize, full.trainRows, "all rows at once, as the notes have it");
	const half = await prepare("auto", full.memory.total - 1);
	assert.deepEqual([half.run.batchSize, half.stepsPerEpoch], [1024, 2]);
	const small = await prepare(100, 2 ** 25);
	assert.equal((await prepare("auto", small.memory.total)).run.batchSize, 64);
	await assert.rejects(prepare(1024, half.memory.total - 1), { name: "InputError" }, "one that was asked for stays");
	await assert.rejects(prepare("auto", 2 ** 16), { name: "InputError" });
});

test("the container's limit is the least of its groups' and those above, in both versions of cgroups", () => {
	const limitOf = (name: string, files: Record<string, string>) => {
		const root = join(folder, name);
		for (const [file, contents] of Object.entries(files)) {
			mkdirSync(dirname(join(root, file)), { recursive: true });
			writeFileSync(join(root, file), contents);
		}
		return containerLimit(root);
	};
	const two = "sys/fs/cgroup/";
	const one = "sys/fs/cgroup/memory/";
	assert.equal(limitOf("none", {}), Number.POSITIVE_INFINITY);
	assert.equal(
		limitOf("max", { "proc/self/cgroup": "0::/\n", [`${two}memory.max`]: "max\n" }),
		Number.POSITIVE_INFINITY,
	);
	assert.equal(limitOf("own", { "proc/self/cgroup": "0::/\n", [`${two}memory.max`]: "1073741824\n" }), 2 ** 30);
	const nested = {
		"proc/self/cgroup": "0::/a/b\n",
		[`${two}a/memory.max`]: "4096\n",
		[`${two}a/b/memory.max`]: "8192\n",
	};
	assert.equal(limitOf("above", nested), 4096);
	const old = {
		"proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/x\n0::/\n",
		[`${one}x/memory.limit_in_bytes`]: "12288\n",
	};
	assert.equal(limitOf("old", { ...old, [`${one}memory.limit_in_bytes`]: "9223372036854771712\n" }), 12288);
});
