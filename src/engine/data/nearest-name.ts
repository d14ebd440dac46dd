import { InputError } from "../input-error.ts";
import type { RawTable } from "./raw-table.ts";

const mostListed = 20;

/** @param use what the column was to be for: "for the target" */
export function unknownColumn({ file, columns }: RawTable, name: string, use: string): InputError {
	const names = columns.map((column) => column.name);
	const near = nearestName(name, names);
	const listed = names.slice(0, mostListed).map((other) => `"${other}"`);
	const some = `choose one of ${listed.join(", ")}${names.length > mostListed ? ", ..." : ""}.`;
	const advice = near === undefined ? some : `perhaps "${near}" is meant.`;
	return new InputError(`${file.name} has no column "${name}" ${use}; ${advice}`);
}

/** @returns the name that needs the fewest edits, where they are few beside its length */
export function nearestName(name: string, names: readonly string[]): string | undefined {
	let nearest: string | undefined;
	let fewest = Math.max(1, Math.floor(name.length / 3)) + 1;
	for (const candidate of names) {
		const count = edits(name.toLowerCase(), candidate.toLowerCase());
		if (count >= fewest || count >= candidate.length) continue;
		nearest = candidate;
		fewest = count;
	}
	return nearest;
}

/** @returns letters to insert, delete or replace to make one word of another (Levenshtein 1966) */
function edits(from: string, to: string): number {
	let above = Array.from({ length: to.length + 1 }, (_, i) => i);
	for (let i = 1; i <= from.length; i++) {
		const row = [i];
		for (let j = 1; j <= to.length; j++) {
			const replaced = above[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
			row[j] = Math.min(replaced, above[j] + 1, row[j - 1] + 1);
		}
		above = row;
	}
	return above[to.length];
}
