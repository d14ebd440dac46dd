import type { StepBatch } from "../protocol/run.ts";

/** Collects every iteration since the last flush in arrays that grow and are reused. */
export class StepBuffer {
	private cost = new Float32Array(1024);
	private learningRate = new Float32Array(1024);
	private gradientNorm = new Float32Array(1024);
	private count = 0;
	private first = 1;

	/** The next iteration's number: those before it were told by an earlier run. */
	startAt(iteration: number): void {
		this.first = iteration;
	}

	get length(): number {
		return this.count;
	}

	push(cost: number, learningRate: number, gradientNorm: number): void {
		if (this.count === this.cost.length) this.grow();
		this.cost[this.count] = cost;
		this.learningRate[this.count] = learningRate;
		this.gradientNorm[this.count] = gradientNorm;
		this.count++;
	}

	/** @returns a copy of what was collected, and starts over */
	flush(): StepBatch {
		const batch = {
			first: this.first,
			cost: this.cost.slice(0, this.count),
			learningRate: this.learningRate.slice(0, this.count),
			gradientNorm: this.gradientNorm.slice(0, this.count),
		};
		this.first += this.count;
		this.count = 0;
		return batch;
	}

	private grow(): void {
		const wider = (from: Float32Array<ArrayBuffer>) => {
			const to = new Float32Array(from.length * 2);
			to.set(from);
			return to;
		};
		this.cost = wider(this.cost);
		this.learningRate = wider(this.learningRate);
		this.gradientNorm = wider(this.gradientNorm);
	}
}
