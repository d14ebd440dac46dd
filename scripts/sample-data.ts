/** Makes the sample workspace's tables. Seeded: the same bytes every time. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Random } from "../src/engine/training/random.ts";

/** Three arms of a spiral, a turn and a quarter each, with noise: no straight line parts them. */
export function spirals(rows = 3000, seed = 7): string {
	const random = new Random(seed);
	const arms = ["amber", "blue", "coral"];
	const lines = ["x1,x2,arm"];
	for (let i = 0; i < rows; i++) {
		const arm = i % arms.length;
		const along = Math.sqrt(0.02 + 0.98 * random.uniform());
		const angle = 2 * Math.PI * (arm / arms.length + 1.25 * along) + 0.16 * random.normal();
		const radius = 4 * along + 0.06 * random.normal();
		lines.push(`${(radius * Math.cos(angle)).toFixed(4)},${(radius * Math.sin(angle)).toFixed(4)},${arms[arm]}`);
	}
	return `${shuffled(lines, random).join("\n")}\n`;
}

/**
 * Invented concrete mixes and their strength in MPa, by an Abrams-like law: strength falls with water over binder, grows
 * with the logarithm of age and depends on the curing. A few cells are missing, as in a laboratory's book.
 */
export function concrete(rows = 2500, seed = 11): string {
	const random = new Random(seed);
	const between = (low: number, high: number) => low + (high - low) * random.uniform();
	const curings = { water: 1.08, membrane: 1, air: 0.86, steam: 1.02 };
	const names = Object.keys(curings) as (keyof typeof curings)[];
	const lines = ["cement_kg,slag_kg,water_kg,plasticizer_kg,gravel_kg,sand_kg,age_days,curing,strength_mpa"];
	for (let i = 0; i < rows; i++) {
		const cement = between(140, 520);
		const slag = random.uniform() < 0.45 ? 0 : between(20, 240);
		const water = between(130, 235);
		const plasticizer = random.uniform() < 0.35 ? 0 : between(1.5, 14);
		const gravel = between(800, 1130);
		const sand = between(600, 980);
		const age = [3, 7, 14, 28, 56, 90, 180, 365][random.below(8)];
		const curing = names[random.below(names.length)];
		const binder = cement + 0.7 * slag * Math.min(1, age / 40);
		const ratio = water / (binder * (1 + 0.012 * plasticizer));
		const ripening = 0.34 + 0.66 * (Math.log(1 + age) / Math.log(1 + 90)) ** (curing === "steam" ? 0.55 : 1);
		const grading = 1 - 0.9 * (sand / (sand + gravel) - 0.43) ** 2;
		const strength = (118 / 6.2 ** ratio) * ripening * grading * curings[curing] + 1.1 * random.normal();
		const numbers = [cement, slag, water, plasticizer, gravel, sand].map((value) =>
			random.uniform() < 0.006 ? "" : value.toFixed(1),
		);
		lines.push([...numbers, age, curing, Math.max(2, strength).toFixed(2)].join(","));
	}
	return `${lines.join("\n")}\n`;
}

/** Shuffles the lines after the header. */
function shuffled(lines: string[], random: Random): string[] {
	const order = Uint32Array.from(lines.keys()).subarray(1);
	random.shuffle(order);
	return [lines[0], ...Array.from(order, (at) => lines[at])];
}

export async function writeSample(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "spirals.csv"), spirals());
	await writeFile(join(folder, "concrete.csv"), concrete());
}

if (process.argv[1] === import.meta.filename) {
	await writeSample(resolve(process.argv[2] ?? join(import.meta.dirname, "..", ".descent-sample")));
}
