// What the engine says, said again in the language of the window: by the engine's own sentences, not by copies of them.
import assert from "node:assert/strict";
import { glob, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loopRun } from "../../src/analysis/index.ts";
import { inspectTable } from "../../src/engine/data/index.ts";
import type { ResolvedRun } from "../../src/engine/protocol/run-file.ts";
import { parseRunFile } from "../../src/engine/run-file.ts";
import { DeadUnits } from "../../src/engine/training/diagnosis/dead-units.ts";
import { divergence } from "../../src/engine/training/diagnosis/divergence.ts";
import { costRose } from "../../src/engine/training/diagnosis/words.ts";
import { datasetChanged } from "../../src/engine/training/findings.ts";
import type { PreparedRun } from "../../src/engine/training/prepare.ts";
import { setBundle } from "../../src/l10n.ts";
import { allSentences, engineWords } from "../../src/words/engine-words.ts";
import { jsonSentences } from "../../src/words/run-file-words.ts";
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
	assert.equal(engineWords("penguins.csv is green; paint it."), "penguins.csv is green; paint it.");
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

test("what is wrong with a table is told with file, line and column, whose names stay", async () => {
	const folder = await mkdtemp(join(tmpdir(), "words-"));
	const said = async (text: string, choice = {}) => {
		const path = join(folder, "a.csv");
		await writeFile(path, text);
		const fault = await inspectTable(path, choice).then(
			() => assert.fail("taken"),
			(error: Error) => error,
		);
		return engineWords(fault.message);
	};
	try {
		assert.equal(
			await said("x,y\n1,2\n3\n4,5\n6,7\n"),
			"a.csv, 3번째 줄: 이 줄은 1칸인데 머리글은(는) 2칸입니다. 모든 행의 칸 수를 같게 하고, 구분 문자가 든 칸은 따옴표로 묶으세요.",
		);
		assert.equal(
			await said('x,y\n1,2\n3,"4\n5,6\n'),
			"a.csv, 3번째 줄: 여기서 연 따옴표가 닫히지 않습니다. 닫거나 두 번 쓰세요.",
		);
		assert.equal(
			await said("x,numbers\n1,2\n3,inf\n4,5\n6,7\n", { target: "x" }),
			'a.csv, 3번째 줄, "numbers" 열: 수가 무한대입니다. 고치거나 칸을 비우세요.',
		);
		assert.equal(
			await said("x,numbers\n1,2\n3,3\n4,5\n6,7\n", { target: "z" }),
			'a.csv에는 목표로 쓸 "z" 열이 없습니다. 다음에서 고르세요: "x", "numbers".',
		);
		assert.equal(
			await said("month,x\n2024-01-01,2\n2024-01-02,3\n2024-02-03,5\n2024-02-04,7\n", { target: "month" }),
			'a.csv, "month" 열: 목표가 날짜입니다. 수나 클래스로 된 열을 고르세요.',
		);
		assert.equal(
			await said("x,y\n1,2\n3,\n4,\n", { target: "y" }),
			'a.csv, "y" 열: 목표의 값이 하나("2")뿐입니다. 다른 목표를 고르거나 값이 다른 행을 더하세요.',
		);
	} finally {
		await rm(folder, { recursive: true });
	}
});

test("a text that is no JSON is told with line and place", () => {
	const texts = ['{"a": 1', '{"a" 1}', "{a: 1}", '{"a": 1,}', '{"a": 1 "b": 2}', "[1 2]", '{"a": }', '"a', "[1] 2", ""];
	for (const text of [...texts, '"a\nb"', '"\\x"', '"\\u12"', "-", "1.", "1e", '{"a": "b", oder"c": 2}']) {
		assert.throws(
			() => parseRunFile("/a.train.json", text),
			({ message }: Error) => {
				// what stands there is quoted
				const words = engineWords(message).replace(/\.{0,3}".*"(?:\.{3})?|'.'|\\u/gs, "");
				assert.match(words, /^a\.train\.json은\(는\) 올바른 JSON이 아닙니다: [^a-z]+$/i, `${message} -> ${words}`);
				return true;
			},
		);
	}
});

test("every sentence is the engine's own", async () => {
	let source = "";
	for await (const file of glob("src/engine/**/*.ts", { cwd: repository })) {
		if (!file.includes("cli")) source += await readFile(join(repository, file), "utf8");
	}
	// a sentence may be written in pieces, and a word of it may be a value
	source = source.replace(/[`"] \+\s+[`"]/g, "");
	const word =
		/(?<= at least \{1\} )entr(?:y|ies)|^The (?:cost|gradient)(?= stopped)|(?<=^not all )(?:numbers|dates)|(?<=^The dataset )(?:was deleted or moved|changed on disk)|(?<=can )(?:be multiplied by|become)|(?<= lacks )(?:a column|columns)|(?<= has \{1\} )rows?|(?<=is no )(?:number|date as .* trained on)|(?<=below )the header|^a (?:string|boolean)$|(?<=^The checkpoint \{0\} )[^{]+|(?<=^\{0\} )(?:does not exist; check the path|cannot be read; check its permissions)/;
	const v8 = new Set(jsonSentences);
	for (const sentence of allSentences) {
		if (v8.has(sentence) || / stopped being a finite number/.test(sentence)) continue; // by their own tests
		for (const piece of sentence.replace(word, "{0}").split(/\{\d+\}/)) {
			assert.ok(
				source.includes(piece.replace(/^[.:,;)( "]+|[.:,;)( "]+$/g, "")),
				`${JSON.stringify(piece)} of: ${sentence}`,
			);
		}
	}
});
