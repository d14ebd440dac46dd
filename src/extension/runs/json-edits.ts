/** Makes the text of a JSON file say something else with the fewest changes: its formatting stays as it was written. */

/** Puts `text` in the place of `length` characters from `offset` on. */
export interface JsonEdit {
	offset: number;
	length: number;
	text: string;
}

interface Member {
	key: string;
	/** the key's quote */
	start: number;
	keyEnd: number;
	value: Place;
}

interface Place {
	start: number;
	end: number;
	/** of an object */
	members?: Member[];
}

type Json = Record<string, unknown>;

/** what fits on a line of so many characters is written on one */
const lineWidth = 80;

/**
 * @param value plain data; members of objects that are undefined count as absent
 * @returns edits that do not overlap, in the order of their places
 * @throws SyntaxError when the text is not JSON
 */
export function jsonEdits(text: string, value: unknown): JsonEdit[] {
	const edits: JsonEdit[] = [];
	const old: unknown = JSON.parse(text);
	compare(text, scan(text), old, value, edits);
	return edits;
}

function compare(text: string, place: Place, old: unknown, value: unknown, edits: JsonEdit[]): void {
	if (place.members && isObject(old) && isObject(value)) compareMembers(text, place, place.members, old, value, edits);
	else if (JSON.stringify(old) !== JSON.stringify(value)) {
		const indentation = lineIndentation(text, place.start);
		edits.push({ offset: place.start, length: place.end - place.start, text: write(text, value, indentation) });
	}
}

function compareMembers(
	text: string,
	place: Place,
	members: Member[],
	old: Json,
	value: Json,
	edits: JsonEdit[],
): void {
	const wanted = (key: string) => Object.hasOwn(value, key) && value[key] !== undefined;
	const added = Object.keys(value).filter((key) => wanted(key) && !Object.hasOwn(old, key));
	const last = members.findLastIndex(({ key }) => wanted(key));
	if (last < 0) {
		if (members.length === 0 && added.length === 0) return;
		const indentation = lineIndentation(text, place.start);
		edits.push({ offset: place.start, length: place.end - place.start, text: write(text, value, indentation) });
		return;
	}
	for (const [i, { key, start, value: at }] of members.slice(0, last + 1).entries()) {
		if (!wanted(key)) edits.push({ offset: start, length: members[i + 1].start - start, text: "" });
		// of two members of one name the last one counts
		else if (members.findLastIndex((member) => member.key === key) === i)
			compare(text, at, old[key], value[key], edits);
	}
	const end = members[last].value.end;
	const length = members[members.length - 1].value.end - end;
	const insertion = added.map((key) => newMember(text, place, members, last, key, value[key])).join("");
	if (length > 0 || insertion) edits.push({ offset: end, length, text: insertion });
}

/** @returns a comma and the member, spaced as the last one that stays */
function newMember(text: string, place: Place, members: Member[], last: number, key: string, value: unknown): string {
	const { start, keyEnd, value: at } = members[last];
	const colon = text.slice(keyEnd, at.start);
	const before = text.slice(last > 0 ? members[last - 1].value.end : place.start + 1, start).replace(",", "");
	const space = before || colon.replace(":", "");
	return `,${space}${JSON.stringify(key)}${colon}${write(text, value, lineIndentation(text, start))}`;
}

/** On one line where it fits, else in lines indented as the file's. */
function write(text: string, value: unknown, indentation: string): string {
	const short = oneLine(value);
	if (short.length + indentation.length <= lineWidth) return short;
	const unit = /\n([ \t]+)/.exec(text)?.[1] ?? "\t";
	const newLine = text.includes("\r\n") ? "\r\n" : "\n";
	return JSON.stringify(value, null, unit).replaceAll("\n", newLine + indentation);
}

function oneLine(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
	if (!isObject(value)) return JSON.stringify(value);
	const members = Object.entries(value).filter(([, member]) => member !== undefined);
	if (members.length === 0) return "{}";
	return `{ ${members.map(([key, member]) => `${JSON.stringify(key)}: ${oneLine(member)}`).join(", ")} }`;
}

function lineIndentation(text: string, at: number): string {
	const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
	return /^[ \t]*/.exec(line)![0];
}

function isObject(value: unknown): value is Json {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where everything is in a text that JSON.parse has taken. */
function scan(text: string): Place {
	let at = 0;
	const pass = (token: RegExp): string => {
		token.lastIndex = at;
		const found = token.exec(text)![0];
		at += found.length;
		return found;
	};
	const space = /\s*/y;
	const string = /"(?:[^"\\]|\\.)*"/y;
	const scalar = /"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y;
	const one = /./y;

	function value(): Place {
		pass(space);
		const start = at;
		if (text[at] === "{") {
			const members = list("}", member);
			return { start, end: at, members };
		}
		if (text[at] === "[") list("]", value);
		else pass(scalar);
		return { start, end: at };
	}

	function member(): Member {
		pass(space);
		const start = at;
		const key = JSON.parse(pass(string)) as string;
		const keyEnd = at;
		pass(space);
		pass(one);
		return { key, start, keyEnd, value: value() };
	}

	function list<T>(close: string, item: () => T): T[] {
		const items: T[] = [];
		pass(one);
		pass(space);
		while (text[at] !== close) {
			items.push(item());
			pass(space);
			if (text[at] === ",") at++;
		}
		at++;
		return items;
	}

	return value();
}
