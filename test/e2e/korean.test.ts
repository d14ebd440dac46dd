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
