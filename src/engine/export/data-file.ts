/** The arrays of an exported program. */
import { InputError } from "../input-error.ts";
import { inBytes } from "../memory-limit.ts";
import { parameterLayout } from "../model/network.ts";
import { Schedule } from "../schedules/index.ts";
import type { Position } from "../training/checkpoint.ts";
import type { PreparedRun } from "../training/prepare.ts";
import { RowOrder } from "../training/row-order.ts";
import type { Tensor } from "../training/safetensors.ts";

/** Steps whose costs can be compared with the run's: epochs that make them have their order of rows. */
export const COMPARED_STEPS = 20;

/** @returns epochs whose order of rows is exported; 0 where all rows are taken at once, in the order of the table */
export function orderedEpochs({ start }: PreparedRun): number {
	const { run, trainRows, stepsPerEpoch } = start;
	return run.batchSize >= trainRows ? 0 : Math.min(run.epochs, Math.ceil(COMPARED_STEPS / stepsPerEpoch));
}

/**
 * x and y of the training and dev rows, the weights of before the first step by their names, "orders" of rows, and
 * "rates" of all steps where they are asked for.
 * @throws InputError for a table that does not lie in memory
 */
export async function exportedArrays(prepared: PreparedRun, hasRates: boolean): Promise<Map<string, Tensor>> {
	const { start, table, backend, sizes } = prepared;
	const { trainRows, devRows, run } = start;
	if (table.stored) {
		throw new InputError(
			`The rows take ${inBytes(table.stored.bytes)}, more than fits memory beside a program; export the run file, or use fewer rows or columns.`,
		);
	}
	const { features } = table.shape;
	const tensors = new Map<string, Tensor>();
	const part = (name: string, first: number, rows: number) => {
		tensors.set(`x_${name}`, {
			shape: [rows, features],
			data: table.x.slice(first * features, (first + rows) * features),
		});
		tensors.set(`y_${name}`, { shape: [rows], data: table.y.slice(first, first + rows) });
	};
	part("train", 0, trainRows);
	if (devRows > 0) part("dev", trainRows, devRows);
	for (const { name, rows, columns, offset } of parameterLayout(sizes).parameters) {
		const data = backend.parameters.slice(offset, offset + rows * columns);
		tensors.set(name, { shape: [rows, columns], data });
	}
	const epochs = orderedEpochs(prepared);
	if (epochs > 0) tensors.set("orders", { shape: [epochs, trainRows], data: await firstOrders(prepared, epochs) });
	if (hasRates) {
		const rates = new Schedule(run.decay, run.optimizer.learningRate, start).table(start.iterations);
		tensors.set("rates", { shape: [rates.length], data: Float32Array.from(rates) });
	}
	return tensors;
}

/** @returns the rows of the table as the first epochs take them, [epochs, trainRows] */
async function firstOrders(prepared: PreparedRun, epochs: number): Promise<Uint32Array> {
	const { run, trainRows } = prepared.start;
	const at: Position = { iteration: 0, epoch: 0, rows: 0, epochCost: 0, rateChanges: [], seconds: 0 };
	const order = new RowOrder(prepared, at);
	const orders = new Uint32Array(epochs * trainRows);
	for (; at.epoch < epochs; at.epoch++) {
		for (at.rows = 0; at.rows < trainRows; at.rows += run.batchSize) {
			while (!order.ready) await order.wait();
			const rows = Math.min(run.batchSize, trainRows - at.rows);
			orders.set(order.tableRows(at.rows, rows), at.epoch * trainRows + at.rows);
		}
	}
	await order.close();
	return orders;
}
