import { Random } from "../../src/engine/training/random.ts";

/** A table that a straight line parts into two classes, the same every time. */
export function lineTable(rows: number): string {
	const random = new Random(1);
	let text = "a,b,above\n";
	for (let i = 0; i < rows; i++) {
		const [a, b] = [random.normal(), random.normal()];
		text += `${a.toFixed(4)},${b.toFixed(4)},${a + b > 0 ? "yes" : "no"}\n`;
	}
	return text;
}
