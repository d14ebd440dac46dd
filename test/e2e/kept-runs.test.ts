import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { lineTable } from "../support/tables.ts";
import { scene } from "./harness.ts";

const RUN_FILE = JSON.stringify({ dataset: { path: "table.csv" }, epochs: 1_000_000, batchSize: 64 });

scene(
	"runs are kept: after a reload they are in the panel and in the list, and one that was cut off goes on",
	{ files: { "table.csv": lineTable(900), "long.train.json": RUN_FILE }, window: { width: 1500, height: 800 } },
	async (scene) => {
		const runs = join(scene.workspace, ".descent", "runs");
		const row = (text: string | RegExp) =>
			scene.window.page.locator(".sidebar .monaco-list-row").filter({ hasText: text });
		const list = () => scene.window.command("Descent: Focus on Runs View");
		await list();
		await scene.window.page.getByText("No run is kept in this workspace yet.").waitFor();

		await scene.window.open("long.train.json");
		await scene.window.command("Descent: Train on This File");
		await scene.panel.waitFor("state", /Running/);
		await row("running").waitFor();
		await scene.window.command("Descent: Change Learning Rate…");
		const input = scene.window.page.locator(".quick-input-widget:visible input");
		await input.fill("/ten");
		await scene.window.page.getByText("A number above 0, or / or x and a number").waitFor();
		await scene.window.answer("/10");
		const [name] = await readdir(runs);
		const events = () => readFile(join(runs, name, "events.jsonl"), "utf8").catch(() => "");
		await assert.doesNotReject(async () => {
			while (!/"rateChanged"/.test(await events()));
		});

		await scene.window.command("Developer: Reload Window");
		await row("interrupted").waitFor({ timeout: 60_000 });
		await scene.panel.waitFor("state", /Interrupted/);
		assert.ok((await scene.panel.colours("cost")) > 3, "its curve is drawn again");
		assert.ok(existsSync(join(runs, name, "checkpoint.safetensors")));

		await scene.panel.part("continueRun").click();
		await scene.panel.waitFor("state", /Running/);
		await scene.panel.click("stop");
		await scene.panel.waitFor("result", /^Stopped at step/);
		await row("stopped").waitFor();
		assert.match(await events(), /"rateChanged".*\n.*"continued"/);

		await list();
		await row("stopped").click();
		await scene.window.page.keyboard.press("F2");
		await scene.window.answer("the long one");
		await row("the long one").waitFor();
		assert.deepEqual(await readdir(runs), ["the long one"]);
		await scene.window.page.locator(".sidebar .monaco-list-row.selected").filter({ hasText: "the long one" }).waitFor();
		await scene.window.page.keyboard.press("Delete");
		await scene.window.page.getByText("Delete the run the long one?").waitFor();
		await scene.window.page.keyboard.press("Escape");
	},
);

scene(
	"a run is turned to from the list, the legend and the comparison, and is still shown after a reload",
	{ files: { "a.csv": lineTable(300), "b.csv": lineTable(200) }, window: { width: 1500, height: 1000 } },
	async (scene) => {
		const { window } = scene;
		const shown = (name: string) => scene.panel.part("shown-run").filter({ hasText: name }).waitFor();
		await window.command("Descent: Run Training");
		await window.pick("a.csv");
		await scene.panel.waitFor("state", /Finished/);
		const [steps, cost] = [await scene.panel.text("iteration"), await scene.panel.text("cost")];
		for (const [name, value] of [
			["learningRate", "0.01"],
			["epochs", "20"],
		]) {
			await scene.panel.part(name).locator("input").fill(value);
			await scene.panel.part(name).locator("input").press("Tab");
		}
		await window.command("Descent: Run Training");
		await window.pick("b.csv");
		const legend = scene.panel.part("runs");
		await legend.locator(".show", { hasText: "adam-0.01 b.csv," }).waitFor();
		await scene.panel.waitFor("state", /Finished/);
		await scene.panel.waitFor("iteration", /^20$/);
		assert.equal(await scene.panel.part("as-run").isVisible(), false);

		await scene.panel.part("compare").getByRole("button", { name: "adam-0.001" }).click();
		await shown("adam-0.001");
		assert.deepEqual([await scene.panel.text("iteration"), await scene.panel.text("cost")], [steps, cost]);
		const asRun = (await scene.panel.part("as-run").textContent()) ?? "";
		assert.match(asRun, /learning rate0\.001/);
		await scene.panel.part("dataset").filter({ hasText: "a.csv" }).waitFor();
		await legend.getByRole("button", { name: "Draw the curves of adam-0.001" }).click();
		await legend.locator('[aria-pressed="false"][aria-label$="adam-0.001"]').waitFor();
		await legend.getByRole("button", { name: "Draw the curves of adam-0.001" }).click();
		assert.equal(await scene.panel.part("not-comparable").isVisible(), false);
		await legend.getByRole("button", { name: "Draw the curves of adam-0.01", exact: true }).click();
		await scene.panel.part("not-comparable").filter({ hasText: "cannot be compared" }).waitFor();
		await legend.getByRole("button", { name: "Draw the curves of adam-0.01", exact: true }).click();

		await legend.locator(".show", { hasText: "adam-0.01 b.csv," }).click();
		await scene.panel.part("shown-run").waitFor({ state: "hidden" });
		await window.command("Descent: Focus on Runs View");
		await window.page
			.locator(".sidebar .monaco-list-row")
			.filter({ hasText: /adam-0\.001/ })
			.click();
		await shown("adam-0.001");
		await legend.locator('[aria-pressed="true"][aria-label$="adam-0.001"]').waitFor();

		await window.open("b.csv");
		await window.command("Descent: Open Panel");
		await scene.window.page.reload();
		await scene.window.page.locator(".tab", { hasText: "Descent" }).click();
		await scene.panel.waitFor("state", /Finished/);
		await shown("adam-0.001");
		await scene.panel.part("dataset").filter({ hasText: "a.csv" }).waitFor();
		await scene.panel.part("use-hyperparameters").click();
		await scene.panel.part("button-run").click();
		await legend.locator(".show", { hasText: "adam-0.001 (2) a.csv," }).waitFor();
		await scene.panel.part("shown-run").waitFor({ state: "hidden" });
		await scene.panel.waitFor("state", /Finished/);
		assert.deepEqual([await scene.panel.text("iteration"), await scene.panel.text("cost")], [steps, cost]);
	},
);

scene(
	"an untrusted workspace's runs are not read, and that is said",
	{ files: { "table.csv": lineTable(90) }, trusted: false },
	async ({ window }) => {
		await window.command("View: Show Descent");
		await window.page.getByText("This workspace is not trusted: Descent neither runs nor reads runs in it.").waitFor();
	},
);
