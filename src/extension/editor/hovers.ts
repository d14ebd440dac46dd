import * as vscode from "vscode";
import { hoverAt, type Palette, type Picture } from "../../analysis/index.ts";
import { config } from "../config.ts";
import { SELECTOR } from "./languages.ts";
import type { LoopReader } from "./loop-reader.ts";
import { dataOf, type TrainingRowsFinder } from "./training-rows.ts";

const { Light, Dark, HighContrast, HighContrastLight } = vscode.ColorThemeKind;

/** A picture is an image of its own, which a theme's colours do not reach. */
const PALETTES: Record<vscode.ColorThemeKind, Palette> = {
	[Light]: { line: "#0063d3", fill: "#0063d31f", text: "#4d4d4d", axis: "#8a8a8a" },
	[Dark]: { line: "#4daafc", fill: "#4daafc2e", text: "#c5c5c5", axis: "#7a7a7a" },
	[HighContrast]: { line: "#ffffff", fill: "#ffffff00", text: "#ffffff", axis: "#6fc3df" },
	[HighContrastLight]: { line: "#000000", fill: "#00000000", text: "#000000", axis: "#0f4a85" },
};

/** Formula, values, notes and the learning rate's picture on optimizers, schedules and their hyperparameters. */
export class Hovers implements vscode.HoverProvider, vscode.Disposable {
	private readonly reader: LoopReader;
	private readonly rows: TrainingRowsFinder;
	private readonly subscription: vscode.Disposable;

	constructor(reader: LoopReader, rows: TrainingRowsFinder) {
		this.reader = reader;
		this.rows = rows;
		this.subscription = vscode.languages.registerHoverProvider(SELECTOR, this);
	}

	async provideHover(
		document: vscode.TextDocument,
		position: vscode.Position,
		token: vscode.CancellationToken,
	): Promise<vscode.Hover | undefined> {
		if (!config.hovers(document.uri)) return undefined;
		const reading = await this.reader.read(document);
		if (!reading || token.isCancellationRequested) return undefined;
		const offset = reading.offsetOf(document, position);
		if (offset === undefined) return undefined;
		const palette = PALETTES[vscode.window.activeColorTheme.kind];
		const { facts, text } = reading;
		const hover = hoverAt(facts, offset, { text, data: dataOf(this.rows.of(reading), reading), palette });
		if (!hover) return undefined;
		const contents = new vscode.MarkdownString(hover.parts.map(markdownOf).join("\n\n"));
		return new vscode.Hover(contents, reading.rangeOf(document, hover.at));
	}

	dispose(): void {
		this.subscription.dispose();
	}
}

function markdownOf(part: string | Picture): string {
	if (typeof part === "string") return part;
	const { alt, svg, width, height } = part;
	const data = Buffer.from(svg).toString("base64");
	return `![${alt}](data:image/svg+xml;base64,${data}|width=${width},height=${height})`;
}
