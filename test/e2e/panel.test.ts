import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { lineTable } from "../support/tables.ts";
import { type Scene, scene } from "./harness.ts";

const RUN = "Descent: Run Training";
/** A run that lasts as long as a test wants: controls act in the middle of it. */
const ENDLESS = { "endless.csv": lineTable(3000) };

scene("the panel's buttons pause, step, resume and stop", { files: ENDLESS }, async ({ window, panel }) => {
	await window.command("Descent: Open Panel");
	await panel.waitFor("state", /Idle/);
	await field(panel, "epochs", "1000000");
	await panel.click("run");
	await panel.waitFor("state", /Running/);
	await panel.click("pause");
	await panel.waitFor("state", /Paused/);
	const paused = await panel.number("iteration");
	await panel.click("step");
	await panel.waitFor("iteration", new RegExp((paused + 1).toLocaleString("en-US")));
	await panel.click("step");
	await panel.waitFor("iteration", new RegExp((paused + 2).toLocaleString("en-US")));
	await panel.click("resume");
	await panel.waitFor("state", /Running/);
	await panel.click("stop");
	await panel.waitFor("state", /Stopped/);
	assert.ok((await panel.number("iteration")) > paused + 2);
	assert.match(await panel.text("result"), /^Stopped/);
});

scene("the palette and the status bar control a run", { files: ENDLESS }, async ({ window, panel }) => {
	await window.command("Descent: Open Panel");
	await panel.waitFor("state", /Idle/);
	await field(panel, "epochs", "1000000");
	await window.command(RUN);
	await panel.waitFor("state", /Running/);
	await window.command("Descent: Pause");
	await panel.waitFor("state", /Paused/);
	const item = (id: string) => window.page.locator(`.statusbar-item[id="descent.descent.descent.status${id}"]`);
	await item("").filter({ hasText: "Descent" }).waitFor();
	const paused = await panel.number("iteration");
	await item(".step").click();
	await panel.waitFor("iteration", new RegExp((paused + 1).toLocaleString("en-US")));
	await window.command("Descent: Single Step");
	await panel.waitFor("iteration", new RegExp((paused + 2).toLocaleString("en-US")));
	await item(".pause").click();
	await panel.waitFor("state", /Running/);
	await item(".stop").click();
	await panel.waitFor("state", /Stopped/);
	await item(".stop").waitFor({ state: "hidden" });
});

scene(
	"with several datasets it asks, and a second run is drawn over the first",
	{ files: { "one.csv": lineTable(300), "two.csv": lineTable(200) } },
	async ({ window, panel }) => {
		await window.command(RUN);
		await window.pick("two.csv");
		await panel.waitFor("state", /Finished/);
		const colours = await panel.colours("cost");
		await field(panel, "learningRate", "0.01");
		await panel.click("run");
		await panel.part("runs").getByText("adam-0.01", { exact: true }).waitFor();
		await panel.waitFor("state", /Finished/);
		assert.equal(await panel.part("runs").locator("li").count(), 2);
		assert.ok((await panel.colours("cost")) > colours, "two curves have more colours than one");
		// while a run is pointed at, the others step back
		const picture = () =>
			panel
				.part("chart-cost")
				.locator("canvas")
				.evaluate((canvas: Drawn) => canvas.toDataURL());
		const both = await picture();
		await panel.part("runs").getByText("adam-0.001", { exact: true }).hover();
		while ((await picture()) === both);
		await panel.part("state").hover();
		while ((await picture()) !== both);
	},
);

