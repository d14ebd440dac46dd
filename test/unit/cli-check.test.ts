// descent check as a script would use it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { DIST } from "../support/kernels.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-check-"));
after(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): void {
	mkdirSync(dirname(join(folder, name)), { recursive: true });
	writeFileSync(join(folder, name), text);
}

function check(...args: string[]) {
	const options = { encoding: "utf8", cwd: folder } as const;
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(DIST, "cli.cjs"), "check", ...args], options);
	return { status, stdout, stderr };
}

const BAD = "import torch\n\nopt = torch.optim.Adam(p, lr=5)\n";
put("src/bad.py", BAD);
put("src/good.py", BAD.replace("lr=5", "lr=0.001"));
put("src/deep/bad.ts", 'import * as tf from "@tensorflow/tfjs";\nconst opt = tf.train.adam(5);\n');
put("src/node_modules/x/bad.py", BAD);
put("src/.venv/bad.py", BAD);
put("src/venv/bad.py", BAD);
put("src/bad.train.json", '{ "dataset": { "path": "a.csv" }, "optimizer": { "name": "adam", "learningRate": 5 } }\n');
put("src/notes.md", "import torch\n");
put(
	"book.ipynb",
	JSON.stringify({
		cells: [
			{ cell_type: "markdown", source: "#" },
			{ cell_type: "code", source: "import torch" },
			{ cell_type: "code", source: ["\n", "opt = torch.optim.Adam(p, lr=5)"] },
		],
	}),
);

test("text: file, line, column, severity and code; a folder with all below it", () => {
	const { status, stdout, stderr } = check("src");
	assert.equal(stderr, "");
	assert.equal(status, 1);
	assert.deepEqual(
		stdout
			.trim()
			.split("\n")
			.map((line) => line.split(" ").slice(0, 3).join(" ")),
		[
			`${join("src", "bad.py")}:3:30 warning learning-rate-range`,
			`${join("src", "bad.train.json")}:1:82 warning learning-rate-range`,
			`${join("src", "deep", "bad.ts")}:2:27 warning learning-rate-range`,
		],
	);
	assert.match(stdout, /The learning rate is 5; Adam is rarely stable above 0\.1\./);
});

test("exit codes: 0 without errors and warnings, 2 for what cannot be read", () => {
	assert.deepEqual(check("src/good.py"), { status: 0, stdout: "", stderr: "" });
	put("hint.py", "import torch\nfor epoch in range(3):\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n");
	const hint = check("hint.py");
	assert.deepEqual([hint.status, hint.stdout.split(" ")[2]], [0, "no-seed"]);
	for (const args of [[], ["nowhere.py"], ["src/notes.md"], ["src", "--epochs", "3"], ["src", "--json", "--sarif"]]) {
		const { status, stdout, stderr } = check(...args);
		assert.deepEqual([status, stdout], [2, ""], args.join(" "));
		assert.match(stderr, /^descent: .+\.\n$/);
	}
});

test("--json: an object a finding; in a notebook with its code cell", () => {
	const { status, stdout } = check("book.ipynb", "--json");
	assert.equal(status, 1);
	const { message, advice, ...found } = JSON.parse(stdout);
	assert.deepEqual(found, {
		type: "finding",
		path: "book.ipynb",
		cell: 2,
		line: 2,
		column: 30,
		endLine: 2,
		endColumn: 31,
		code: "learning-rate-range",
		severity: "warning",
	});
	assert.ok(message && advice);
});

test("--sarif: a log of version 2.1.0 whose results name rules, files and regions", () => {
	const { status, stdout } = check("src/bad.py", "--sarif");
	assert.equal(status, 1);
	const log = JSON.parse(stdout);
	assert.equal(log.version, "2.1.0");
	const [{ tool, results }] = log.runs;
	assert.equal(tool.driver.name, "descent");
	const [result] = results;
	assert.equal(tool.driver.rules[result.ruleIndex].id, result.ruleId);
	assert.equal(result.level, "warning");
	assert.equal(result.locations[0].physicalLocation.artifactLocation.uri, "src/bad.py");
	assert.deepEqual(result.locations[0].physicalLocation.region, {
		startLine: 3,
		startColumn: 30,
		endLine: 3,
		endColumn: 31,
	});
	assert.deepEqual(JSON.parse(check("src/good.py", "--sarif").stdout).runs[0].results, []);
});

test("--facts: what was read of each file", () => {
	const { status, stdout } = check("src/bad.py", "--facts");
	assert.equal(status, 0);
	const facts = JSON.parse(stdout);
	assert.deepEqual(facts.frameworks, ["pytorch"]);
	assert.equal(facts.optimizers[0].parameters[0].value, 5);
});

test("a run file that training would refuse is said, and the others are checked all the same", () => {
	put("runs/typo.train.json", '{ "dataset": { "path": "a.csv" }, "optimzer": {} }');
	put("runs/loud.train.json", '{ "dataset": { "path": "a.csv" }, "optimizer": { "name": "adam", "learningRate": 5 } }');
	const { status, stdout, stderr } = check("runs");
	assert.equal(status, 2);
	assert.match(stderr, /^descent: .*typo\.train\.json: "optimzer" is not a known key; did you mean "optimizer"\?/);
	assert.match(stdout, /loud\.train\.json:1:\d+ \w+ /);
});
