import assert from "node:assert/strict";
import { scene } from "./harness.ts";

/** Two classes that a line parts: a run on it must learn. */
function twoClouds(rows: number): string {
	const lines = ["width,height,kind"];
	for (let i = 0; i < rows; i++) {
		const kind = i % 2;
		// A low-discrepancy scatter: the same file every time.
		const x = ((i * 0.618034) % 1) + 2 * kind;
		const y = ((i * 0.754878) % 1) - 2 * kind;
		lines.push(`${x.toFixed(4)},${y.toFixed(4)},${kind ? "oval" : "round"}`);
	}
	return `${lines.join("\n")}\n`;
}

scene("the palette's Run Training trains on the only table", { files: { "clouds.csv": twoClouds(600) } }, async (s) => {
	await s.window.command("Descent: Run Training");
	await s.panel.waitFor("state", /Finished/);
	assert.ok((await s.panel.number("cost")) < 0.2, await s.panel.summary());
	assert.ok((await s.panel.number("dev-accuracy")) > 0.95, await s.panel.summary());
	assert.ok((await s.panel.colours("cost")) > 2, "the cost chart is blank");
	assert.ok((await s.panel.colours("rate")) > 2, "the learning-rate chart is blank");
});
