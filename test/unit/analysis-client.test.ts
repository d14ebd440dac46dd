import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loopRun } from "../../src/analysis/index.ts";
import { AnalysisClient } from "../../src/extension/editor/analysis-client.ts";
import { DIST } from "../support/kernels.ts";

const loop = (rate: string) => `import torch\nopt = torch.optim.Adam(net.parameters(), lr=${rate})\n`;

function rateOf({ analysis }: Awaited<ReturnType<AnalysisClient["read"]>>): unknown {
	return analysis.facts.optimizers[0]?.parameters[0].value;
}

test("texts are answered in their order, each as it was when it was sent", async () => {
	const client = new AnalysisClient(DIST);
	try {
		const read = await Promise.all([
			client.read("a", "python", [loop("0.1")]),
			client.read("b", "notebook", ["import torch", "opt = torch.optim.SGD(p, lr=0.2)"]),
			client.read("a", "python", [loop("0.3")]),
			client.read("a", "python", [loop("0.4").replace("opt", "x = (\nopt")]),
		]);
		assert.deepEqual(read.map(rateOf), [0.1, 0.2, 0.3, 0.3]);
		assert.deepEqual(
			read.map(({ broken }) => broken),
			[false, false, false, true],
		);
		client.forget("a");
		const again = await client.read("a", "typescript", ["export const x = 1;"]);
		assert.deepEqual(again.analysis.facts.optimizers, []);
	} finally {
		client.dispose();
	}
});

test("the host is told of clipping, which the text's run has, but not of all that loops call", async () => {
	const client = new AnalysisClient(DIST);
	try {
		const text = `${loop("0.1")}for x, y in loader:
    opt.zero_grad()
    cost(net(x), y).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
`;
		const { facts } = (await client.read("a", "python", [text])).analysis;
		assert.deepEqual(
			facts.loops.map(({ calls }) => calls),
			[[]],
		);
		assert.deepEqual(loopRun(facts)!.run.clip, { norm: 1 });
		assert.deepEqual(
			loopRun(facts)!.assumed.map(({ name }) => name),
			["batch size", "epochs", "layers"],
		);
	} finally {
		client.dispose();
	}
});

test("a thread that is gone answers those who wait with why, and the next text has a new one", async () => {
	const folder = await mkdtemp(join(tmpdir(), "descent-analysis-"));
	await cp(join(DIST, "analysis.cjs"), join(folder, "analysis.cjs"));
	const client = new AnalysisClient(folder);
	try {
		await assert.rejects(client.read("a", "python", [loop("0.1")]), /ENOENT.*tree-sitter/);
		await cp(join(DIST, "grammars"), join(folder, "grammars"), { recursive: true });
		assert.equal(rateOf(await client.read("a", "python", [loop("0.1")])), 0.1, "loaded by now");
		const waiting = client.read("a", "python", [loop("0.2")]);
		client.dispose();
		await assert.rejects(waiting, /stopped/);
		assert.equal(rateOf(await client.read("a", "python", [loop("0.3")])), 0.3);
	} finally {
		client.dispose();
		await rm(folder, { recursive: true });
	}
});
