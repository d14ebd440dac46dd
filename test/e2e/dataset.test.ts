import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { lineTable } from "../support/tables.ts";
import { scene } from "./harness.ts";

/** Ten numbers a row, one that copies the target in other words, and a name for every row. */
function table(rows: number, columns = 10): string {
	const names = Array.from({ length: columns }, (_, i) => `x${i}`);
	const lines = [[...names, "passed", "grade", "who"].join(",")];
	for (let i = 0; i < rows; i++) {
		const numbers = names.map((_, j) => ((i * (j + 3) * 0.618034) % 7).toFixed(3));
		const passed = Number(numbers[0]) > 3;
		lines.push([...numbers, passed ? "yes" : "no", passed ? "pass" : "fail", `person ${i} of them`].join(","));
	}
	return `${lines.join("\n")}\n`;
}

const RUN_FILE = '{\n  "dataset": { "path": "table.csv",  "target": "grade" },\n  "epochs": 20\n}\n';

scene(
	"columns are set aside, used and made the target by clicks and keys, and the run file says so",
	{ files: { "table.csv": table(200), "table.train.json": RUN_FILE } },
	async ({ window, panel, workspace }) => {
		const saved = (text: string) =>
			assert.doesNotReject(async () => {
				for (;;) if ((await readFile(join(workspace, "table.train.json"), "utf8")) === text) return;
			});
		const row = (name: string) =>
			panel
				.part("columns")
				.getByRole("row")
				.filter({ has: panel.frame.getByRole("rowheader", { name, exact: true }) });
		await window.command("Descent: Open Panel");
		await panel.part("show-columns").click();
		await row("who").getByText("a different text in every row").waitFor();
		await row("passed").getByText("gives the target away").waitFor();
		await panel.part("parts").getByText("train").waitFor();

		await row("x1").getByRole("checkbox").click();
		await row("x1").and(panel.frame.locator(".aside")).waitFor();
		const aside = RUN_FILE.replace('"grade" }', '"grade",  "columns": { "x1": { "use": false } } }');
		await saved(aside);

		// from there by the keyboard: down a row, to the kind, and back to the box of x1
		await window.page.keyboard.press("ArrowDown");
		assert.equal(await focusedLabel(panel), "Use x2");
		await window.page.keyboard.press("ArrowUp");
		await window.page.keyboard.press("Space");
		await row("x1").and(panel.frame.locator(".feature")).waitFor();
		await saved(RUN_FILE);
		assert.equal(await focusedLabel(panel), "Use x1", "the focus stays where it was");
		await window.page.keyboard.press("Control+Home");
		await window.page.keyboard.press("ArrowRight");
		assert.equal(await focusedLabel(panel), "Make x0 the target");
		await window.page.keyboard.press("Enter");
		await row("x0").and(panel.frame.locator(".column.target")).waitFor();
		await saved(RUN_FILE.replace('"grade"', '"x0"'));

		await row("x2").getByRole("combobox").selectOption("categorical");
		await saved(RUN_FILE.replace('"grade" }', '"x0",  "columns": { "x2": { "kind": "categorical" } } }'));
		await panel.click("run");
		await panel.waitFor("state", /Finished/);
		await row("x2").getByRole("combobox").focus();
		await window.page.keyboard.press("Escape");
		await panel.part("dataset-view").waitFor({ state: "hidden" });
		assert.equal(await panel.frame.locator(":focus").textContent(), "Show columns");
		assert.ok((await panel.colours("cost")) > 2, "the charts are back");
	},
);

scene(
	"of a thousand columns a person finds one by typing, and only those in sight are in the document",
	{ files: { "wide.csv": table(60, 1000) } },
	async ({ window, panel }) => {
		await window.command("Descent: Open Panel");
		await panel.part("show-columns").click();
		const rows = panel.part("columns").locator(".column-rows [role=row]");
		await rows.first().waitFor();
		assert.equal(await panel.part("columns").getAttribute("aria-rowcount"), "1004");
		assert.ok((await rows.count()) < 100, `${await rows.count()} rows are in the document`);
		await rows.first().getByRole("checkbox").focus();
		await window.page.keyboard.press("Control+End");
		await panel.frame.getByRole("rowheader", { name: "who", exact: true }).waitFor();
		await panel.part("column-filter").fill("x99");
		await panel.frame.getByText("11 of 1,003 columns").waitFor();
		await panel.frame.getByRole("button", { name: /^set aside/ }).click();
		await panel.frame.getByText("No column matches").waitFor();
		await window.page.keyboard.press("Escape");
		await panel.frame.getByRole("rowheader", { name: "x0", exact: true }).waitFor();
	},
);

scene(
	"Train on This File in the explorer's menu trains on that file",
	{ files: { "one.csv": lineTable(90), "two.csv": lineTable(90) } },
	async ({ window, panel }) => {
		// Menus of extensions come with their views, after the explorer's own.
		await window.page.locator(".activitybar").getByRole("tab", { name: "Descent" }).waitFor();
		const row = window.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "two.csv" });
		await row.click();
		await window.page.locator(".tab.active", { hasText: "two.csv" }).waitFor();
		await row.click({ button: "right" });
		await window.menuItem("Train on This File");
		await panel.waitFor("state", /Finished/);
		assert.equal(await panel.part("dataset").evaluate((element: { value?: string }) => element.value), "two.csv");
	},
);

scene(
	"Train on This File in a workspace that is not trusted: one sentence",
	{ files: { "one.csv": lineTable(50) }, trusted: false },
	async ({ window, panel }) => {
		await window.open("one.csv");
		await window.command("Descent: Train on This File");
		const sentence = /^This workspace is not trusted; trust it to let Descent read and train on its files\.$/;
		await panel.waitFor("problem", sentence);
	},
);

async function focusedLabel(panel: { frame: import("playwright-core").FrameLocator }): Promise<string | null> {
	return panel.frame.locator(":focus").getAttribute("aria-label");
}
