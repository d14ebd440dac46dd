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

/** A regression that a net learns well: waves and lines with little noise. */
export function waveTable(rows: number): string {
	const random = new Random(9);
	let text = "a,b,c,y\n";
	for (let i = 0; i < rows; i++) {
		const [a, b, c] = [random.normal(), random.normal(), random.normal()];
		const y = 2 * a - b + Math.sin(2 * c) + 0.2 * random.normal();
		text += `${[a, b, c, y].map((v) => v.toFixed(4)).join(",")}\n`;
	}
	return text;
}

/** Three classes around a circle that overlap a little. */
export function blobTable(rows: number): string {
	const random = new Random(2);
	let text = "a,b,kind\n";
	for (let i = 0; i < rows; i++) {
		const [x, y] = [3 * Math.cos(2 * (i % 3)) + random.normal(), 3 * Math.sin(2 * (i % 3)) + random.normal()];
		text += `${x.toFixed(4)},${y.toFixed(4)},${["one", "two", "three"][i % 3]}\n`;
	}
	return text;
}

/** A regression on a line through one feature. */
export function slopeTable(rows: number): string {
	const random = new Random(5);
	let text = "x,y\n";
	for (let i = 0; i < rows; i++) {
		const x = random.normal();
		text += `${x.toFixed(4)},${(x + 0.3 * random.normal()).toFixed(4)}\n`;
	}
	return text;
}

/** A feature that is tiny but in one row of 333, where it is hundreds of times larger. */
export function rareTable(rows: number): string {
	const random = new Random(6);
	let text = "a,rare,y\n";
	for (let i = 0; i < rows; i++) {
		const a = random.normal();
		const rare = i % 333 === 7 ? 40 * (1 + random.uniform()) : 0.1 * random.normal();
		text += `${a.toFixed(4)},${rare.toFixed(4)},${(a + rare + 0.1 * random.normal()).toFixed(4)}\n`;
	}
	return text;
}
