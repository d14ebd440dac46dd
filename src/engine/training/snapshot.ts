import { InputError } from "../input-error.ts";
import { parameterLayout } from "../model/network.ts";
import type { Checkpoint, Position } from "./checkpoint.ts";
import type { PreparedRun } from "./prepare.ts";
import type { Tensor } from "./safetensors.ts";

/**
 * Every vector of the run that is laid out like the parameters, by the prefix of its tensors' names.
 * @param best early stopping's best weights, if there are any
 */
function vectors({ backend, updater }: PreparedRun, best: Float32Array | undefined): [string, Float32Array][] {
	const slots = updater.optimizer.slots(updater.h);
	return [
		["", backend.parameters],
		...slots.map((slot, i): [string, Float32Array] => [`${slot}.`, backend.optimizerState[i]]),
		...(best ? [["best.", best] satisfies [string, Float32Array]] : []),
	];
}

/**
 * @param order of this epoch's rows, where they are shuffled as a whole
 * @param best early stopping's copy of the weights of position.best
 * @returns all that the run needs to go on; a copy
 */
export function takeSnapshot(
	prepared: PreparedRun,
	position: Position,
	order: Uint32Array | undefined,
	best?: Float32Array,
): Checkpoint {
	const { start, table, random, sizes } = prepared;
	const tensors = new Map<string, Tensor>();
	for (const [prefix, values] of vectors(prepared, position.best && best)) {
		for (const { name, rows, columns, offset } of parameterLayout(sizes).parameters) {
			tensors.set(prefix + name, { shape: [rows, columns], data: values.slice(offset, offset + rows * columns) });
		}
	}
	if (order) tensors.set("order", { shape: [order.length], data: order.slice() });
	tensors.set("random", { shape: [4], data: random.state.slice() });
	return {
		tensors,
		progress: {
			version: 4,
			run: start.run,
			preparation: table.preparation,
			fingerprint: table.fingerprint,
			position: structuredClone(position),
		},
	};
}

/**
 * Puts a prepared run where the checkpoint left it.
 * @param best gets early stopping's best weights
 * @returns how far it had come, and this epoch's order of rows where they are shuffled as a whole
 * @throws InputError when the dataset is not the one that the run was trained on
 */
export function restore(
	prepared: PreparedRun,
	{ tensors, progress }: Checkpoint,
	best?: Float32Array,
): { position: Position; order: Uint32Array | undefined } {
	const { table, random, sizes } = prepared;
	const { size, mtimeMs } = progress.fingerprint;
	if (table.fingerprint.size !== size || table.fingerprint.mtimeMs !== mtimeMs) {
		throw new InputError(
			`The dataset ${table.summary.path} has changed since the checkpoint was written; put it back or train anew.`,
		);
	}
	const tensor = (name: string) => {
		const found = tensors.get(name);
		if (!found) throw new InputError(`The checkpoint lacks the tensor ${name}; name another file.`);
		return found.data;
	};
	for (const [prefix, values] of vectors(prepared, progress.position.best && best)) {
		for (const { name, offset } of parameterLayout(sizes).parameters) values.set(tensor(prefix + name), offset);
	}
	random.state.set(tensor("random"));
	const order = prepared.windows.count === 1 ? Uint32Array.from(tensor("order")) : undefined;
	return { position: structuredClone(progress.position), order };
}
