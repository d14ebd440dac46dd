import type { RunEvent } from "../protocol/engine.ts";
import type { EpochResult, RunStart, StepBatch } from "../protocol/run.ts";

/** One JSON object a line on standard output. Figures that are not finite read null. */
export class JsonReport {
	private readonly start: RunStart;
	/** epochs whose last step has not been printed yet */
	private readonly ended: EpochResult[] = [];

	constructor(start: RunStart) {
		this.start = start;
		this.line({ type: "start", ...start });
	}

	event(event: RunEvent): void {
		if (event.type === "steps") this.steps(event.batch);
		else if (event.type === "epochs") this.ended.push(...event.results);
		else if (event.type === "finding") this.line({ type: "finding", ...event.finding });
		else if (event.type === "done") this.line({ type: "done", ...event.done });
	}

	private steps({ first, cost, learningRate, gradientNorm }: StepBatch): void {
		const { stepsPerEpoch } = this.start;
		let lines = "";
		for (let i = 0; i < cost.length; i++) {
			const iteration = first + i;
			lines += `${JSON.stringify({
				type: "step",
				iteration,
				epoch: Math.floor((iteration - 1) / stepsPerEpoch) + 1,
				cost: cost[i],
				learningRate: learningRate[i],
				gradientNorm: gradientNorm[i],
			})}\n`;
			if (this.ended[0]?.iteration === iteration) {
				lines += `${JSON.stringify({ type: "epoch", ...this.ended.shift() })}\n`;
			}
		}
		process.stdout.write(lines);
	}

	private line(value: object): void {
		process.stdout.write(`${JSON.stringify(value)}\n`);
	}
}
