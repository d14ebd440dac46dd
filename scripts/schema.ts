/** Writes schemas/train.schema.json from the shapes that refuse a wrong run file: `npm run schema`. */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { RUN_FLAGS } from "../src/engine/cli/flags.ts";
import { runFile } from "../src/engine/run-file.ts";
import type { Schema } from "../src/engine/run-shapes.ts";

const PARTS: Record<string, string> = {
	dataset: "the table to train on",
	"dataset.columns": "kind and use of columns, by name, where what was found is not meant",
	"dataset.columns.*.kind": "what the column is; cells that are nothing of the kind have no value",
	"dataset.columns.*.dates":
		"which of day and month comes first in dates where both are numbers; other cells have no value",
	"dataset.columns.*.use": "true keeps a column that would be set aside, false leaves one out; the last word",
	"dataset.path": "the table's file (CSV, JSON, Parquet, NPY, NPZ or IDX), from this file's folder",
	model: "the net; what is left out has a default",
	cost: "follows from the task; left out as a rule",
	optimizer: "how the weights are updated",
	decay: "how the learning rate changes over the run",
	clip: "limits of the gradient",
	earlyStopping: "ends the run when the dev cost no longer falls; {} takes the defaults",
};

const helpOf = (place: string) => Object.values(RUN_FLAGS).find((flag) => flag.place === place)?.help;

/** The schema with a word at every key: the same as the command line's help. */
function described(schema: Schema, place = ""): Schema {
	const description = PARTS[place] ?? helpOf(place);
	const properties = schema.properties && {
		properties: Object.fromEntries(
			Object.entries(schema.properties).map(([key, member]) => [
				key,
				described(member, place ? `${place}.${key}` : key),
			]),
		),
	};
	const free = schema.additionalProperties && {
		additionalProperties: described(schema.additionalProperties, `${place}.*`),
	};
	return { ...(description ? { description } : {}), ...schema, ...properties, ...free };
}

/** @returns the whole schema as text */
export function trainSchema(): string {
	const head = { $schema: "http://json-schema.org/draft-07/schema#", title: "Descent run file" };
	return `${JSON.stringify({ ...head, ...described(runFile.schema) }, null, "\t")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await mkdir(new URL("../schemas/", import.meta.url), { recursive: true });
	await writeFile(new URL("../schemas/train.schema.json", import.meta.url), trainSchema());
}
