/**
 * Takes the README's pictures, and those of states that are to be looked at, of a real window on the sample tables:
 * `node scripts/pictures.ts [--out DIR] [NAME…]`, after a build. Without names it takes all of them.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Panel, panelOf } from "../test/support/vscode/panel.ts";
import { repository } from "../test/support/vscode/paths.ts";
import { exitOnSignals, removeFolder, temporaryFolder } from "../test/support/vscode/processes.ts";
import { commandTitle, linkExtension, startServer, type Theme } from "../test/support/vscode/server.ts";
import { openWindow, type Window } from "../test/support/vscode/window.ts";
import { dragPanelTo, settle } from "./picture-window.ts";
import { writeSample } from "./sample-data.ts";

/** A loop with what lenses, hints and findings are about: a size that is no power of two, gradients that are not zeroed. */
const LOOP = `import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader

table = pd.read_csv("spirals.csv")
loader = DataLoader(
    rows_of(table),
    batch_size=60,
    shuffle=True,
)
model = nn.Sequential(
    nn.Linear(2, 32),
    nn.Tanh(),
    nn.Linear(32, 3),
)
optimizer = torch.optim.Adam(
    model.parameters(),
    lr=0.02,
    betas=(0.9, 0.999),
)
scheduler = torch.optim.lr_scheduler.StepLR(
    optimizer,
    step_size=12,
    gamma=0.5,
)

for epoch in range(40):
    for x, y in loader:
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()
`;

const RUN_FILE = `{
  "dataset": {
    "path": "spirals.csv",
    "target": "arm"
  },
  "model": {
    "layers": [32, 32],
    "activation": "tanh"
  },
  "optimizer": {
    "name": "adam",
    "learningRate": 0.003
  },
  "decay": { "name": "cosine" },
  "batchSize": 128,
  "epochs": 60
}
`;

/** A window with Descent on the sample tables, its side bar closed. */
interface Scene {
	window: Window;
	panel: Panel;
	/** runs a command of Descent's by its name, without "descent." */
	command(name: string): Promise<unknown>;
	/** types a hyperparameter in the panel */
	fill(name: string, value: string): Promise<void>;
}

interface Picture {
	theme?: Theme;
	language?: string;
	width?: number;
	height?: number;
	/** a run file that names the spirals, which the panel then goes by */
	runFile?: boolean;
	/** where the panel begins, in pixels from the left; where VS Code puts it when absent */
	panelAt?: number;
	/** brings the window to what the picture is of */
	show(scene: Scene): Promise<void>;
}

async function finished(scene: Scene): Promise<void> {
	await scene.window.open("spirals.csv");
	await scene.command("trainOn");
	await scene.panel.frame.locator(".dot.finished").waitFor();
}

async function secondRun(scene: Scene): Promise<void> {
	await finished(scene);
	await scene.fill("learningRate", "0.02");
	await scene.panel.click("run");
	await scene.panel.part("compare").waitFor();
	await scene.panel.frame.locator(".dot.finished").waitFor();
}

async function live({ window, panel }: Scene, file: string): Promise<void> {
	await window.open(file);
	await window.page.getByRole("button", { name: "Turn Live Charts On" }).first().click();
	await panel.frame.locator(".dot.finished, .dot.outOfTime").waitFor();
}

