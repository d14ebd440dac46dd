import assert from "node:assert/strict";
import { lineTable } from "../support/tables.ts";
import { commandTitle } from "../support/vscode/server.ts";
import { scene } from "./harness.ts";

scene(
	"in a Korean window commands, panel, status bar and findings speak Korean",
	{ files: { "table.csv": lineTable(300) }, window: { language: "ko" } },
	async ({ window, panel }) => {
		await window.command(await commandTitle("openPanel", "ko"));
		await panel.waitFor("state", /^대기$/);
		assert.equal(await panel.frame.locator("html").getAttribute("lang"), "ko");
		await panel.part("learningRate").locator("input").fill("1e30");
		await panel.part("epochs").locator("input").fill("x");
		await panel.frame.getByText("1에서 1,000,000 사이의 정수를 입력하세요.").waitFor();
		await panel.part("epochs").locator("input").fill("50");
		await panel.click("run");
		await panel.waitFor("state", /^발산$/);
		const findings = await panel.frame.locator(".findings").textContent();
		assert.match(findings ?? "", /유한한 수가 아니게 되었습니다/);
		assert.match(findings ?? "", /1e\+30보다 10배 작은 학습률을 써 보세요\./);
		await window.page.locator(".statusbar-item", { hasText: "Descent 발산" }).waitFor();
		// Names, numbers and symbols are the same in every language; no sentence of English is left.
		await panel.part("show-columns").click();
		const shown = await panel.frame.locator("#app").textContent();
		const english = shown?.match(/\b[A-Za-z]{3,} [a-z]{2,}\b/g) ?? [];
		assert.deepEqual(english, []);
	},
);

scene(
	"in a Korean window what is wrong with a table and with a run file is said in Korean, by panel and notification",
	{
		files: {
			"broken.csv": "x,y\n1,2\n3,4,5\n6,7\n8,9\n",
			"mistyped.train.json": '{ "dataset": { "path": "broken.csv" }, "epoch": 3 }\n',
		},
		window: { language: "ko" },
	},
	async ({ window, panel }) => {
		const trainOn = await commandTitle("trainOn", "ko");
		await window.open("mistyped.train.json");
		await window.command(trainOn);
		const said = 'mistyped.train.json: "epoch"은(는) 알려진 키가 아닙니다. "epochs"을(를) 쓰려고 했나요?';
		assert.equal(await window.notification(/mistyped/), said);
		await window.open("broken.csv");
		await window.command(trainOn);
		await panel.waitFor("result", /^broken\.csv, 3번째 줄: 이 줄은 3칸인데 머리글은\(는\) 2칸입니다\./);
	},
);

const LOOP = `import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
loader = torch.utils.data.DataLoader(data, batch_size=100)
for epoch in range(10):
    for x, y in loader:
        loss = model(x, y)
        loss.backward()
        optimizer.step()
`;

scene(
	"in a Korean window lenses, hints, findings and hovers of code speak Korean",
	{ files: { "table.csv": lineTable(300), "train.py": LOOP }, window: { language: "ko" } },
	async ({ window }) => {
		const { page } = window;
		await window.open("train.py");
		await page.locator(".codelens-decoration", { hasText: "에포크당 3단계 · 업데이트 30회" }).waitFor();
		await page.locator(".view-line", { hasText: /약.10단계.뒤.학습률.×10.효과/ }).waitFor();
		await page.keyboard.press("Control+Shift+M");
		await page
			.locator(".markers-panel", { hasText: "이 반복문에서 optimizer.zero_grad()을(를) 호출하지 않습니다" })
			.waitFor();
		await page.keyboard.press("Control+Shift+M");
		await page.locator(".view-line", { hasText: "torch.optim" }).getByText("momentum").hover();
		await page.locator(".monaco-hover", { hasText: "강의 노트:" }).waitFor();
	},
);
