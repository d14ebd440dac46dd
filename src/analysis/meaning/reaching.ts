import type { Definition, Place, Where } from "./survey.ts";

/** @returns true when the statements of `outer` have run up to those of `inner` whenever the latter run */
export function encloses(outer: Place, inner: Place): boolean {
	for (let p: Place | undefined = inner; p; p = p.parent) if (p === outer) return true;
	return false;
}

/** @returns the places of the loops around a place in its own function, innermost first */
export function loopsAround(place: Place): Place[] {
	const loops: Place[] = [];
	for (let p: Place | undefined = place; p && p.scope === place.scope; p = p.parent) {
		if (p.owner?.kind === "for" || p.owner?.kind === "while") loops.push(p);
	}
	return loops;
}

/** @returns the definitions whose value a use may see, the nearest first; `certain`: it sees one of them whatever happens */
export function reaching(definitions: readonly Definition[], use: Where): { found: Definition[]; certain: boolean } {
	const found: Definition[] = [];
	let certain: Definition | undefined;
	for (let i = definitions.length - 1; i >= 0 && !certain; i--) {
		const d = definitions[i];
		if (d.order >= use.order) continue;
		found.push(d);
		if (encloses(d.where.place, use.place)) certain = d;
	}
	const loops = loopsAround(use.place).filter((loop) => !certain || !encloses(loop, certain.where.place));
	const later = definitions.filter((d) => d.order >= use.order && loops.some((loop) => encloses(loop, d.where.place)));
	return { found: [...found, ...later], certain: certain !== undefined };
}
