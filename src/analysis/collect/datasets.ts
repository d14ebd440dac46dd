import { t } from "../../l10n.ts";
import type { DatasetFact } from "../facts.ts";
import { reasonOf } from "../frameworks/signature.ts";
import { argument, type Meaning } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import { type NamedCall, type Reading, span } from "../reading.ts";
import type { Expression } from "../syntax/code.ts";

/** Functions that read a file of the user's, by the name of their first parameter. */
const READERS: [RegExp, string][] = [
	[/^pandas\.read_(csv|table|parquet|json|excel|feather|hdf|pickle|fwf)$/, "filepath_or_buffer"],
	[/^polars\.(read|scan)_(csv|parquet|json|ndjson)$/, "source"],
	[/^numpy\.(load|loadtxt|genfromtxt|fromfile)$/, "fname"],
	[/^torch\.load$/, "f"],
	[
		/^tensorflow\.data\.(TextLineDataset|TFRecordDataset|experimental\.make_csv_dataset|experimental\.CsvDataset)$/,
		"filenames",
	],
	[/^keras\.utils\.(image|text)_dataset_from_directory$/, "directory"],
	[/^torchvision\.datasets\.(ImageFolder|DatasetFolder)$/, "root"],
	[/^tfjs\.data\.csv$/, "source"],
	[/^(fs|node:fs|fs\/promises|node:fs\/promises|fs\.promises)\.(readFileSync|readFile|createReadStream)$/, "path"],
	[/^d3\.(csv|tsv|json)$/, "input"],
	[/^h5py\.File$/, "name"],
	[/^duckdb\.read_(csv|parquet|json)$/, "path"],
];

/** Collections that libraries bring, by what gives them, with their training rows where these never change. */
const COLLECTIONS: [RegExp, "first" | "class" | "module"][] = [
	[/^torchvision\.datasets\.(?!ImageFolder|DatasetFolder)[A-Z]\w+$/, "class"],
	[/^keras\.datasets\.(\w+)\.load_data$/, "module"],
	[/^sklearn\.datasets\.(load|fetch)_(\w+)$/, "class"],
	[/^(datasets|nlp)\.load_dataset$/, "first"],
	[/^tensorflow_datasets\.(load|builder)$/, "first"],
	[/^(seaborn)\.load_dataset$/, "first"],
	[/^torch_geometric\.datasets\.[A-Z]\w+$/, "class"],
];

const ROWS: Record<string, number> = {
	mnist: 60_000,
	fashionmnist: 60_000,
	fashion_mnist: 60_000,
	kmnist: 60_000,
	cifar10: 50_000,
	cifar100: 50_000,
	imdb: 25_000,
	load_iris: 150,
	load_wine: 178,
	load_digits: 1797,
	load_breast_cancer: 569,
	load_diabetes: 442,
	fetch_california_housing: 20_640,
	boston_housing: 404,
};

/** Formats that load_dataset reads from files. */
const FILE_FORMATS = /^(csv|json|parquet|text|imagefolder|audiofolder|arrow)$/;
/** Files that hold weights or settings are no tables. */
const NO_TABLE = /\.(pth?|ckpt|bin|safetensors|ya?ml|toml|h5|keras|model|onnx|pb|txt|html?|js|css|md)$/i;

const readerOf = remembered((name) => READERS.find(([pattern]) => pattern.test(name)));
const collectionOf = remembered((name) => COLLECTIONS.find(([pattern]) => pattern.test(name)));

/** Finds the datasets that a program names. */
export function collectDatasets(reading: Reading): void {
	for (const site of reading.calls) {
		const { call, where, name } = site;
		const reader = readerOf(name);
		if (reader) {
			addFile(reading, site, argument(call, reader[1], 0));
			continue;
		}
		const collection = collectionOf(name);
		if (!collection || site.callee.kind !== "symbol") continue;
		const first = call.args[0]?.value;
		const parts = name.split(".");
		const text =
			collection[1] === "first"
				? first && reading.evaluator.constant(first, where)
				: parts.at(collection[1] === "module" ? -2 : -1);
		if (collection[1] === "first" && typeof text === "string" && FILE_FORMATS.test(text)) {
			addFile(reading, site, argument(call, "data_files"));
			continue;
		}
		const fact: DatasetFact = { library: name, kind: "collection", at: span(call.at) };
		if (typeof text === "string") fact.name = text;
		else fact.unknown = first ? reasonOf(reading.evaluate(first, where)) : t("it is not named");
		const rows = typeof text === "string" ? ROWS[text.toLowerCase()] : undefined;
		if (rows !== undefined && !setAside(reading, site)) fact.rows = rows;
		reading.facts.datasets.push(fact);
	}
}

/** torchvision's train=False and a split called test are no training rows. */
function setAside(reading: Reading, { call, where }: NamedCall): boolean {
	const split = argument(call, "split");
	const train = argument(call, "train");
	return Boolean(split) || (train !== undefined && reading.evaluator.constant(train, where) !== true);
}

function addFile(reading: Reading, { call, where, name }: NamedCall, e: Expression | undefined): void {
	const fact: DatasetFact = { library: name, kind: "file", at: span(call.at) };
	const m = e && reading.evaluate(e, where);
	const path = m && onePath(reading, m);
	if (/^(torch\.load|fs|node:fs)/.test(name) && !path) return;
	if (path) {
		if (NO_TABLE.test(path)) return;
		fact.name = path.replace(/^file:\/\//, "");
	} else fact.unknown = m ? reasonOf(m) : t("it is not named");
	if (e) fact.nameAt = span(e.at);
	reading.facts.datasets.push(fact);
}

/** A path, or the first of several: data_files={"train": "train.csv"} */
function onePath(reading: Reading, m: Meaning): string | undefined {
	if (m.kind === "constant") return typeof m.value === "string" ? m.value : undefined;
	if (m.kind === "mapping") {
		const entry = reading.evaluator.entry(m, "train");
		return entry && onePath(reading, entry);
	}
	if (m.kind === "sequence" && m.items.length > 0) return onePath(reading, reading.evaluate(m.items[0], m.where));
	return undefined;
}
