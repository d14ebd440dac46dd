/** What VS Code makes of a snippet's body. */

/** A piece of a body: text, or a tab stop with what it holds at first. */
type Piece = string | TabStop;
interface TabStop {
	number: number;
	/** what a choice offers, the default first */
	options?: string[];
	/** what a placeholder holds */
	content?: Piece[];
}

/**
 * Reads a body by VS Code's grammar. Variables and transforms are refused, and so is a `$` that stands for itself without
 * a backslash: no snippet of ours has them, but a forgotten backslash looks like one.
 * @throws Error saying what is wrong and where
 */
export function parseSnippet(body: string): Piece[] {
	let at = 0;
	const fail = (problem: string): never => {
		throw new Error(`${problem} at "${body.slice(at, at + 20)}"`);
	};
	/** Text up to one of the stops, which is left standing. A backslash makes `$`, `}`, itself and the stops plain. */
	const text = (stops: string, escapes: string): string => {
		let read = "";
		for (; at < body.length && !stops.includes(body[at]); at++) {
			if (body[at] === "\\" && at + 1 < body.length && escapes.includes(body[at + 1])) at++;
			read += body[at];
		}
		return read;
	};
	const choice = (): string[] => {
		const options: string[] = [];
		do {
			at++;
			options.push(text(",|", "\\,|"));
		} while (body[at] === ",");
		if (body.slice(at, at + 2) !== "|}") fail("a choice does not end with |}");
		at += 2;
		return options;
	};
	const tabStop = (): TabStop => {
		const [start, digits] = /^\$\{?(\d+)/.exec(body.slice(at)) ?? fail("$ without a number or a backslash before it");
		const number = Number(digits);
		at += start.length;
		if (!start.includes("{")) return { number };
		if (body[at] === "|") return { number, options: choice() };
		if (body[at] !== ":" && body[at] !== "}") fail("a tab stop has neither : nor | nor }");
		if (body[at] === ":") at++;
		const content = pieces("}");
		if (body[at] !== "}") fail("a placeholder does not end");
		at++;
		return content.length > 0 ? { number, content } : { number };
	};
	const pieces = (end: string): Piece[] => {
		const found: Piece[] = [];
		while (at < body.length && !(end && body[at] === end)) {
			found.push(body[at] === "$" ? tabStop() : text(`$${end}`, "\\$}"));
		}
		return found;
	};
	return pieces("");
}

/** Every tab stop of a body, in the order in which they stand. */
export function tabStops(pieces: Piece[]): TabStop[] {
	return pieces.flatMap((piece) => (typeof piece === "string" ? [] : [piece, ...tabStops(piece.content ?? [])]));
}

/** A body as it stands in the editor once every tab stop has been left, tabs as tabs. */
export interface Expansion {
	text: string;
	/** what was taken for each choice, in the order of the tab stops' numbers */
	chosen: string[];
	/** the one option of them that is no default; absent in the first expansion */
	other?: string;
}

/** @param taken for the choice with this number, not its first option */
function expand(pieces: Piece[], taken: ReadonlyMap<number, string> = new Map()): Expansion {
	const stops = tabStops(pieces);
	const held = (number: number): string => {
		const defined = stops.find((stop) => stop.number === number && (stop.options ?? stop.content));
		return taken.get(number) ?? defined?.options?.[0] ?? write(defined?.content ?? []);
	};
	const write = (some: Piece[]): string =>
		some.map((piece) => (typeof piece === "string" ? piece : held(piece.number))).join("");
	const choices = stops.filter(({ options }) => options).sort((a, b) => a.number - b.number);
	return { text: write(pieces), chosen: choices.map(({ number }) => held(number)), other: [...taken.values()][0] };
}

/** The body with all its defaults first, then once more for each further option of each choice. */
export function expansions(body: string): Expansion[] {
	const pieces = parseSnippet(body);
	const others = tabStops(pieces).flatMap(({ number, options = [] }) =>
		options.slice(1).map((option) => new Map([[number, option]])),
	);
	return [expand(pieces), ...others.map((taken) => expand(pieces, taken))];
}
