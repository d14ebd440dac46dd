// What `npm start` and `npm test` do before anything is installed: plain JavaScript, Node 20, no dependency.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");

/** Installs the packages when they are missing or older than the lock file, then runs a script under their Node 24. */
export function runScript(script) {
	if (!installed()) {
		if (linked()) {
			console.error(
				"node_modules is a link and does not hold what package-lock.json names: install where it points to.",
			);
			process.exit(1);
		}
		console.log("Installing packages (npm ci)");
		const npm = process.env.npm_execpath;
		const done = npm?.endsWith(".js")
			? spawnSync(process.execPath, [npm, "ci"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
			: spawnSync("npm", ["ci"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
		if (done.status !== 0) {
			console.error(`npm ci failed${done.error ? `: ${done.error.message}` : ""}`);
			process.exit(1);
		}
	}
	const bin = join(modules, "node", "bin");
	const node = join(bin, process.platform === "win32" ? "node.exe" : "node");
	const child = spawn(existsSync(node) ? node : process.execPath, [join(root, script), ...process.argv.slice(2)], {
		cwd: root,
		stdio: "inherit",
		env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
	});
	// It is the child that has things to end: this process waits for it and ends as it does.
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
	child.on("close", (code) => process.exit(code ?? 1));
}

/** By versions, not by times: a checkout or a copy gives the lock file a new time without a new content. */
function installed() {
	const marker = join(modules, ".package-lock.json");
	if (!existsSync(marker)) return false;
	const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
	const present = JSON.parse(readFileSync(marker, "utf8")).packages;
	return Object.entries(wanted).every(
		([path, entry]) => path === "" || entry.optional || present[path]?.version === entry.version,
	);
}

/** npm empties what a linked node_modules points to, which is another checkout's. */
function linked() {
	return lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
