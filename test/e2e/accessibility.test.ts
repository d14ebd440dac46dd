import assert from "node:assert/strict";
import type { Frame, Page } from "playwright-core";
import { lineTable } from "../support/tables.ts";
import { violationsIn } from "../support/vscode/accessibility.ts";
import type { Panel } from "../support/vscode/panel.ts";
import { scene } from "./harness.ts";

const TABLE = { "table.csv": lineTable(300) };

for (const theme of ["dark", "light", "hc", "hc-light"] as const) {
	scene(`axe-core finds nothing in the panel, ${theme}`, { files: TABLE, theme }, async ({ window, panel }) => {
		await window.command("Descent: Open Panel");
		await panel.waitFor("state", /Idle/);
		await panel.part("welcome-run").waitFor();
		await clean(panel, "idle");
		await panel.part("show-columns").click();
		await clean(panel, "columns");
		await panel.part("show-columns").click();
		await panel.click("run");
		await panel.waitFor("state", /Finished/);
		await panel.part("learningRate").locator("input").fill("0.02");
		await panel.part("epochs").locator("input").fill("1000000");
		await panel.click("run");
		await panel.waitFor("state", /Running/);
		await panel.part("rate-halve").click();
		await panel.part("rate-mark").first().waitFor();
		await panel.click("pause");
		await panel.waitFor("state", /Paused/);
		await panel.part("compare").waitFor();
		await panel.part("table-cost").click();
		await panel.part("export").click();
		await clean(panel, "paused, with a table and a menu");
	});
}

scene("a person runs, pauses, changes the rate and reads the numbers by keys alone", { files: TABLE }, async (s) => {
	const { panel, window } = s;
	const { keyboard } = window.page;
	/** Chooses a command in the palette, which is lost or lacks it while the window is still starting: then again. */
	const byKeys = async (title: string) => {
		const row = `.quick-input-widget:visible .monaco-list-row.focused[aria-label^="${title}"]`;
		for (let attempt = 1; ; attempt++) {
			try {
				await keyboard.press("F1");
				await window.page.locator(".quick-input-widget:visible input").first().waitFor({ timeout: 2000 });
				await keyboard.type(title);
				await window.page.locator(row).waitFor({ timeout: 2000 });
				await keyboard.press("Enter");
				return;
			} catch (error) {
				if (attempt === 10) throw error;
				await keyboard.press("Escape");
			}
		}
	};
	await window.page.locator(".statusbar-item").first().waitFor();
	await byKeys("Descent: Open Panel");
	await panel.waitFor("state", /Idle/);
	await panel.part("welcome-run").waitFor();
	await byKeys("View: Focus Active Editor Group");
	const frame = await frameOf(panel);
	const go = (testId: string, back = false) => tabTo(window.page, frame, testId, back);

	await go("epochs");
	await keyboard.type("1000000");
	await go("button-run", true);
	await keyboard.press("Enter");
	await panel.waitFor("state", /Running/);
	await panel.frame.locator('[data-testid="button-pause"][aria-label="Pause"]').waitFor();
	await go("rate-halve");
	await keyboard.press("Enter");
	await panel.part("rate-mark").filter({ hasText: "× 0.5" }).waitFor();
	await go("rate-field");
	await keyboard.type("0.0001");
	await keyboard.press("Enter");
	await panel.part("rate-mark").nth(1).waitFor({ state: "attached" });
	await go("button-pause", true);
	await keyboard.press("Enter");
	await panel.waitFor("state", /Paused/);

	const live = panel.frame.locator("[aria-live=polite]");
	await go("chart-cost");
	await keyboard.press("Home");
	await live
		.filter({ hasText: /^Iteration 1: cost [\d.]+, smoothed [\d.]+, .*rate 0\.001, gradient norm [\d.]+/ })
		.waitFor();
	await keyboard.press("End");
	await live.filter({ hasText: /rate 1e-4/ }).waitFor();
	await keyboard.press("+");
	await live.filter({ hasText: /^Iterations [\d,]+ to [\d,]+ in view/ }).waitFor();
	assert.doesNotMatch((await live.textContent()) ?? "", /^Iterations 1 to/);
	await keyboard.press("Escape");
	await live.filter({ hasText: /^Iterations 1 to / }).waitFor();

	await go("table-cost");
	await keyboard.press("Enter");
	await panel.part("numbers-cost").getByRole("rowheader").first().waitFor();
	await go("numbers-cost");
	await go("export", true);
	await keyboard.press("ArrowDown");
	await panel.frame.locator('[data-testid="export-steps"]:focus').waitFor();
	await keyboard.press("ArrowDown");
	await panel.frame.locator('[data-testid="export-epochs"]:focus').waitFor();
	await keyboard.press("Escape");
	await panel.frame.locator('[data-testid="export"]:focus').waitFor();
	await go("button-stop", true);
	await keyboard.press("Enter");
	await panel.waitFor("state", /Stopped/);
});

async function clean(panel: Panel, state: string): Promise<void> {
	assert.deepEqual(await violationsIn(await frameOf(panel)), [], state);
}

async function frameOf(panel: Panel): Promise<Frame> {
	const handle = await panel.part("state").first().elementHandle();
	return (await handle?.ownerFrame()) ?? assert.fail("the panel has no frame");
}

/** Presses Tab until the focus is in the part with this test id. */
async function tabTo(page: Page, frame: Frame, testId: string, back: boolean): Promise<void> {
	const seen: string[] = [];
	for (let presses = 0; presses < 90; presses++) {
		const at = await frame.evaluate<string>("document.activeElement?.closest('[data-testid]')?.dataset.testid ?? ''");
		if (at === testId) return;
		seen.push(at);
		await page.keyboard.press(back ? "Shift+Tab" : "Tab");
	}
	assert.fail(`the keyboard does not reach ${testId}; it was at ${seen.join(", ")}`);
}
