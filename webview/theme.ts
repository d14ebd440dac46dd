/** The theme's colours, resolved for the canvas, and word of every change of theme. */

export interface Palette {
	foreground: string;
	description: string;
	background: string;
	grid: string;
	dev: string;
	/** one colour a run, in turn */
	runs: string[];
	font: string;
	highContrast: boolean;
}

/** The dev cost has yellow to itself: VS Code's orange is half transparent in some themes and missing in others. */
export const runColours = [
	"--vscode-charts-blue",
	"--vscode-charts-purple",
	"--vscode-charts-green",
	"--vscode-charts-red",
	"--vscode-terminal-ansiCyan",
];

/** Reads what a canvas cannot read by itself: custom properties, color-mix() and fallbacks become plain colours. */
export function readPalette(): Palette {
	const probe = document.createElement("span");
	probe.hidden = true;
	document.body.append(probe);
	const colour = (variable: string): string => {
		probe.style.color = `var(${variable}, var(--vscode-foreground, currentcolor))`;
		return getComputedStyle(probe).color;
	};
	const palette: Palette = {
		foreground: colour("--vscode-foreground"),
		description: colour("--descent-quiet"),
		background: colour("--vscode-editor-background"),
		grid: colour("--descent-grid"),
		dev: colour("--vscode-charts-yellow"),
		runs: runColours.map(colour),
		font: `11px ${getComputedStyle(document.body).fontFamily}`,
		highContrast: /\bvscode-high-contrast(-light)?\b/.test(document.body.className),
	};
	probe.remove();
	return palette;
}

/** VS Code puts a theme in place by the body's class and the root's style: several changes make one call. */
export function onThemeChange(changed: () => void): void {
	let pending = false;
	const observer = new MutationObserver(() => {
		if (pending) return;
		pending = true;
		requestAnimationFrame(() => {
			pending = false;
			changed();
		});
	});
	observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
	observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
}
