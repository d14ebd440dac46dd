import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A byte offset into the kernels' memory. */
export type Pointer = number;

/** What the compiled kernels export; documented where they are written, in `src/engine/kernels`. */
export interface Kernels {
	gemm(
		m: number,
		n: number,
		k: number,
		a: Pointer,
		aRow: number,
		aDepth: number,
		b: Pointer,
		bDepth: number,
		bColumn: number,
		c: Pointer,
		ldc: number,
		bias: Pointer,
		work: Pointer,
	): void;
	gemmWorkBytes(m: number, n: number, k: number): number;
	peak(rounds: number, x: number): number;
	activate(kind: number, z: Pointer, a: Pointer, n: number): void;
	activateBackward(kind: number, a: Pointer, d: Pointer, n: number): void;
	columnSums(d: Pointer, rows: number, columns: number, stride: number, out: Pointer): void;
	gather(from: Pointer, order: Pointer, rows: number, width: number, to: Pointer): void;
	squaredError(z: Pointer, y: Pointer, rows: number, batch: number, d: Pointer, losses: Pointer): void;
	binaryCrossEntropy(z: Pointer, y: Pointer, rows: number, batch: number, d: Pointer, losses: Pointer): void;
	categoricalCrossEntropy(
		z: Pointer,
		y: Pointer,
		rows: number,
		columns: number,
		batch: number,
		d: Pointer,
		losses: Pointer,
	): void;
	countRight(z: Pointer, y: Pointer, rows: number, columns: number): number;
	descend(n: number, w: Pointer, g: Pointer, c: Pointer): void;
	momentum(n: number, w: Pointer, g: Pointer, v: Pointer, c: Pointer): void;
	scaleByRoot(n: number, w: Pointer, g: Pointer, s: Pointer, c: Pointer): void;
	adam(n: number, w: Pointer, g: Pointer, v: Pointer, s: Pointer, m: Pointer, c: Pointer): void;
	lion(n: number, w: Pointer, g: Pointer, v: Pointer, c: Pointer): void;
	clamp(n: number, g: Pointer, limitAt: Pointer): void;
	addSquares(n: number, g: Pointer, sum: Pointer): void;
	addScaled(n: number, g: Pointer, w: Pointer, factorAt: Pointer): void;
}

export interface KernelModule {
	build: "relaxed-simd" | "simd";
	module: WebAssembly.Module;
	/** where the build left the kernels and the threads' script */
	directory: string;
}

const PAGE = 65536;
/** Offset 0 stays a null pointer; the first kilobyte is never handed out. */
export const FIRST_BYTE = 1024;
/** WebAssembly's 32-bit address space. */
export const ADDRESSABLE_BYTES = 65536 * PAGE;

const modules = new Map<string, Promise<KernelModule>>();

/**
 * Compiles the kernels once a process: the build with relaxed SIMD where the host's WebAssembly has it.
 * @param directory where the build left `kernels.wasm` and `kernels.relaxed.wasm`
 */
export function loadKernels(directory: string): Promise<KernelModule> {
	let loaded = modules.get(directory);
	if (!loaded) {
		loaded = compile(directory);
		modules.set(directory, loaded);
	}
	return loaded;
}

async function compile(directory: string): Promise<KernelModule> {
	const relaxed = await readFile(join(directory, "kernels.relaxed.wasm"));
	if (WebAssembly.validate(relaxed)) {
		return { build: "relaxed-simd", module: await WebAssembly.compile(relaxed), directory };
	}
	const plain = await readFile(join(directory, "kernels.wasm"));
	return { build: "simd", module: await WebAssembly.compile(plain), directory };
}

/** @returns the kernels over a fresh zeroed memory of at least `bytes` bytes, which never grows or moves */
export function instantiate(loaded: KernelModule, bytes: number): { kernels: Kernels; memory: WebAssembly.Memory } {
	const pages = Math.ceil(bytes / PAGE);
	const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
	return { kernels: kernelsOver(loaded.module, memory), memory };
}

/** @returns the kernels over a memory that others may share */
export function kernelsOver(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
	const instance = new WebAssembly.Instance(module, { env: { memory, abort: () => {} } });
	return instance.exports as unknown as Kernels;
}
