/** What axe-core finds in the panel. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { repository } from "./paths.ts";

interface AxeResults {
	violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** @returns a line for each element with a violation, with its rule; none when there is nothing to mend */
export async function violationsIn(frame: Frame): Promise<string[]> {
	await frame.evaluate(await readFile(join(repository, "node_modules", "axe-core", "axe.min.js"), "utf8"));
	const { violations } = await frame.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
	return violations.flatMap(({ id, help, nodes }) =>
		nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 200)} ${failureSummary ?? ""}`),
	);
}
