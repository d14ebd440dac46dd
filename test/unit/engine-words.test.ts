// What the engine says, said again in the language of the window: by the engine's own sentences, not by copies of them.
import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loopRun } from "../../src/analysis/index.ts";
import type { ResolvedRun } from "../../src/engine/protocol/run.ts";
import { parseRunFile } from "../../src/engine/run-file.ts";
import { DeadUnits } from "../../src/engine/training/diagnosis/dead-units.ts";
import { divergence } from "../../src/engine/training/diagnosis/divergence.ts";
import { costRose } from "../../src/engine/training/diagnosis/words.ts";
import { datasetChanged } from "../../src/engine/training/findings.ts";
import type { PreparedRun } from "../../src/engine/training/prepare.ts";
import { setBundle } from "../../src/l10n.ts";
import { engineSentences, engineWords } from "../../webview/engine-words.ts";
import { runFileSentences } from "../../webview/run-file-words.ts";
import { analyze } from "../support/analysis.ts";
import { repository } from "../support/vscode/paths.ts";

const korean = await readFile(join(repository, "l10n", "bundle.l10n.ko.json"), "utf8");
before(() => setBundle(korean));
after(() => setBundle("{}"));

/** the run of a table of 1,000 rows, each with the number that it has in the file */
const prepared = (trainRows: number) =>
	({
		start: { trainRows, run: { optimizer: { learningRate: 0.1 } } },
		table: { sourceRow: Uint32Array.from({ length: 1000 }, (_, i) => i + 1) },
	}) as unknown as PreparedRun;

test("a divergence is told with its step, its cost and its rows", () => {
	const said = (rows: number, cost: number, trainRows = 1000) =>
		engineWords(
			divergence(
				prepared(trainRows),
				1200,
				cost,
				Uint32Array.from({ length: rows }, (_, i) => i),
			).message,
		);
	assert.equal(said(1, Number.NaN), "단계 1,200에서 비용이 유한한 수가 아니게 되었습니다(표의 행 1).");
	assert.equal(said(3, Number.NaN), "단계 1,200에서 비용이 유한한 수가 아니게 되었습니다(표의 행 1, 2, 3).");
	assert.equal(
		said(64, 2.5),
		"단계 1,200에서 비용이 2.5일 때 경사가 유한한 수가 아니게 되었습니다(표의 행 1, 2, 3 외 61개).",
	);
	assert.equal(
		said(64, 2.5, 64),
		"단계 1,200에서 비용이 2.5일 때 경사가 유한한 수가 아니게 되었습니다(훈련 행 64개 전체).",
	);
});

test("a list of layers is told layer by layer", () => {
	const finding = new DeadUnits([64, 1200]).look([60, 1200], 2048, 1);
	assert.equal(
		engineWords(finding?.message ?? ""),
		"2,048행 모두에서 0인 은닉 relu 유닛: 1층의 64개 중 60개(94 %), 2층의 1,200개 중 1,200개(100 %). 죽은 층 뒤에서는 모든 행의 답이 같습니다.",
	);
});

test("advice is translated like findings, and what is not known stays", () => {
	const run = { optimizer: { learningRate: 0.1 } } as unknown as ResolvedRun;
	const rose = costRose(run, 0.5, 0.75);
	assert.equal(
		engineWords(rose?.message ?? ""),
		"비용이 시작할 때의 0.5보다 높은 0.75에서 끝났습니다. 아무것도 학습하지 못했습니다.",
	);
	assert.equal(engineWords(rose?.advice ?? ""), "0.1보다 10배 작은 학습률을 써 보세요.");
	for (const state of ["changed", "missing"] as const) {
		assert.doesNotMatch(engineWords(datasetChanged(state, 3).message), /[a-z]{3}/, state);
	}
	assert.equal(engineWords("penguins.csv is empty; save it again."), "penguins.csv is empty; save it again.");
	setBundle("{}");
	assert.equal(engineWords(rose?.advice ?? ""), rose?.advice);
	setBundle(korean);
});

