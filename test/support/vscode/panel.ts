/** The Descent panel as a person reads it: by the `data-testid` of its parts. */
import type { FrameLocator, Locator } from "playwright-core";
import type { Window } from "./window.ts";

export type PanelText =
	| "state"
	| "iteration"
	| "cost"
	| "dev-accuracy"
	| "dev-r2"
	| "steps-per-second"
	| "seconds"
	| "result"
	| "problem";
export type PanelButton = "run" | "pause" | "resume" | "step" | "stop";
export type PanelChart = "cost" | "rate";

export interface Panel {
	frame: FrameLocator;
	/** a part by its test id */
	part(testId: string): Locator;
	/** the text of a part; empty when the panel does not show it */
	text(part: PanelText): Promise<string>;
	/** the first number in the text of a part ("97.5%" is 0.975), NaN when it has none */
	number(part: PanelText): Promise<number>;
	/** waits until the part's text matches, and returns it; says the last text when it does not */
	waitFor(part: PanelText, pattern: RegExp, timeoutMs?: number): Promise<string>;
	click(button: PanelButton): Promise<void>;
	/** number of different colours on a chart's canvas: 1 when it is blank */
	colours(chart: PanelChart): Promise<number>;
	/** how the run ended, else its state and what is wrong, on one line */
	summary(): Promise<string>;
}

export function panelOf(window: Window): Panel {
	const frame = window.webview();
	const part = (testId: string) => frame.getByTestId(testId);
	const text = async (name: PanelText) => {
		const found = part(name).first();
		return (await found.count()) > 0 ? ((await found.textContent()) ?? "").replace(/\s+/g, " ").trim() : "";
	};
	const panel: Panel = {
		frame,
		part,
		text,
		number: async (name) => {
			const match = /[-+]?\d[\d,]*(\.\d+)?(e[-+]?\d+)?( ?%)?/i.exec((await text(name)).replace("−", "-"));
			if (!match) return Number.NaN;
			return Number.parseFloat(match[0].replaceAll(",", "")) / (match[0].endsWith("%") ? 100 : 1);
		},
		async waitFor(name, pattern, timeoutMs = 60_000) {
			try {
				await part(name).filter({ hasText: pattern }).first().waitFor({ timeout: timeoutMs });
			} catch {
				const [last, problem] = [await text(name), await text("problem")];
				throw new Error(
					`The panel's ${name} is "${last}", not ${pattern}, after ${timeoutMs} ms. ${problem}` +
						` Notifications: ${JSON.stringify(await window.notifications())}`,
				);
			}
			return text(name);
		},
		click: (button) => part(`button-${button}`).first().click(),
		colours: (chart) => part(`chart-${chart}`).locator("canvas").first().evaluate(countColours),
		async summary() {
			const said = [await text("state"), await text("problem")].filter(Boolean).join(": ");
			return (await text("result")) || said;
		},
	};
	return panel;
}

/** Runs in the webview. */
function countColours(canvas: Canvas): number {
	const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
	return new Set(new Uint32Array(data.buffer)).size;
}

/** What is needed of an HTMLCanvasElement: these scripts are typed for Node, without the DOM. */
interface Canvas {
	width: number;
	height: number;
	getContext(kind: "2d"): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
}
