// The question to nvidia-smi, with programs that stand in for it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { GpuMemory } from "../../src/extension/editor/gpu-memory.ts";

const folder = mkdtempSync(join(tmpdir(), "descent gpu-"));
after(() => rmSync(folder, { recursive: true }));

/** A program that notes its arguments and prints something. */
function standIn(name: string, prints: string, code = 0): string {
	const path = join(folder, name);
	const log = JSON.stringify(join(folder, `${name}.log`));
	const script = `require("fs").appendFileSync(${log}, process.argv.slice(2).join(" ") + "\\n");process.stdout.write(${JSON.stringify(prints)});process.exitCode=${code}`;
	writeFileSync(path, `#!${process.execPath}\n${script}\n`, { mode: 0o755 });
	return path;
}
const questions = (name: string) =>
	readFileSync(join(folder, `${name}.log`), "utf8")
		.trim()
		.split("\n");

test("the largest memory, asked once a minute", { skip: process.platform === "win32" }, async () => {
	let now = 5;
	const gpu = new GpuMemory(standIn("two", "8192\n24576\n"), () => now);
	assert.deepEqual(await Promise.all([gpu.bytes(), gpu.bytes()]), [24576 * 2 ** 20, 24576 * 2 ** 20]);
	now += 59_000;
	await gpu.bytes();
	assert.deepEqual(questions("two"), ["--query-gpu=memory.total --format=csv,noheader,nounits"]);
	now += 1000;
	await gpu.bytes();
	assert.equal(questions("two").length, 2);
});

test("none, one that tells nothing, and a tool that fails are silence", {
	skip: process.platform === "win32",
}, async () => {
	assert.equal(await new GpuMemory(join(folder, "nowhere")).bytes(), undefined);
	assert.equal(await new GpuMemory(standIn("shared", "[N/A]\n")).bytes(), undefined);
	assert.equal(await new GpuMemory(standIn("failing", "8192\n", 9)).bytes(), undefined);
});
