import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { InputError } from "../../input-error.ts";
import { type Arena, EVALUATION_ROWS, layOutArena } from "../../model/arena.ts";
import type { Network } from "../../model/network.ts";
import type { Updater } from "../../optimizers/index.ts";
import { COEFFICIENTS } from "../../optimizers/optimizer.ts";
import type { Backend, Evaluation, StepResult } from "../backend.ts";
import { instantiate, type KernelModule, type Kernels } from "./kernels.ts";
import { L2, LIMIT, NetworkPart, type NetworkPlan } from "./network-part.ts";
import { type Command, MOST_THREADS, Team } from "./team.ts";
import type { ThreadData } from "./thread.ts";
import { ThreadChoice } from "./thread-choice.ts";

/** Threads that have not come so long after they were started will not come. */
const START_MS = 20_000;

/** A multilayer perceptron over one arena, computed by one or more threads. */
export class WasmNetwork implements Backend {
	readonly parameters: Float32Array;
	readonly gradients: Float32Array;
	readonly optimizerState: readonly Float32Array[];
	readonly network: Network;
	private readonly module: KernelModule;
	private readonly memory: WebAssembly.Memory;
	private readonly plan: NetworkPlan;
	private readonly coefficients: Float32Array;
	private readonly order: Uint32Array | undefined;
	/** Brings rows of the table into memory where they are not. @returns the first one's row there */
	locate: (first: number, rows: number) => number = (first) => first;
	private readonly batchSize: number;
	private readonly team: Team;
	private readonly part: NetworkPart;
	private readonly workers: Worker[] = [];
	/** absent when the number of threads was given */
	private readonly choice: ThreadChoice | undefined;
	/** threads that compute the next step */
	threads = 1;
	/** one thread more gathers the rows of the mini-batch after it */
	private reads = false;
	private buffer: 0 | 1 = 0;
	/** position of the mini-batch that lies gathered in the other buffer, -1 when none does, and its rows */
	private gatheredFirst = -1;
	private gatheredRows = 0;
	/** time of the step's first half */
	private gradientMs = 0;
	private readonly result: StepResult = { cost: 0, gradientNorm: 0 };

	constructor(
		module: KernelModule,
		kernels: Kernels,
		memory: WebAssembly.Memory,
		plan: NetworkPlan,
		options: { trainRows: number; orderRows?: number; batchSize: number; threads?: number; reads?: boolean },
	) {
		const { arena, network } = plan;
		const { buffer } = memory;
		const length = arena.parameterLength;
		this.module = module;
		this.memory = memory;
		this.plan = plan;
		this.network = network;
		this.parameters = new Float32Array(buffer, arena.parameters, length);
		this.gradients = new Float32Array(buffer, arena.gradients, length);
		this.optimizerState = arena.optimizerState.map((slot) => new Float32Array(buffer, slot, length));
		this.coefficients = new Float32Array(buffer, arena.coefficients, COEFFICIENTS);
		if (plan.shuffled) this.order = new Uint32Array(buffer, arena.order, options.orderRows ?? options.trainRows);
		this.team = new Team(memory, arena.control, 0);
		this.part = new NetworkPart(kernels, memory, plan, this.team);
		this.batchSize = options.batchSize;
		const most = arena.work.length;
		if (options.threads === undefined && most > 1) this.choice = new ThreadChoice(most);
		else this.threads = options.threads ?? 1;
		this.reads = plan.shuffled && options.reads === true;
	}

	setOrder(order: Uint32Array, place = 0): void {
		this.gatheredFirst = -1;
		this.order?.set(order, place);
	}

	// Both only put their numbers down, so that they can be compiled into the loop that calls them: a number that is not
	// whole would else become an object at each call.

	computeGradients(first: number, rows: number, l2: number, nextRows = this.nextRows(first, rows)): StepResult {
		this.part.numbers[L2] = l2 / rows;
		this.gradientStep(first, rows, nextRows);
		return this.result;
	}

	/** @returns rows of the mini-batch that follows in an order of all training rows */
	private nextRows(first: number, rows: number): number {
		return Math.min(this.batchSize, this.plan.ring - first - rows);
	}

	update(updater: Updater, gradientNorm: number, learningRate: number, t: number): void {
		updater.gradientNorm = gradientNorm;
		updater.learningRate = learningRate;
		this.updateStep(updater, t);
	}

