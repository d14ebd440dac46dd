// How long VS Code itself says that the packaged extension took to load and activate. `node test/bench/activation.ts`
import { panelOf } from "../support/vscode/panel.ts";
import { exitOnSignals, temporaryFolder } from "../support/vscode/processes.ts";
import { builtExtension, installExtension, startServer } from "../support/vscode/server.ts";
import { openWindow } from "../support/vscode/window.ts";

exitOnSignals();
const extensionsFolder = await temporaryFolder("bench-extensions");
await installExtension(await builtExtension(), extensionsFolder);
const server = await startServer({ extensionsFolder });
try {
	for (let run = 1; run <= 5; run++) {
		// Tall, so that the list of extensions holds every row.
		const window = await openWindow(server.address({}), { width: 1440, height: 3000 });
		await window.page.locator(".statusbar-item").first().waitFor();
		// A window that has just opened is busy with itself for some seconds; a person's is not.
		await window.page.waitForTimeout(8000);
		await window.command("Descent: Open Panel");
		await panelOf(window).waitFor("state", /Idle/);
		await window.command("Developer: Show Running Extensions");
		const list = window.page.locator(".runtime-extensions-editor").filter({ hasText: "Descent" });
		const words = (await list.textContent()) ?? "";
		console.log(`run ${run}: ${/Descent.*?(Activation: \d+\s?ms)/s.exec(words)?.[1]}`);
		await window.close();
	}
} finally {
	await server.stop();
}