scene(
	"a hidden panel comes back as it was, and is there after a reload of the window",
	{ files: { "table.csv": lineTable(400), "notes.txt": "notes" } },
	async (s) => {
		await s.window.command(RUN);
		await s.panel.waitFor("state", /Finished/);
		await field(s.panel, "learningRate", "0.02");
		await s.panel.click("run");
		await s.panel.part("compare").waitFor();
		await s.panel.waitFor("state", /Finished/);
		for (const button of ["log-cost", "log-iterations", "table-rate"]) await s.panel.part(button).click();
		await s.panel.part("smoothing-beta").press("ArrowLeft");
		await s.panel.part("chart-rate").press("Home");
		await s.panel.part("chart-rate").press("+");
		await s.panel.part("compare").locator('[data-sort="cost"]').click();
		await s.panel.frame.getByRole("button", { name: "Draw the curves of adam-0.001" }).click();
		// The table follows a second later: of the first tenths of the run, without the one that is hidden.
		await s.panel
			.part("numbers-rate")
			.locator("tr", { hasText: /^1 – \d0\.02$/ })
			.waitFor();
		await s.panel.frame.locator("body").click({ position: { x: 5, y: 5 } });
		await s.panel.frame.locator("html").evaluate((page: Page) => page.scrollTo(0, 150));
		const before = await chosen(s);
		assert.equal(before.scroll, 150);
		assert.deepEqual(before.whole, ["Show all"]);
		assert.equal(before.sorted, "ascending");
		assert.deepEqual(before.drawn, ["true", "false"]);
		await s.window.open("notes.txt");
		await s.window.page.locator("iframe.webview").waitFor({ state: "detached" });
		await s.window.command("Descent: Open Panel");
		await s.panel.waitFor("state", /Finished/);
		await same(s, before);
		assert.ok((await s.panel.colours("cost")) > 2, "the cost chart is blank");
		await s.window.page.locator(".tab", { hasText: "Descent" }).click();
		await s.window.command("View: Move Editor into Next Group");
		await same(s, before);
		await s.window.page.reload();
		// Which tab is in front was perhaps not yet stored.
		await s.window.page.locator(".tab", { hasText: "Descent" }).click();
		await s.panel.waitFor("state", /Finished/);
		await s.panel.waitFor("result", /^Finished/);
		await same(s, before);
		assert.ok((await s.panel.colours("cost")) > 2, "the cost chart is blank after a reload");
	},
);

scene(
	"a killed engine is said in one sentence, and the next run works",
	{ files: ENDLESS },
	async ({ window, panel, extensionsFolder }) => {
		await window.command("Descent: Open Panel");
		await panel.waitFor("state", /Idle/);
		await field(panel, "epochs", "1000000");
		await window.command(RUN);
		await panel.waitFor("state", /Running/);
		await panel.waitFor("iteration", /\d/);
		const engines = await enginesOf(extensionsFolder);
		assert.equal(engines.length, 1, "one engine process");
		process.kill(engines[0], "SIGKILL");
		await panel.waitFor("state", /Failed/);
		await panel.waitFor(
			"result",
			/^The engine's process ended unexpectedly \(SIGKILL\); run again to start a new one\.$/,
		);
		await field(panel, "epochs", "5");
		await panel.click("run");
		await panel.waitFor("state", /Finished/);
	},
);

scene("no workspace folder: one sentence", { files: "none" }, async ({ window, panel }) => {
	await window.command(RUN);
	await panel.waitFor("problem", /^No folder is open; open the folder that holds your dataset and run again\.$/);
});

scene(
	"an untrusted workspace: one sentence, nothing is read",
	{ files: { "table.csv": lineTable(50) }, trusted: false },
	async ({ window, panel, extensionsFolder }) => {
		await window.command(RUN);
		await panel.waitFor(
			"problem",
			/^This workspace is not trusted; trust it to let Descent read and train on its files\.$/,
		);
		assert.deepEqual(await enginesOf(extensionsFolder), []);
	},
);

scene(
	"a table that cannot be read: one sentence on the panel",
	{ files: { "ragged.csv": `a,b,y\n${"1,2,3\n".repeat(30)}1,2\n` } },
	async ({ window, panel }) => {
		await window.command(RUN);
		await panel.waitFor("state", /Failed/);
		await panel.frame
			.getByText(/^ragged\.csv, line 32: 2 cells where the header has 3;/)
			.first()
			.waitFor();
	},
);

scene(
	"a run that diverges is said, and the next one runs",
	{ files: { "table.csv": lineTable(300).replaceAll("yes", "1e4").replaceAll("no", "2.5") } },
	async ({ window, panel }) => {
		await window.command("Descent: Open Panel");
		await panel.waitFor("state", /Idle/);
		await field(panel, "learningRate", "1e12");
		await field(panel, "layers", "9");
		await panel.part("task").click();
		await panel.frame.getByRole("option", { name: "Regression" }).click();
		await panel.part("optimizer").click();
		await panel.frame.getByRole("option", { name: "Gradient descent" }).click();
		await panel.click("run");
		await panel.waitFor("state", /Diverged/);
		await panel.waitFor("result", /^Diverged at step \d+: the cost is no longer a finite number$/);
		await panel.frame.getByText("Try a learning rate ten times smaller than 1000000000000.").first().waitFor();
		await field(panel, "learningRate", "0.01");
		await panel.click("run");
		await panel.waitFor("state", /Finished/);
		// In grey stands what the engine would take, which it chose in the last run: not what it was told there.
		const grey = (name: string) => panel.part(name).locator("input").getAttribute("placeholder");
		await field(panel, "layers", "");
		assert.equal(await grey("layers"), "auto");
		assert.match((await grey("epochs")) ?? "", /^\d+$/);
	},
);

