import { ADDRESSABLE_BYTES, FIRST_BYTE, type Pointer } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import { inBytes } from "../memory-limit.ts";
import { COEFFICIENTS } from "../optimizers/optimizer.ts";
import type { MemoryPlan } from "../protocol/run.ts";
import { parameterLayout } from "./network.ts";

/** What decides every byte of a run. */
export interface ArenaShape {
	/** rows of the table that lie in memory, training rows first */
	rows: number;
	trainRows: number;
	/** n_x, hidden units, outputs */
	sizes: readonly number[];
	/** rows of a mini-batch; trainRows means full batch, which reads the table in place */
	batchSize: number;
	/** row numbers that the order holds at once; absent: of all training rows */
	orderRows?: number;
	/** the activation's derivative needs Z itself, not only A = g(Z) */
	keepsZ: boolean;
	/** state vectors of the optimizer, each as long as the parameters */
	optimizerSlots: number;
	/** bytes of work space that the dense kernel wants for each thread */
	workBytes: number;
	/** threads that may share the work */
	threads: number;
	/** bytes that the run may take; absent: as many as can be addressed */
	memoryLimit?: number;
}

/** Where everything lies in the one memory of a run. Laid out beforehand; nothing is allocated in a step. */
export interface Arena {
	x: Pointer;
	y: Pointer;
	/** numbers of training rows in this epoch's order (u32), all or those of two windows */
	order: Pointer;
	/** the rows of two mini-batches: while one is computed, the next can be gathered */
	batchX: readonly [Pointer, Pointer];
	batchY: readonly [Pointer, Pointer];
	/** outputs of layer 1, 2, ...; the last holds the logits */
	activations: Pointer[];
	/** Z of each hidden layer; where it need not be kept, A has its place */
	preActivations: Pointer[];
	/** gradient by Z of layer 1, 2, ...: all are kept until every thread has its rows' part */
	deltas: Pointer[];
	/** each row's loss (f64) */
	losses: Pointer;
	parameters: Pointer;
	gradients: Pointer;
	optimizerState: Pointer[];
	/** coefficients of an update */
	coefficients: Pointer;
	/** sums of squares of the gradients and of the weights, a pair (f64) for each block of BLOCK floats */
	squares: Pointer;
	/** rows classified rightly, by thread (i32) */
	right: Pointer;
	/** numbers (f64) that go with a command, and what the threads tell each other (see Team) */
	numbers: Pointer;
	control: Pointer;
	/** work space of the dense kernel, one for each thread */
	work: Pointer[];
	/** floats of the parameter vector */
	parameterLength: number;
	/** rows that a forward pass can take at once */
	capacity: number;
	bytes: number;
	plan: MemoryPlan;
}

/** A run that does not fit into memory. */
export class MemoryFault extends InputError {}

/** Floats of the parameter vector whose squares are summed at once, whatever the number of threads. */
export const BLOCK = 1024;
export const CONTROL_BYTES = 1024;

/** Rows a forward pass over the dev set takes at once when the mini-batch is smaller. */
export const EVALUATION_ROWS = 256;

/**
 * Lays out a run's memory. Exact: the plan's total is what is allocated.
 * @throws MemoryFault when it does not fit into WebAssembly's 4 GiB, or is over the limit
 */
export function layOutArena(shape: ArenaShape): Arena {
	const { sizes } = shape;
	const fullBatch = shape.batchSize >= shape.trainRows;
	const capacity = Math.max(shape.batchSize, Math.min(EVALUATION_ROWS, shape.rows));
	const parameterLength = parameterLayout(sizes).length;
	let bytes = FIRST_BYTE;
	const take = (wanted: number): Pointer => {
		const at = bytes;
		bytes += Math.ceil(wanted / 64) * 64;
		return at;
	};
	const spent = (from: number) => bytes - from;

	let mark = bytes;
	const x = take(shape.rows * sizes[0] * 4);
	const y = take(shape.rows * 4);
	const table = spent(mark);

	mark = bytes;
	const gathered = (table: Pointer, width: number): readonly [Pointer, Pointer] => {
		const rows = () => (fullBatch ? table : take(shape.batchSize * width * 4));
		return [rows(), rows()];
	};
	const batchX = gathered(x, sizes[0]);
	const batchY = gathered(y, 1);
	const activations = sizes.slice(1).map((units) => take(capacity * units * 4));
	const preActivations = activations.slice(0, -1).map((a, l) => (shape.keepsZ ? take(capacity * sizes[l + 1] * 4) : a));
	const deltas = sizes.slice(1).map((units) => take(shape.batchSize * units * 4));
	const losses = take(capacity * 8);
	const miniBatch = spent(mark);

	mark = bytes;
	const parameters = take(parameterLength * 4);
	const parameterBytes = spent(mark);
	const gradients = take(parameterLength * 4);
	mark = bytes;
	const optimizerState = Array.from({ length: shape.optimizerSlots }, () => take(parameterLength * 4));
	const stateBytes = spent(mark);

	mark = bytes;
	const order = fullBatch ? 0 : take((shape.orderRows ?? shape.trainRows) * 4);
	const coefficients = take(COEFFICIENTS * 4);
	const squares = take(Math.ceil(parameterLength / BLOCK) * 16);
	const right = take(shape.threads * 4);
	const numbers = take(16);
	const control = take(CONTROL_BYTES);
	const work = Array.from({ length: shape.threads }, () => take(shape.workBytes));
	const other = spent(mark) + FIRST_BYTE;

	if (bytes > ADDRESSABLE_BYTES) {
		const gigabytes = (bytes / 2 ** 30).toFixed(1);
		throw new MemoryFault(
			`This run needs ${gigabytes} GiB and the engine can address 4 GiB; use a smaller mini-batch, fewer hidden units or fewer rows.`,
		);
	}
	const plan = {
		table,
		miniBatch,
		parameters: parameterBytes,
		gradients: parameterBytes,
		optimizerState: stateBytes,
		other,
		total: bytes,
	};
	if (shape.memoryLimit !== undefined && bytes > shape.memoryLimit) throw overLimit(plan, shape.memoryLimit);
	return {
		x,
		y,
		order,
		batchX,
		batchY,
		activations,
		preActivations,
		deltas,
		losses,
		parameters,
		gradients,
		optimizerState,
		coefficients,
		squares,
		right,
		numbers,
		control,
		work,
		parameterLength,
		capacity,
		bytes,
		plan,
	};
}

function overLimit({ table, miniBatch, total }: MemoryPlan, limit: number): MemoryFault {
	const parts = `table ${inBytes(table)}, mini-batch ${inBytes(miniBatch)}, model ${inBytes(total - table - miniBatch)}`;
	return new MemoryFault(
		`This run needs ${inBytes(total)} (${parts}) and may take ${inBytes(limit)}; use fewer rows, features or hidden units, a smaller mini-batch, or a higher memory limit.`,
	);
}
