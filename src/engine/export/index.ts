/** A run as a program for another library, with its data beside it. */
import { open } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { KernelModule } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import type { LoopExport } from "../protocol/engine.ts";
import type { ExportLibrary } from "../protocol/run.ts";
import type { RunFile } from "../protocol/run-file.ts";
import { replaceFile } from "../replace-file.ts";
import { type PrepareOptions, prepareRun } from "../training/prepare.ts";
import { encodeSafetensors, readMetadata } from "../training/safetensors.ts";
import { exportedArrays, orderedEpochs } from "./data-file.ts";
import { kerasProgram } from "./keras.ts";
import { optaxProgram } from "./optax.ts";
import { type Program, programOf } from "./program.ts";
import { pytorchProgram } from "./pytorch.ts";
import { tfjsProgram } from "./tfjs.ts";

interface Language {
	write: (program: Program) => string;
	/** of the program's name */
	ending: RegExp;
	endings: string;
}

const python = { ending: /^\.py$/i, endings: ".py" };
const languages: Record<ExportLibrary, Language> = {
	pytorch: { write: pytorchProgram, ...python },
	keras: { write: kerasProgram, ...python },
	tfjs: { write: tfjsProgram, ending: /^\.m?js$/i, endings: ".mjs" },
	optax: { write: optaxProgram, ...python },
};

/** Texts among the data that tell it from a checkpoint. */
const MARK = "descent loop";

export interface ExportRequest {
	library: ExportLibrary;
	/** path of the program; its data takes the same name with the ending .safetensors */
	output: string;
	/** the run's, where it has been made and may have been renamed; absent: the one that it would be given */
	name?: string;
	/** asked with the bytes of the data before anything is written; false: nothing is */
	mayWrite?: (bytes: number, name: string) => boolean;
}

/**
 * Reads the run's table and writes a program that trains as the run would, and the arrays that it reads. Each file is
 * written whole or not at all, the data first.
 *
 * @param file `dataset.path` must be absolute
 * @throws InputError as prepareRun does, for a library or a name that cannot be, and when a file cannot be written
 */
export async function exportLoop(
	kernels: KernelModule,
	file: RunFile,
	{ library, output, name, mayWrite }: ExportRequest,
	options: PrepareOptions = {},
): Promise<LoopExport> {
	if (!Object.hasOwn(languages, library)) {
		throw new InputError(`A loop is exported for ${Object.keys(languages).join(", ")}, not for "${library}".`);
	}
	const { write, ending, endings } = languages[library];
	const extension = extname(output);
	if (!ending.test(extension)) {
		throw new InputError(`${basename(output)} must end with ${endings} to be a program for ${library}; name it so.`);
	}
	const data = join(dirname(output), `${basename(output, extension)}.safetensors`);
	await refuseOther(data);
	const prepared = await prepareRun(kernels, { ...file, backend: "wasm" }, { ...options, threads: 1 });
	try {
		const { sizes } = prepared;
		const start = { ...prepared.start, name: name ?? prepared.start.name };
		const program = programOf(start, sizes, basename(data), orderedEpochs(prepared));
		const arrays = await exportedArrays(prepared, program.hasRates);
		const bytes = [...arrays.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
		const written = mayWrite?.(bytes, basename(data)) ?? true;
		if (written) {
			const encoded = encodeSafetensors(arrays, { [MARK]: start.name });
			await replaceFile(data, "The data", (handle) => handle.writeFile(encoded));
			await replaceFile(output, "The program", (handle) => handle.writeFile(write(program)));
		}
		return { program: output, data, bytes, written };
	} finally {
		prepared.backend.dispose();
		prepared.table.stored?.close();
	}
}

/** A checkpoint of that name is not written over. */
async function refuseOther(path: string): Promise<void> {
	const file = await open(path).catch(() => undefined);
	if (!file) return;
	const metadata = await readMetadata(file)
		.catch(() => ({}))
		.finally(() => file.close());
	if (MARK in metadata) return;
	throw new InputError(`${basename(path)} is there already and no data of an exported loop; choose another name.`);
}