const pictures: Record<string, Picture> = {
	editing: {
		panelAt: 560,
		async show(scene) {
			await live(scene, "train.py");
			await scene.window.page.locator(".codelens-decoration").first().waitFor();
		},
	},
	live: {
		runFile: true,
		theme: "light",
		panelAt: 470,
		async show(scene) {
			await live(scene, "spirals.train.json");
			const { page } = scene.window;
			await page.locator(".view-line", { hasText: "learningRate" }).getByText("0.003").dblclick();
			// A double click takes the digits after the point.
			await page.keyboard.type("01");
			await scene.panel.part("live-difference").filter({ hasText: "before" }).waitFor();
		},
	},
	idle: {
		panelAt: 330,
		show: ({ command, panel }) => command("openPanel").then(() => void panel.waitFor("state", /./)),
	},
	running: {
		panelAt: 330,
		async show(scene) {
			await scene.command("openPanel");
			await scene.fill("layers", "256, 256");
			await scene.fill("epochs", "3000");
			await scene.panel.click("run");
			await scene.panel.waitFor("iteration", /\d,\d{3}/);
		},
	},
	finished: { panelAt: 330, show: finished },
	"finished-light": { theme: "light", panelAt: 330, show: finished },
	"finished-hc": { theme: "hc", panelAt: 330, show: finished },
	"finished-hc-light": { theme: "hc-light", panelAt: 330, show: finished },
	compared: { height: 1300, panelAt: 330, show: secondRun },
	error: {
		panelAt: 330,
		async show(scene) {
			await scene.window.open("broken.csv");
			await scene.command("trainOn");
			await scene.panel.frame.locator(".dot.failed").waitFor();
		},
	},
	diverged: {
		panelAt: 330,
		async show(scene) {
			await scene.command("openPanel");
			await scene.fill("learningRate", "1e30");
			await scene.panel.click("run");
			await scene.panel.frame.locator(".dot.diverged").waitFor();
		},
	},
	narrow: { width: 1000, height: 1400, panelAt: 560, show: secondRun },
	columns: {
		theme: "light",
		panelAt: 330,
		async show(scene) {
			await scene.window.open("concrete.csv");
			await scene.command("trainOn");
			await scene.panel.frame.locator(".dot.finished").waitFor();
			await scene.panel.part("show-columns").click();
		},
	},
	korean: { language: "ko", panelAt: 330, show: secondRun },
};

/** What is needed of a document: these scripts are typed for Node, without the DOM. */
interface Scrolled {
	querySelectorAll(all: "*"): Iterable<{ scrollTop: number }>;
}

async function take(name: string, picture: Picture, folder: string): Promise<void> {
	const workspace = await temporaryFolder("pictures");
	await writeSample(workspace);
	await writeFile(join(workspace, "train.py"), LOOP);
	if (picture.runFile) await writeFile(join(workspace, "spirals.train.json"), RUN_FILE);
	await writeFile(join(workspace, "broken.csv"), "x,y\n1,2\n3,4,5,6\n");
	const extensionsFolder = await temporaryFolder("extensions");
	await linkExtension(repository, extensionsFolder);
	const { theme = "dark", language = "en", width = 1440, height = 900 } = picture;
	const settings = { "git.enabled": false, "editor.minimap.enabled": false, "editor.fontSize": 13 };
	const server = await startServer({ extensionsFolder, theme, settings });
	const window = await openWindow(server.address({ workspace }), { width, height, scale: 1.5, language });
	try {
		const panel = panelOf(window);
		const command = async (id: string) => window.command(await commandTitle(id, language));
		await window.open("spirals.csv");
		await window.command("View: Toggle Primary Side Bar Visibility");
		await picture.show({
			...{ window, panel, command },
			async fill(part, value) {
				await panel.part(part).locator("input").fill(value);
				await panel.part(part).locator("input").press("Tab");
			},
		});
		// Typing into a field has scrolled to it.
		await panel.part("state").evaluate((state: { ownerDocument: Scrolled }) => {
			for (const part of state.ownerDocument.querySelectorAll("*")) part.scrollTop = 0;
		});
		if (picture.panelAt !== undefined) await dragPanelTo(window, picture.panelAt);
		await settle(window);
		await window.screenshot(join(folder, `${name}.png`));
		console.log(name);
	} catch (error) {
		await window.screenshot(join(folder, `${name}-failed.png`));
		throw error;
	} finally {
		await window.close();
		await server.stop();
		for (const made of [extensionsFolder, workspace]) await removeFolder(made);
	}
}

exitOnSignals();
const { values, positionals } = parseArgs({ options: { out: { type: "string" } }, allowPositionals: true });
const unknown = positionals.find((name) => !(name in pictures));
if (unknown) throw new Error(`There is no picture ${unknown}: ${Object.keys(pictures).join(", ")}`);
const folder = resolve(values.out ?? join(repository, "media"));
await mkdir(folder, { recursive: true });
for (const name of positionals.length > 0 ? positionals : Object.keys(pictures))
	await take(name, pictures[name], folder);
process.exit(0);