scene("a field that is wrong is marked, and nothing runs", { files: { "table.csv": lineTable(90) } }, async (s) => {
	await s.window.command("Descent: Open Panel");
	await s.panel.waitFor("state", /Idle/);
	await field(s.panel, "beta1", "1");
	await s.panel.click("run");
	const focused = s.panel.frame.locator('[data-testid="beta1"].invalid:focus-within');
	await focused.waitFor();
	assert.equal(await s.panel.text("state"), "Idle");
	await field(s.panel, "beta1", "0.8");
	await s.panel.click("run");
	await s.panel.waitFor("state", /Finished/);
});

scene(
	"a run file is checked while it is written",
	{
		files: {
			"table.csv": lineTable(50),
			"a.train.json": '{ "dataset": { "path": "table.csv" }, "optimizer": { "name": "adamant" } }\n',
		},
	},
	async ({ window }) => {
		await window.open("a.train.json");
		await window.page.locator(".squiggly-warning").first().waitFor({ timeout: 30_000 });
	},
);

/** Types a value into a hyperparameter's field, as a person does: select, type, Tab (Enter would run). */
async function field(
	panel: { part: (id: string) => import("playwright-core").Locator },
	name: string,
	value: string,
): Promise<void> {
	const input = panel.part(name).locator("input");
	await input.fill(value);
	await input.press("Tab");
}

/** What is needed of a canvas: these tests are typed for Node, without the DOM. */
interface Drawn {
	toDataURL(): string;
}

/** The same of a page. */
interface Page {
	scrollTop: number;
	scrollTo(x: number, y: number): void;
}

/** What a person has chosen of the panel, and what it says. */
async function chosen({ panel }: Pick<Scene, "panel">) {
	const all = (selector: string) => panel.frame.locator(selector);
	const pressed = '.switch [aria-pressed="true"]';
	return {
		result: await panel.text("result"),
		scales: await all(pressed).allTextContents(),
		beta: await panel.part("smoothing-beta").inputValue(),
		numbers: await panel.part("numbers-rate").locator("tbody tr").allTextContents(),
		whole: await all(".figure-cost .foot .link:not([hidden])").allTextContents(),
		sorted: await panel.part("compare").locator("th[aria-sort]").first().getAttribute("aria-sort"),
		scroll: await all("html").evaluate((page: Page) => page.scrollTop),
		drawn: await all(".runs .toggle").evaluateAll((made) => made.map((button) => button.getAttribute("aria-pressed"))),
	};
}

/** Waits until the panel is as it was, and says how it is not. */
async function same(s: Scene, before: Awaited<ReturnType<typeof chosen>>): Promise<void> {
	const { result, numbers } = before;
	await s.panel.waitFor("result", new RegExp(`^${result}$`));
	const last = numbers.at(-1)!;
	await s.panel.part("numbers-rate").locator("tbody tr:last-child", { hasText: last }).waitFor();
	// The page is as long as it was a frame later.
	while ((await chosen(s)).scroll === 0);
	assert.deepEqual(await chosen(s), before);
}

/** Ids of the engine processes of an installation. */
async function enginesOf(extensionsFolder: string): Promise<number[]> {
	const engines: number[] = [];
	for (const entry of await readdir("/proc")) {
		if (!/^\d+$/.test(entry)) continue;
		const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
		if (command.includes("engine.cjs") && command.includes(extensionsFolder)) engines.push(Number(entry));
	}
	return engines;
}

scene(
	"the range test of the learning rate is drawn in the panel with the suggested rate, and is put away",
	{ files: { "table.csv": lineTable(400) } },
	async (s) => {
		await s.window.command("Descent: Open Panel");
		await s.panel.waitFor("state", /Idle/);
		await s.panel.part("findLearningRate").click();
		const picker = s.window.page.locator(".quick-input-widget:visible");
		await picker.getByText("where the cost falls steepest").waitFor();
		const rate = await picker.locator(".monaco-list-row .label-name").first().textContent();
		const mark = () => s.panel.part("rate-mark").filter({ hasText: rate?.trim() });
		await mark().waitFor();
		assert.match((await s.panel.part("range-words").textContent()) ?? "", /^table\.csv: .*The cost falls steepest/);
		await s.window.page.keyboard.press("Escape");
		const chart = s.panel.part("chart-range");
		await chart.press("Home");
		await chart.press("ArrowRight");
		await s.panel.frame.locator(".chart-range .readout").getByText("cost of run 5").waitFor();
		await s.panel.part("table-range").click();
		const first = s.panel.part("numbers-range").locator("tbody tr").first();
		assert.match((await first.textContent()) ?? "", /1 – \d+1e-6 – /);
		await s.panel.part("close-range").click();
		await chart.waitFor({ state: "hidden" });
	},
);
