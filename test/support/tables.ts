import { Random } from "../../src/engine/training/random.ts";

const columns = (count: number) => Array.from({ length: count }, (_, i) => `x${i + 1}`);

/** A regression whose target has as much noise as signal: a large net learns the noise by heart. */
export function noisyTable(rows: number, features = 6, seed = 1): string {
	const random = new Random(seed);
	let text = `${columns(features).join(",")},y\n`;
	for (let i = 0; i < rows; i++) {
		const x = Array.from({ length: features }, () => random.normal());
		text += `${x.map((v) => v.toFixed(4)).join(",")},${(x[0] - x[1] + 1.4 * random.normal()).toFixed(4)}\n`;
	}
	return text;
}

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