test("what is wrong with a run file is told with its name and its place", () => {
	const said = (change: object) => {
		const text = JSON.stringify({ dataset: { path: "t.csv" }, ...change });
		try {
			parseRunFile("/a b.train.json", text);
		} catch (fault) {
			return engineWords((fault as Error).message);
		}
		assert.fail(`taken: ${text}`);
	};
	assert.equal(said({ epoch: 3 }), 'a b.train.json: "epoch"은(는) 알려진 키가 아닙니다. "epochs"을(를) 쓰려고 했나요?');
	assert.equal(
		said({ optimizer: { name: "adam", learningRate: -1 } }),
		"a b.train.json: optimizer.learningRate의 값은 0보다 큰 수여야 하는데 -1입니다.",
	);
	assert.equal(
		said({ batchSize: 0.5 }),
		'a b.train.json: batchSize의 값은 1 이상인 정수, "full"이나 "auto"여야 하는데 0.5입니다.',
	);
	const changes = [
		{ lr: 1 },
		{ epochs: 0 },
		{ dataset: {} },
		{ dataset: { path: "" } },
		{ dataset: { path: "t.csv", features: [] } },
		{ dataset: { path: "t.csv", split: { dev: 2 } } },
		{ dataset: { path: "t.csv", split: { test: 0.8 } } },
		{ model: { layers: 3 } },
		{ model: 3 },
		{ model: { activation: "sine" } },
		{ optimizer: { name: "adam", beta1: 1 } },
		{ optimizer: { name: "adam", beta: 0.5 } },
		{ optimizer: { name: "adam", amsgrad: 1 } },
		{ decay: { name: "exponential", base: 2 } },
		{ decay: { name: "oneCycle", rise: 1 } },
		{ decay: { name: "piecewise", points: [{ rate: 1 }] } },
		{ l2: -1 },
	];
	for (const change of changes) assert.match(said(change), /^a b\.train\.json: .*[가-힣]/, JSON.stringify(change));
});

test("what is assumed of a loop is told by name, value and reason", async () => {
	const { facts } = await analyze(`import torch
from torch import nn
model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.Linear(8, 64), nn.SiLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adamax(model.parameters(), lr=float(input()))
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(count()):
    for x, y in loader:
        loss = cost(model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    scheduler.step(loss)
`);
	const { assumed } = loopRun(facts, 1000)!;
	assert.ok(assumed.length >= 7, JSON.stringify(assumed));
	// names of code stay
	const own = /Adamax|Conv2d|SiLU|Descent|float|count|relu|adam/gi;
	for (const words of assumed.flatMap(({ name, value, why }) => [name, value, why])) {
		assert.doesNotMatch(words.replace(own, ""), /[a-z]/i, words);
	}
});

async function sourceOf(...patterns: string[]): Promise<string> {
	let source = "";
	for await (const file of glob(patterns, { cwd: repository }))
		source += await readFile(join(repository, file), "utf8");
	return source;
}

test("every sentence is the engine's own", async () => {
	const ofRuns = "src/engine/{data,training,model}/**/*.ts";
	let source = await sourceOf(ofRuns, "src/engine/run-{file,shapes}.ts");
	// a sentence may be written in pieces, and a word of it may be a value
	source = source.replace(/[`"] \+\s+[`"]/g, "");
	const word =
		/(?<= at least \{1\} )entr(?:y|ies)|^The (?:cost|gradient)(?= stopped)|(?<=^not all )(?:numbers|dates)|(?<=^The dataset )(?:was deleted or moved|changed on disk)/;
	for (const sentence of [...engineSentences, ...runFileSentences]) {
		if (/ stopped being a finite number/.test(sentence)) continue; // by its own test
		for (const piece of sentence.replace(word, "{0}").split(/\{\d+\}/)) {
			assert.ok(
				source.includes(piece.replace(/^[.:,;)( "]+|[.:,;)( "]+$/g, "")),
				`${JSON.stringify(piece)} of: ${sentence}`,
			);
		}
	}
});
