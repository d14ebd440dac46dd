/** One growing curve: a value an iteration, the first at index 0, with what is needed to draw any part of it fast. */
import type { CurveOverview } from "../../src/engine/protocol/panel.ts";
import { MinMaxPyramid } from "./pyramid.ts";

export class Curve {
	/** only the first `length` values count */
	values = new Float32Array(1024);
	length = 0;
	readonly pyramid = new MinMaxPyramid();

	append(source: Float32Array): void {
		const from = this.length;
		this.reserve(from + source.length);
		this.values.set(source, from);
		this.commit(from + source.length);
	}

	/** Makes room so that `values` can be written up to `length`; commit() then takes them in. */
	reserve(length: number): void {
		if (length <= this.values.length) return;
		const bigger = new Float32Array(Math.max(length, 2 * this.values.length));
		bigger.set(this.values.subarray(0, this.length));
		this.values = bigger;
	}

	commit(length: number): void {
		this.pyramid.extend(this.values, this.length, length);
		this.length = length;
	}

	/** Takes an overview of its first `length` values in place of all that it held: they are NaN until they are filled in. */
	cover(length: number, shift: number, { bounds, ends }: CurveOverview): void {
		this.clear();
		this.reserve(length);
		this.values.fill(Number.NaN, 0, length);
		this.values[0] = ends[0];
		this.values[length - 1] = ends[1];
		this.pyramid.cover(length, shift, bounds);
		this.length = length;
	}

	/** Puts values of which an overview spoke at their place. */
	fill(source: Float32Array, at: number): void {
		this.values.set(source, at);
		this.pyramid.extend(this.values, at, at + source.length);
	}

	clear(): void {
		this.length = 0;
		this.pyramid.clear();
	}
}
