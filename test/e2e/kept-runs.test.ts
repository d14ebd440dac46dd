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
		await input.fill("/10");
		await input.press("Enter");
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

		await row("interrupted").click({ button: "right" });
		// A click may come before the menu takes one; the key does not.
		await scene.window.page.getByRole("menuitem", { name: "Resume Interrupted Run" }).hover();
		await scene.window.page.keyboard.press("Enter");
		await scene.panel.waitFor("state", /Running/);
		await scene.panel.click("stop");
		await scene.panel.waitFor("result", /^Stopped at step/);
		await row("stopped").waitFor();
		assert.match(await events(), /"rateChanged".*\n.*"continued"/);

		await list();
		await row("stopped").click();
		await scene.window.page.keyboard.press("F2");
		await input.fill("the long one");
		await input.press("Enter");
		await row("the long one").waitFor();
		assert.deepEqual(await readdir(runs), ["the long one"]);
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
