/** Finds a Chromium to drive, or installs one. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { repository } from "./paths.ts";
import { run } from "./processes.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of a Chromium. DESCENT_CHROMIUM names one; else one on the PATH, else one that is installed now. */
export async function findChromium(say: (line: string) => void = console.log): Promise<string> {
	const named = process.env.DESCENT_CHROMIUM;
	if (named) {
		if (!existsSync(named)) throw new Error(`DESCENT_CHROMIUM names ${named}, which does not exist.`);
		return named;
	}
	const present = onPath(names) ?? playwrights();
	if (present) return present;
	if (process.getuid?.() === 0 && onPath(["apt-get"])) {
		say("Chromium: installing with apt-get");
		const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
		try {
			await run("apt-get", ["-q", "update"], { env });
			await run("apt-get", ["-q", "-y", "install", "--no-install-recommends", "chromium"], { env });
		} catch (error) {
			say(`Chromium: apt-get could not (${String(error).split("\n", 1)})`);
		}
		const installed = onPath(names);
		if (installed) return installed;
	}
	say("Chromium: installing with Playwright");
	const command = join(repository, "node_modules", "playwright-core", "cli.js");
	try {
		await run(process.execPath, [command, "install", "chromium"], { show: true });
	} catch {
		throw new Error("No Chromium: install one, or name one with DESCENT_CHROMIUM.");
	}
	const installed = playwrights();
	if (!installed) throw new Error("No Chromium: install one, or name one with DESCENT_CHROMIUM.");
	return installed;
}

/** The first of these programs that is on the PATH. */
export function onPath(programs: string[]): string | undefined {
	const folders = (process.env.PATH ?? "").split(delimiter).concat(process.platform === "win32" ? [] : ["/usr/bin"]);
	for (const program of programs) {
		for (const folder of folders) {
			const path = join(folder, program);
			if (existsSync(path)) return path;
		}
	}
	return undefined;
}

function playwrights(): string | undefined {
	const path = chromium.executablePath();
	return path && existsSync(path) ? path : undefined;
}
