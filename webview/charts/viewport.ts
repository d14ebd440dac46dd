/** The iterations that the charts show: all of them, or the part that a person has zoomed to. */

/** iterations in view at the closest: each one has room for its own point by then */
const closest = 4;

export class Viewport {
	private zoom: [number, number] | undefined;
	/** iterations there are */
	private end = 0;

	/** Takes in how many iterations there are now; without any there is nothing to be zoomed to. */
	grow(end: number): void {
		this.end = end;
		if (end === 0) this.zoom = undefined;
	}

	get zoomed(): boolean {
		return this.zoom !== undefined;
	}

	/** First and last iteration in view; fractions of iterations are edges of the screen. */
	get range(): [number, number] {
		return this.zoom ?? [1, Math.max(2, this.end)];
	}

	/** Shows these iterations; all of them when they are no less. */
	show(first: number, last: number): void {
		const whole = Math.max(2, this.end);
		const span = Math.min(Math.max(last - first, Math.min(closest, whole - 1)), whole - 1);
		const middle = (first + last) / 2;
		const from = Math.min(Math.max(1, middle - span / 2), whole - span);
		this.zoom = span >= whole - 1 ? undefined : [from, from + span];
	}

	/** Shows all. */
	reset(): void {
		this.zoom = undefined;
	}

	/** Scales the span by a factor, an iteration stays at its place on the screen; below 1 is closer. */
	scale(factor: number, at: number): void {
		const [first, last] = this.range;
		const share = (at - first) / (last - first);
		const span = Math.max((last - first) * factor, closest);
		const from = at - share * span;
		this.show(from, from + span);
	}

	/** Moves what is in view by a share of its span, as far as there are iterations. */
	move(share: number): void {
		if (this.zoom === undefined) return;
		const [first, last] = this.zoom;
		const span = last - first;
		const from = Math.min(Math.max(1, first + share * span), Math.max(2, this.end) - span);
		this.zoom = [from, from + span];
	}
}
