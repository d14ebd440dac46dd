// Predictions from damaged checkpoints and into places that cannot be written: one sentence, and no half of a file.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { InputError } from "../../src/engine/input-error.ts";
import { predictToFile } from "../../src/engine/prediction/predict.ts";
import { readCheckpoint } from "../../src/engine/training/checkpoint.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Random } from "../../src/engine/training/random.ts";
import { Training } from "../../src/engine/training/training.ts";
import { damage } from "../fixtures/data/mutations.ts";
import { pathOf, rows, write } from "../fixtures/data/table-files.ts";
import { kernels } from "../support/kernels.ts";

const table = write(
	"table.csv",
	rows("a,k,d,y", 60, (i) => `${i % 17},k${i % 3},2020-01-${10 + (i % 20)},c${i % 3}`),
);
const run = await prepareRun(await kernels(), {
	dataset: { path: table, target: "y" },
	model: { layers: [4] },
	epochs: 2,
});
const whole = pathOf("whole.safetensors");
await new Training(run, () => {}, { checkpoint: { path: whole, everyMs: 0 } }).run();
const bytes = readFileSync(whole);
const output = pathOf("out.csv");
const damagedSentence = (name: string) =>
	`${name}.safetensors is no checkpoint of Descent, or it is damaged; name another file.`;

/** @returns undefined when the table was predicted, else the sentence that says why not */
async function predicted(checkpoint: string, to = output): Promise<string | undefined> {
	const before = readdirSync(pathOf("."));
	try {
		await predictToFile(await kernels(), await readCheckpoint(checkpoint), table, to);
		assert.equal(readFileSync(to, "utf8").split("\n").length, 62);
		return undefined;
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		assert.match(error.message, /^[^\p{Cc}]{10,600}\.$/u);
		assert.deepEqual(readdirSync(pathOf(".")), before, "nothing is left behind");
		return error.message;
	}
}

test("a checkpoint that was damaged at random is refused, or as good as before", async () => {
	assert.equal(await predicted(whole), undefined);
	const expected = readFileSync(output, "utf8");
	let refused = 0;
	for (let seed = 1; seed <= 300; seed++) {
		const { bytes: damaged, done } = damage(bytes, new Random(seed), bytes);
		rmSync(output, { force: true });
		try {
			const sentence = await predicted(write("damaged.safetensors", damaged));
			if (sentence === undefined) assert.equal(readFileSync(output, "utf8"), expected);
			else assert.equal(sentence, damagedSentence("damaged"));
			refused += sentence ? 1 : 0;
		} catch (error) {
			throw new Error(`seed ${seed}, after ${done.join(", ")}`, { cause: error });
		}
	}
	assert.ok(refused > 200);
});

test("every changed bit of the weights is seen", async () => {
	const weights = bytes.length - 40;
	for (let bit = 0; bit < 8; bit++) {
		const changed = Buffer.from(bytes);
		changed[weights] ^= 1 << bit;
		assert.equal(await predicted(write("changed.safetensors", changed)), damagedSentence("changed"));
	}
});

test("what cannot be read or written is named, and what was there stays", async (t) => {
	assert.equal(
		await predicted(pathOf(".")),
		`The checkpoint ${basename(pathOf("."))} is a directory; name a file inside it.`,
	);
	assert.equal(await predicted(pathOf("none")), "The checkpoint none does not exist; check its path.");
	write("empty.safetensors", "");
	assert.equal(await predicted(pathOf("empty.safetensors")), damagedSentence("empty"));
	mkdirSync(pathOf("folder"), { recursive: true });
	assert.equal(
		await predicted(whole, pathOf("folder")),
		"The file folder could not be written: it is a directory; name a file inside it.",
	);
	write("old.csv", "what was there");
	await assert.rejects(
		predictToFile(await kernels(), await readCheckpoint(whole), write("odd.csv", "a,k\n1,k1\n"), pathOf("old.csv")),
		{ name: "InputError", message: 'odd.csv lacks a column that the model was trained on: "d"; add what is missing.' },
	);
	assert.equal(readFileSync(pathOf("old.csv"), "utf8"), "what was there");
	if (!existsSync("/dev/full")) return t.diagnostic("no /dev/full: a full disk was not tried");
	// predictions are written beside the output first
	symlinkSync("/dev/full", pathOf("full.csv.tmp"));
	await assert.rejects(predictToFile(await kernels(), await readCheckpoint(whole), table, pathOf("full.csv")), {
		name: "InputError",
		message: "The file full.csv could not be written: the disk is full; free some space.",
	});
	assert.deepEqual(
		readdirSync(pathOf(".")).filter((name) => name.startsWith("full")),
		[],
	);
});
