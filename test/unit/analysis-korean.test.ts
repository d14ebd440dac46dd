// What is said of code, in Korean: every sentence of findings, hints, lenses, hovers and assumptions; names and numbers stay.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type Analysis, hintsOf, hoverAt, lensesOf, loopRun } from "../../src/analysis/index.ts";
import { AnalysisClient } from "../../src/extension/editor/analysis-client.ts";
import { setBundle } from "../../src/l10n.ts";
import { analyze } from "../support/analysis.ts";
import { DIST } from "../support/kernels.ts";
import { repository } from "../support/vscode/paths.ts";

const korean = await readFile(join(repository, "l10n", "bundle.l10n.ko.json"), "utf8");
beforeEach(() => setBundle(korean));
afterEach(() => setBundle("{}"));

const LOOP = `import torch
from torch import nn

loader = torch.utils.data.DataLoader(data, batch_size=60)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3), nn.Softmax())
optimizer = torch.optim.SGD(model.parameters(), lr=20, momentum=0.9)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
for epoch in range(10):
    for x, y in loader:
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
other = torch.optim.Adam(model.parameters(), lr=f"{rate}", eps=1e-8)
`;
const data = { rows: 5001, name: "table.csv" };
const surroundings = { rows: 5001, from: "", runFile: false, memory: { cpu: 1000, gpu: 1000 } };
const palette = { line: "#000", fill: "#000", text: "#000", axis: "#000" };

/** What is shown on a word: texts, and of a picture what it says and draws. */
function hoverOn({ facts }: Analysis, word: string, text = LOOP): string[] {
	const hover = hoverAt(facts, text.indexOf(word), { text, data, palette });
	return (hover?.parts ?? []).map((part) => (typeof part === "string" ? part : `${part.alt} ${part.svg}`));
}

test("a finding, a hint, a lens and a hover are Korean", async () => {
	const analysis = await analyze(LOOP);
	const missing = analysis.findings.find(({ code }) => code === "missing-zero-grad")!;
	assert.equal(
		missing.message,
		"이 반복문에서 optimizer.zero_grad()을(를) 호출하지 않습니다. backward()를 할 때마다 이전 모든 단계의 경사에 더해집니다.",
	);
	assert.equal(missing.advice, "backward() 앞에서 optimizer.zero_grad()을(를) 한 번 호출하세요.");
	assert.equal(missing.fix?.title, "backward() 앞에서 optimizer.zero_grad() 호출");
	const hints = hintsOf(analysis.facts, data);
	assert.deepEqual(
		hints.map(({ text }) => text),
		["에포크당 84단계", "약 10단계 뒤 학습률 ×10 효과", "10에포크 뒤 12, 반감기 13.5", "제곱근 밖"],
	);
	const alone = LOOP.replace(/^other.*\n/m, "");
	const [size] = lensesOf((await analyze(alone)).facts, alone, surroundings);
	assert.match(size.text, /^m 5,001 · 에포크당 84단계 · 업데이트 840회 · 미니배치당 [\d.]+ KB/);
	assert.match(size.text, /메모리 부족: \d+ 권장 · GPU 메모리 부족: \d+ 권장 · 64 미만: 64 권장$/);
	assert.match(size.fixes.at(-1)!.title, /^미니배치 64\(64 미만\)$/);
	const [heading, , picture, values, notes] = hoverOn(analysis, "ExponentialLR");
	assert.equal(heading, "**ExponentialLR** · PyTorch `torch.optim.lr_scheduler.ExponentialLR`");
	assert.match(picture, /^10에포크 동안의 학습률: 20에서 12\.6까지, 최대 20 .*>10에포크<\/text>/);
	assert.match(values, /^\*\*지정값\*\* `gamma` 0\.95/);
	assert.match(notes, /k는 에포크를 셉니다/);
	assert.match(hoverOn(analysis, "lr=f")[0], /^\*\*lr\*\* 알 수 없음: f-문자열입니다 · Adam$/);
	assert.deepEqual(loopRun(analysis.facts, 5001)?.assumed[0], {
		name: "최적화 알고리즘",
		value: "SGD",
		why: "최적화 알고리즘 2개 중 하나만 따라 할 수 있습니다",
	});
});

test("no sentence of English is left in what is said of a program", async () => {
	const { facts, findings } = await analyze(LOOP);
	const words = ["SGD", "Adam(", "lr=20", "momentum", "eps", "batch_size", "range(10"];
	const cycle = LOOP.replace("ExponentialLR(optimizer, gamma=0.95)", "OneCycleLR(optimizer, 0.1, total_steps=840)");
	const said = [
		...findings.flatMap(({ message, advice, fix }) => [message, advice, fix?.title ?? ""]),
		...hintsOf(facts, data).flatMap(({ text, tooltip }) => [text, tooltip]),
		...lensesOf(facts, LOOP, surroundings).flatMap(({ text, tooltip, fixes }) => [
			...[text, tooltip],
			...fixes.map(({ title }) => title),
		]),
		...words.flatMap((word) => hoverOn({ facts, findings }, word)),
		...hoverOn(await analyze(cycle), "OneCycleLR", cycle),
		...loopRun(facts)!.assumed.flatMap(({ name, why }) => [name, why]),
	];
	assert.ok(said.length > 50, `${said.length} texts`);
	const names = /```text|`[^`\n]+`|<[^>]*>|with torch/g;
	const english = said.filter((text) => /[A-Za-z]{2,} [a-z]{2,}/.test(text.replace(names, "")));
	assert.deepEqual(english, []);
});

test("the thread says findings in the language that it is begun with", async () => {
	for (const [words, message] of [
		[korean, /^이 반복문에서/],
		[undefined, /is not called in this loop/],
	] as const) {
		const client = new AnalysisClient(DIST, words);
		try {
			const { analysis } = await client.read("a", "python", [LOOP]);
			assert.match(analysis.findings.find(({ code }) => code === "missing-zero-grad")!.message, message);
		} finally {
			client.dispose();
		}
	}
});