	private gradientStep(first: number, rows: number, readyRows: number): void {
		const { part, plan, result, choice } = this;
		const begin = choice?.due ? performance.now() : 0;
		const gathered = first === this.gatheredFirst && rows === this.gatheredRows;
		if (gathered) this.buffer = this.buffer === 0 ? 1 : 0;
		const nextRows = this.reads ? readyRows : 0;
		const members = this.threads + (nextRows > 0 ? 1 : 0);
		this.run("gradients", members, first, rows, nextRows, this.buffer, gathered ? 1 : 0);
		this.gatheredFirst = nextRows > 0 ? (first + rows) % plan.ring : -1;
		this.gatheredRows = nextRows;
		result.cost = sumOf(part.losses, 0, 1, rows) / rows + (part.numbers[L2] / 2) * this.sumOfSquares(1);
		result.gradientNorm = Math.sqrt(this.sumOfSquares(0));
		if (choice?.due) this.gradientMs = performance.now() - begin;
	}

	private updateStep(updater: Updater, t: number): void {
		const { choice, plan } = this;
		const { clip } = updater;
		const begin = choice?.due ? performance.now() : 0;
		if (clip.value !== undefined) {
			this.part.numbers[LIMIT] = clip.value;
			this.run("clamp", this.threads);
			if (clip.norm !== undefined) {
				this.run("squares", this.threads);
				updater.gradientNorm = Math.sqrt(this.sumOfSquares(0));
			}
		}
		updater.prepare(this.coefficients, t);
		this.run("update", this.threads);
		if (!choice) return;
		if (choice.due) {
			choice.observe(this.gradientMs + performance.now() - begin, this.team.ready + 1);
			this.threads = choice.threads;
			this.reads = choice.reads && plan.shuffled;
			this.startThreads(choice.wanted);
		} else choice.pass();
	}

	evaluate(first: number, rows: number): Evaluation {
		const { part, plan } = this;
		let sum = 0;
		let right = 0;
		for (let done = 0; done < rows; ) {
			const count = Math.min(plan.arena.capacity, rows - done);
			this.run("evaluate", this.threads, this.locate(first + done, count), count);
			sum += sumOf(part.losses, 0, 1, count);
			for (let rank = 0; rank < this.team.members; rank++) right += part.right[rank];
			done += count;
		}
		return { cost: sum / rows, right, rows };
	}

	logits(first: number, rows: number): Float32Array {
		const { arena } = this.plan;
		const outputs = this.network.sizes[this.network.sizes.length - 1];
		const logits = new Float32Array(rows * outputs);
		for (let done = 0; done < rows; done += arena.capacity) {
			const count = Math.min(arena.capacity, rows - done);
			this.run("evaluate", this.threads, this.locate(first + done, count), count);
			const last = arena.activations[arena.activations.length - 1];
			logits.set(new Float32Array(this.memory.buffer, last, count * outputs), done * outputs);
		}
		return logits;
	}

	deadUnits(first: number, rows: number): number[] {
		const { arena } = this.plan;
		const alive = this.network.sizes.slice(1, -1).map((units) => new Uint8Array(units));
		for (let done = 0; done < rows; done += arena.capacity) {
			const count = Math.min(arena.capacity, rows - done);
			this.run("evaluate", this.threads, this.locate(first + done, count), count);
			for (const [l, units] of alive.entries()) {
				const a = new Float32Array(this.memory.buffer, arena.activations[l], count * units.length);
				for (let i = 0; i < a.length; i++) if (a[i] !== 0) units[i % units.length] = 1;
			}
		}
		return alive.map((units) => units.reduce((dead, lives) => dead + 1 - lives, 0));
	}

	dispose(): void {
		// A thread that is still starting finds the call when it comes.
		this.team.call("quit", this.workers.length + 1);
		this.threads = 1;
	}

	/** Starts what is missing of so many threads, this one counted; they come by themselves. */
	private startThreads(threads: number): void {
		for (let rank = this.workers.length + 1; rank < threads; rank++) {
			const { module, directory } = this.module;
			const workerData: ThreadData = { module, memory: this.memory, plan: this.plan, rank };
			const worker = new Worker(join(directory, "thread.cjs"), { workerData });
			worker.unref();
			// A machine that has no thread to give is worked on with fewer.
			worker.on("error", (fault) => process.emitWarning(fault));
			this.workers.push(worker);
		}
	}

