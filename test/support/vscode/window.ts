/** A browser window on a served VS Code, and what a person does in it. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from "playwright-core";
import { findChromium } from "./chromium.ts";

export interface WindowOptions {
	width?: number;
	height?: number;
	/** device pixels for each CSS pixel */
	scale?: number;
	/**
	 * what VS Code takes for the language of the window, "ko": extensions speak it; the workbench's own words stay English,
	 * as their translations are extensions of the marketplace
	 */
	language?: string;
	/** show the browser on the display */
	visible?: boolean;
	/** called with the page before it loads */
	prepare?: (page: Page) => Promise<void>;
}

export interface Window {
	page: Page;
	/** what the page's console said, the newest last */
	console: string[];
	/**
	 * runs a command from the palette by its full title, "Descent: Run Training"
	 * @returns when it was chosen there, milliseconds since 1970
	 */
	command(title: string): Promise<number>;
	/** picks the row that holds this text in an open quick pick that is not the palette */
	pick(text: string): Promise<void>;
	/** clicks this item of the context menu that is open, and returns when the menu has taken it */
	menuItem(label: string): Promise<void>;
	/** types an answer into the input box that opens, and returns when it was taken */
	answer(text: string): Promise<void>;
	/** opens a file of the workspace in the active editor group */
	open(file: string): Promise<void>;
	/** the document of this extension's webview */
	webview(extensionId?: string): FrameLocator;
	/** texts of the notifications on screen */
	notifications(): Promise<string[]>;
	/** waits for a notification that matches, and returns its text */
	notification(text: RegExp): Promise<string>;
	screenshot(file: string): Promise<void>;
	close(): Promise<void>;
}

/** Where the quick pick or input box is typed into. */
const quickInput = ".quick-input-widget:visible .quick-input-box input";
const quickRow = ".quick-input-widget:visible .quick-input-list .monaco-list-row";

const notification = ".notifications-toasts .notification-list-item-message";

export async function openWindow(address: string, options: WindowOptions = {}): Promise<Window> {
	const browser = await launch(options);
	try {
		const context = await browser.newContext({
			viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
			deviceScaleFactor: options.scale ?? 1,
		});
		const page = await context.newPage();
		page.setDefaultTimeout(15_000);
		const lines: string[] = [];
		page.on("console", (message) => {
			lines.push(`${message.type()}: ${message.text()}`);
			if (lines.length > 2000) lines.shift();
		});
		page.on("pageerror", (error) => lines.push(`page error: ${error.message}`));
		if (options.language) {
			await page.addInitScript(
				(language) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: language }),
				options.language,
			);
		}
		await options.prepare?.(page);
		await page.goto(address, { waitUntil: "domcontentloaded" });
		return asWindow(browser, page, lines);
	} catch (error) {
		await browser.close();
		throw error;
	}
}

async function launch(options: WindowOptions): Promise<Browser> {
	return chromium.launch({
		executablePath: await findChromium(),
		headless: !options.visible,
		args: [
			...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
			...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
			...["--disable-dev-shm-usage", "--hide-scrollbars"],
		],
	});
}

function asWindow(browser: Browser, page: Page, lines: string[]): Window {
	const rows = page.locator(quickRow);
	/** Waits for the workbench to take keys: its status bar is drawn last. */
	const ready = () => page.locator(".monaco-workbench .part.statusbar .statusbar-item").first().waitFor();

	return {
		page,
		console: lines,
		async command(title) {
			await ready();
			return choose(page, `>${title}`, title);
		},
		async pick(text) {
			await rows.filter({ hasText: text }).first().click();
		},
		async menuItem(label) {
			const item = page.getByRole("menuitem", { name: label });
			// A menu is deaf to the mouse for the first 100 ms, so that a long right click chooses nothing.
			await untilGone(item, () => item.click());
		},
		async answer(text) {
			const input = page.locator(quickInput).first();
			await input.fill(text);
			await untilGone(input, () => input.press("Enter"));
		},
		async open(file) {
			await ready();
			await choose(page, file, file);
			await page
				.locator(`.tab.active[data-resource-name=${JSON.stringify(file)}]`)
				.first()
				.waitFor();
		},
		webview: (extensionId = "descent.descent") =>
			page.frameLocator(`iframe.webview[src*="extensionId=${extensionId}"]`).first().frameLocator("#active-frame"),
		notifications: () => page.locator(notification).allTextContents(),
		notification: async (text) =>
			(await page.locator(notification).filter({ hasText: text }).first().textContent()) ?? "",
		async screenshot(file) {
			await mkdir(dirname(file), { recursive: true });
			await page.screenshot({ path: file });
		},
		close: () => browser.close(),
	};
}

/** Does again what closes a part, as a person does when nothing happens. */
async function untilGone(part: Locator, act: () => Promise<void>): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		if (attempt === 1 || (await part.isVisible())) await act();
		try {
			return await part.waitFor({ state: "hidden", timeout: 2000 });
		} catch (error) {
			if (attempt === 5) throw error;
		}
	}
}

/**
 * Types into the palette and clicks the row of this label. F1 is lost while the workbench is still starting, and an open
 * palette does not learn of the commands of an extension that is registered meanwhile: so it is opened until it has the row.
 */
async function choose(page: Page, text: string, label: string): Promise<number> {
	// A row is called after its label, then ", recently used" and the like.
	const name = JSON.stringify(label);
	const row = page.locator(`${quickRow}[aria-label=${name}], ${quickRow}[aria-label^=${JSON.stringify(`${label}, `)}]`);
	for (let attempt = 1; ; attempt++) {
		try {
			await page.keyboard.press("F1");
			await page.locator(quickInput).fill(text, { timeout: 2000 });
			await row.first().waitFor({ timeout: 2000 });
			const chosen = Date.now();
			await row.first().click({ timeout: 2000 });
			return chosen;
		} catch (error) {
			if (attempt === 10) throw error;
			await page.keyboard.press("Escape");
		}
	}
}
