import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { inspectTable } from "../../src/engine/data/index.ts";
import { idx } from "../fixtures/data/binary-files.ts";
import { numbersOf } from "../fixtures/data/raw-tables.ts";
import { load, pathOf, write } from "../fixtures/data/table-files.ts";

const count = 6000;
const pixel = (image: number, place: number) => (image * 31 + place * 7919) % 256;
const images = idx(
	8,
	[count, 3, 2],
	Array.from({ length: count * 6 }, (_, i) => pixel(Math.floor(i / 6), i % 6)),
);
const labels = idx(
	8,
	[count],
	Array.from({ length: count }, (_, i) => i % 10),
);

test("images become columns of pixels and their labels the target, plain or compressed, under the usual names", async () => {
	const expected = Array.from({ length: count * 7 }, (_, i) => {
		const image = Math.floor(i / 7);
		return i % 7 === 6 ? image % 10 : pixel(image, i % 7);
	});
	for (const [imageName, labelName] of [
		["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
		["train-images.idx3-ubyte", "train-labels.idx1-ubyte.gz"],
		["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"],
	]) {
		const path = write(imageName, imageName.endsWith(".gz") ? gzipSync(images) : images);
		write(labelName, labelName.endsWith(".gz") ? gzipSync(labels) : labels);
		const { target, task, understood, columns, rows } = await inspectTable(path, {});
		assert.deepEqual([target, task, rows, columns.length], ["label", "multiclass", count, 7]);
		assert.equal(understood, `6000 x 3 x 2 images, labels of ${labelName}`);
		if (!imageName.endsWith(".gz")) assert.deepEqual(await numbersOf(path), expected);
		const { x, y, sourceRow } = await load(path, { scaling: "none" });
		for (const [k, row] of sourceRow.entries()) {
			assert.equal(y[k], (row - 1) % 10);
			for (let j = 0; j < 6; j++) assert.equal(x[k * 6 + j], pixel(row - 1, j));
		}
		rmSync(pathOf(labelName));
	}
});

test("values of other types are read in their order", async () => {
	write("a-labels-idx1-ubyte", idx(0x0b, [2], [0xff, 0xfe, 1, 0]));
	const floats = Buffer.alloc(16);
	for (const [i, value] of [1.5, -0.1, 3e38, 0].entries()) floats.writeFloatBE(value, i * 4);
	const path = write("a-images-idx2-ubyte", idx(0x0d, [2, 2], floats));
	assert.deepEqual(await numbersOf(path), [1.5, Math.fround(-0.1), -2, Math.fround(3e38), 0, 256]);
});

async function sentence(path: string): Promise<string> {
	return inspectTable(path, {}).then(
		() => "read without a word",
		(error: Error) => `${error.name}: ${error.message}`,
	);
}

test("a wrong count, labels of others or none, and a damaged header are said so", async () => {
	const named = (name: string) => `InputError: ${name}-images-idx3-ubyte`;
	const path = write("b-images-idx3-ubyte", images);
	assert.equal(
		await sentence(path),
		`${named("b")} holds images and their labels are not beside it; put b-labels-idx1-ubyte (or .gz) there.`,
	);
	write("b-labels-idx1-ubyte", idx(8, [count - 1], labels.subarray(9)));
	assert.equal(
		await sentence(path),
		`${named("b")} has 6000 images and b-labels-idx1-ubyte 5999 labels; put the labels of these images beside them.`,
	);
	assert.equal(
		await sentence(pathOf("b-labels-idx1-ubyte")),
		"InputError: b-labels-idx1-ubyte holds one value a row, labels as a rule; name the file of the images.",
	);
	write("c-images-idx3-ubyte", images.subarray(0, -1));
	assert.equal(
		await sentence(pathOf("c-images-idx3-ubyte")),
		`${named("c")} has 35999 bytes of values where its header says 36000 (6000 x 3 x 2); fetch it again.`,
	);
	write("c-images-idx3-ubyte.gz", gzipSync(Buffer.concat([images, images])));
	assert.equal(
		await sentence(pathOf("c-images-idx3-ubyte.gz")),
		`${named("c")}.gz has 72016 bytes of values where its header says 36000 (6000 x 3 x 2); fetch it again.`,
	);
	for (const bytes of [images.subarray(0, 9), Buffer.from([0, 0, 7, 3, 0, 0, 0, 1]), Buffer.from("a,b\n1,2\n")]) {
		assert.equal(
			await sentence(write("d-images-idx3-ubyte", bytes)),
			`${named("d")} is damaged or no IDX file: its header cannot be read; fetch it again.`,
		);
	}
	write("b-labels-idx1-ubyte", labels);
	const reading = inspectTable(path, {});
	appendFileSync(path, "x");
	await assert.rejects(reading, { message: /^b-images-idx3-ubyte changed while it was read;/ });
});
