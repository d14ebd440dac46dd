import * as vscode from "vscode";
import type { Memory } from "../../analysis/index.ts";
import { freeMemory } from "../../engine/memory-limit.ts";
import { GpuMemory } from "./gpu-memory.ts";

/** Free memory moves all the time; what lenses say of it should not. */
const LOOK_AFTER_MS = 60_000;

/** The memory that a mini-batch has to fit in, looked at once a minute. */
export class MemoryKnown implements vscode.Disposable {
	private readonly gpu: GpuMemory;
	private readonly learned = new vscode.EventEmitter<void>();
	private looked = Number.NEGATIVE_INFINITY;
	private found: Memory = {};
	/** A graphics processor was found. */
	readonly onDidLearn = this.learned.event;

	constructor(gpu = new GpuMemory()) {
		this.gpu = gpu;
	}

	/** @returns what is known by now */
	get now(): Memory {
		if (performance.now() - this.looked > LOOK_AFTER_MS) {
			this.looked = performance.now();
			this.found = { ...this.found, cpu: freeMemory() };
			// No program is started for a workspace that is not trusted.
			if (vscode.workspace.isTrusted) void this.gpu.bytes().then((bytes) => this.learn(bytes));
		}
		return this.found;
	}

	dispose(): void {
		this.learned.dispose();
	}

	private learn(gpu: number | undefined): void {
		if (gpu === this.found.gpu) return;
		this.found = { ...this.found, gpu };
		this.learned.fire();
	}
}
