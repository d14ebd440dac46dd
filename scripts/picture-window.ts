/** What a window needs before a picture of it is kept. */
import type { Window } from "../test/support/vscode/window.ts";

/** Drags the border between the two editor groups to so many pixels right of the first one's left side. */
export async function dragPanelTo({ page }: Window, x: number): Promise<void> {
	const panel = await page.locator(".editor-group-container").last().boundingBox();
	const first = await page.locator(".editor-group-container").first().boundingBox();
	if (!panel || !first || panel.x === first.x) return;
	const y = panel.y + panel.height / 2;
	await page.mouse.move(panel.x, y);
	await page.mouse.down();
	await page.mouse.move(first.x + x, y, { steps: 8 });
	await page.mouse.up();
	await page.mouse.move(first.x + 150, y);
}

/** Waits until the window stops changing: two pictures in a row are the same, but for a blinking cursor's moment. */
export async function settle({ page }: Window): Promise<void> {
	let last = await page.screenshot();
	for (let same = 0, tries = 0; same < 3 && tries < 30; tries++) {
		const next = await page.screenshot();
		same = next.equals(last) ? same + 1 : 0;
		last = next;
	}
}
