import type { RunSeries } from "../../engine/protocol/panel.ts";
import type { StepBatch } from "../../engine/protocol/run.ts";

/** The curves of one run, growing by batches; every iteration is kept. */
export class Series {
	private cost: Float32Array = new Float32Array(4096);
	private learningRate: Float32Array = new Float32Array(4096);
	private gradientNorm: Float32Array = new Float32Array(4096);
	private count = 0;

	/** iterations held */
	get length(): number {
		return this.count;
	}

	/** learning rate of the newest iteration */
	get lastRate(): number | undefined {
		return this.count > 0 ? this.learningRate[this.count - 1] : undefined;
	}

	/** Takes curves of one length in place of what is held; they are its own from now on. */
	replace({ cost, learningRate, gradientNorm }: RunSeries): void {
		this.cost = cost;
		this.learningRate = learningRate;
		this.gradientNorm = gradientNorm;
		this.count = cost.length;
	}

	append(batch: StepBatch): void {
		const end = this.count + batch.cost.length;
		if (end > this.cost.length) {
			const capacity = Math.max(end, this.cost.length * 2);
			this.cost = grown(this.cost, capacity);
			this.learningRate = grown(this.learningRate, capacity);
			this.gradientNorm = grown(this.gradientNorm, capacity);
		}
		this.cost.set(batch.cost, this.count);
		this.learningRate.set(batch.learningRate, this.count);
		this.gradientNorm.set(batch.gradientNorm, this.count);
		this.count = end;
	}

	/** @returns copies, exactly as long as what is held */
	snapshot(): RunSeries {
		return this.slice(0, this.count);
	}

	/** @returns copies of the iterations from index `from` up to, but not with, `to` */
	slice(from: number, to: number): RunSeries {
		const end = Math.min(to, this.count);
		return {
			cost: this.cost.slice(from, end),
			learningRate: this.learningRate.slice(from, end),
			gradientNorm: this.gradientNorm.slice(from, end),
		};
	}

	/** @returns what is held now, not copied: it stays as it is while the run grows */
	get held(): RunSeries {
		const { cost, learningRate, gradientNorm, count } = this;
		return {
			cost: cost.subarray(0, count),
			learningRate: learningRate.subarray(0, count),
			gradientNorm: gradientNorm.subarray(0, count),
		};
	}
}

/** @returns a copy with room for `capacity` values */
export function grown(from: Float32Array, capacity: number): Float32Array {
	const to = new Float32Array(capacity);
	to.set(from);
	return to;
}
