import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOfRows } from "../../src/extension/views/table-lines.ts";

function linesIn(text: string, rows: number[], header = true): [number, number][] {
	const lines = text.split("\n");
	return linesOfRows((index) => lines[index], lines.length, header, rows);
}

test("rows are the lines after the header, empty lines apart", () => {
	assert.deepEqual(linesIn("a,b\n1,2\n\n3,4\n5,6\n", [1, 3]), [
		[1, 1],
		[4, 4],
	]);
	assert.deepEqual(linesIn("1,2\n3,4\n", [2], false), [[1, 1]]);
});

test("a quoted cell may go on over lines, and holds quotes of its own", () => {
	const text = 'a,b\n1,"two\nlines"\n2,"say ""hi"""\n3,"x\n\ny"\n4,z';
	assert.deepEqual(linesIn(text, [1, 2, 3, 4]), [
		[1, 2],
		[3, 3],
		[4, 6],
		[7, 7],
	]);
});

test("rows that are not there have no lines", () => {
	assert.deepEqual(linesIn("a\n1\n", [1, 9]), [[1, 1]]);
	assert.deepEqual(linesIn("", [1]), []);
});
