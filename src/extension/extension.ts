import * as vscode from "vscode";
import { type App, createApp } from "./app.ts";
import { registerCommands } from "./commands.ts";
import { PANEL_VIEW } from "./ids.ts";
import { registerRunCommands } from "./run-commands.ts";

/** @returns the app, so that tests in a real VS Code can look at what the user sees */
export function activate(context: vscode.ExtensionContext): App {
	const app = createApp(context);
	context.subscriptions.push(
		app,
		...registerCommands(app),
		...registerRunCommands(app),
		vscode.window.registerWebviewPanelSerializer(PANEL_VIEW, app.panel),
	);
	return app;
}