	private run(command: Command, members: number, a = 0, b = 0, c = 0, d = 0, e = 0): void {
		if (members > 1 && this.team.ready < members - 1) this.awaitThreads(members);
		this.team.call(command, members, a, b, c, d, e);
		this.part.perform(command);
	}

	/** Only for a number of threads that was asked for: chosen ones have come. */
	private awaitThreads(members: number): void {
		this.startThreads(members);
		if (this.team.awaitReady(members - 1, START_MS)) return;
		throw new InputError(`${members} threads could not be started on this machine; choose fewer with --threads.`);
	}

	/** @param kind 0 gradients, 1 weights */
	private sumOfSquares(kind: 0 | 1): number {
		const { squares } = this.part;
		return sumOf(squares, kind, 2, squares.length);
	}
}

function sumOf(values: Float64Array, first: number, step: number, end: number): number {
	let sum = 0;
	for (let i = first; i < end; i += step) sum += values[i];
	return sum;
}

/** What a network's memory must hold besides the network itself. */
export interface NetworkRows {
	/** of the table that lie in memory */
	rows: number;
	trainRows: number;
	/** places of the order; absent: as many as training rows */
	orderRows?: number;
	/** so many of them go round; absent: all */
	ring?: number;
	batchSize: number;
	/** updates the parameters later on */
	updater: Updater;
	/** as many threads, from 1 to 16; when absent, as many as pay on this machine */
	threads?: number;
	/** with `threads`: one more gathers the next mini-batch meanwhile */
	reads?: boolean;
	/** bytes that the run may take; absent: as many as can be addressed */
	memoryLimit?: number;
}

/**
 * Lays out such a memory and allocates nothing.
 * @throws InputError when it cannot be addressed, or is over the limit
 */
export function arenaOf(module: KernelModule, network: Network, needs: NetworkRows): Arena {
	const { sizes } = network;
	const { optimizer, h } = needs.updater;
	const most = Math.max(needs.batchSize, EVALUATION_ROWS);
	return layOutArena({
		...needs,
		sizes,
		workBytes: networkWorkBytes(instantiate(module, 1).kernels, sizes, most),
		keepsZ: network.activation === "gelu",
		optimizerSlots: optimizer.slots(h).length,
		threads: needs.threads ? needs.threads + (needs.reads ? 1 : 0) : Math.min(availableParallelism(), MOST_THREADS),
	});
}

/**
 * Lays out one memory for table, network and optimizer state, all zero but for the state.
 * @returns the network, and views of the table for the caller to fill: x [rows, n_x], y [rows], training rows first
 * @throws InputError when it cannot be addressed
 */
export function createNetwork(module: KernelModule, network: Network, needs: NetworkRows) {
	const { sizes } = network;
	const { optimizer, h } = needs.updater;
	const arena = arenaOf(module, network, needs);
	const { kernels, memory } = instantiate(module, arena.bytes);
	for (const slot of arena.optimizerState) {
		new Float32Array(memory.buffer, slot, arena.parameterLength).fill(optimizer.start?.(h) ?? 0);
	}
	const plan: NetworkPlan = {
		network,
		arena,
		shuffled: needs.batchSize < needs.trainRows,
		ring: needs.ring ?? needs.trainRows,
		kernel: optimizer.kernel,
	};
	return {
		arena,
		backend: new WasmNetwork(module, kernels, memory, plan, needs),
		ring: plan.ring,
		x: new Float32Array(memory.buffer, arena.x, needs.rows * sizes[0]),
		y: new Float32Array(memory.buffer, arena.y, needs.rows),
	};
}

function networkWorkBytes(kernels: Kernels, sizes: readonly number[], rows: number): number {
	const products = sizes
		.slice(1)
		.flatMap((outputs, l) => [
			kernels.gemmWorkBytes(rows, outputs, sizes[l]),
			kernels.gemmWorkBytes(sizes[l], outputs, rows),
			kernels.gemmWorkBytes(rows, sizes[l], outputs),
		]);
	return Math.max(...products);
}
