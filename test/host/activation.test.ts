import assert from "node:assert/strict";
import * as vscode from "vscode";
import { test } from "./harness.ts";

const id = "descent.descent";

test("the extension activates and registers every command that it contributes", async () => {
	const extension = vscode.extensions.getExtension(id);
	assert.ok(extension, `${id} is installed`);
	// Loading, activate() and the messages to and fro; the budget is for activate() alone, so this is a bound from above.
	const started = performance.now();
	await extension.activate();
	console.log(`activation took ${(performance.now() - started).toFixed(1)} ms`);
	assert.ok(extension.isActive);
	const contributed: string[] = (extension.packageJSON.contributes?.commands ?? []).map(
		({ command }: { command: string }) => command,
	);
	assert.ok(contributed.length > 0, "package.json contributes commands");
	const registered = new Set(await vscode.commands.getCommands(true));
	assert.deepEqual(
		contributed.filter((command) => !registered.has(command)),
		[],
		"commands without a handler",
	);
});
