import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { lineTable } from "../support/tables.ts";
import { violationsIn } from "../support/vscode/accessibility.ts";
import { scene } from "./harness.ts";

scene(
	"the wheel zooms all charts and a double click shows all; charts are saved as numbers and pictures",
	{ files: { "table.csv": lineTable(400) } },
	async ({ window, panel, workspace }) => {
		const { page } = window;
		await window.command("Descent: Open Panel");
		await panel.waitFor("state", /Idle/);
		await fill("epochs", "20");
		await fill("batchSize", "32");
		await panel.click("run");
		await panel.waitFor("state", /Finished/);
		const iterations = await panel.number("iteration");

		const chart = panel.part("chart-cost");
		await chart.hover({ position: { x: 300, y: 80 } });
		const showAll = panel.frame.locator(".figure-rate").getByRole("button", { name: "Show all" });
		await showAll.waitFor({ state: "hidden" });
		await page.mouse.wheel(0, -400);
		await showAll.waitFor();
		await panel.part("table-rate").click();
		const rows = panel.part("numbers-rate").locator("tbody tr");
		const first = Number((await rows.first().locator("th").textContent())?.split(" ")[0].replaceAll(",", ""));
		assert.ok(first > 1, "the table follows the zoom of the cost chart");
		await chart.dblclick({ position: { x: 300, y: 80 } });
		await showAll.waitFor({ state: "hidden" });

		const csv = (await saved("csv-cost", "adam-0.001-cost.csv")).toString();
		const lines = csv.trimEnd().split("\n");
		assert.equal(lines[0], "iteration,adam-0.001 cost,adam-0.001 smoothed,adam-0.001 dev cost");
		assert.equal(lines.length, iterations + 1);
		assert.match(lines[1], /^1,[\d.]+,[\d.]+,$/);
		// with bias correction the first smoothed value is the first raw one
		assert.equal(lines[1].split(",")[1], lines[1].split(",")[2]);
		const svg = (await saved("svg-rate", "adam-0.001-rate.svg")).toString();
		assert.match(svg, /^<svg .*<title>Learning rate<\/title>.*<\/svg>\n$/s);
		assert.doesNotMatch(svg, />5</);
		await panel.part("log-iterations").click();
		await panel.frame.locator('[data-testid="log-iterations"][aria-pressed="true"]').waitFor();
		const logarithmic = (await saved("svg-dev", "adam-0.001-dev.svg")).toString();
		for (const tick of ["1", "10", "100"]) assert.ok(logarithmic.includes(`>${tick}</text>`), tick);
		const png = await saved("png-gradient", "adam-0.001-gradient.png");
		assert.equal(png.subarray(1, 4).toString(), "PNG");
		assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1920, 1080]);

		async function fill(name: string, value: string): Promise<void> {
			await panel.part(name).locator("input").fill(value);
			await panel.part(name).locator("input").press("Tab");
		}

		/** Saves by a button, where the dialog says, and reads the file. */
		async function saved(testId: string, name: string): Promise<Buffer> {
			await panel.part(testId).click();
			const input = page.locator(".quick-input-widget:visible input").first();
			await input.waitFor();
			// the dialog first shows the folder above
			while ((await input.inputValue()) !== join(workspace, name));
			await page.keyboard.press("Enter");
			await page.locator(".quick-input-widget:visible").waitFor({ state: "hidden" });
			for (;;) {
				const content = await readFile(join(workspace, name)).catch(() => Buffer.alloc(0));
				if (content.length > 0) return content;
			}
		}
	},
);

scene(
	"a cost that is not finite is a mark that shows the rows of its mini-batch; runs are compared",
	{ files: { "table.csv": lineTable(300).replaceAll("yes", "1e4").replaceAll("no", "2.5") } },
	async ({ window, panel }) => {
		const fill = async (name: string, value: string) => {
			await panel.part(name).locator("input").fill(value);
			await panel.part(name).locator("input").press("Tab");
		};
		await window.command("Descent: Open Panel");
		await panel.waitFor("state", /Idle/);
		await fill("epochs", "30");
		await panel.part("task").click();
		await panel.frame.getByRole("option", { name: "Regression" }).click();
		await panel.click("run");
		await panel.waitFor("state", /Finished/);
		await fill("learningRate", "1e12");
		await panel.part("optimizer").click();
		await panel.frame.getByRole("option", { name: "Gradient descent" }).click();
		await panel.click("run");
		await panel.waitFor("state", /Diverged/);

		const compare = panel.part("compare");
		const rowNames = () => compare.locator("tbody th").allTextContents();
		assert.deepEqual(await rowNames(), ["gradientDescent-1000000000000", "adam-0.001"]);
		await compare.getByRole("button", { name: "learning rate" }).click();
		assert.deepEqual(await rowNames(), ["adam-0.001", "gradientDescent-1000000000000"]);
		await compare.locator('th[aria-sort="ascending"]').waitFor();
		assert.match((await panel.part("compare-same").textContent()) ?? "", /epochs 30/);

		await panel.part("mark").click();
		const rows = (await panel.part("batch-rows").textContent())?.split(", ").map(Number) ?? [];
		assert.equal(rows.length, 100);
		const handle = await panel.part("state").elementHandle();
		assert.deepEqual(await violationsIn((await handle?.ownerFrame())!), []);
		await panel.part("open-rows").click();
		await window.page.locator(".tab.active", { hasText: "table.csv" }).waitFor();
		await window.page.locator(".statusbar-item", { hasText: "100 selections" }).waitFor();
	},
);
