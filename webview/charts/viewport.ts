/** The iterations that the charts show: all of them, or the part that a person has zoomed to. */

/** iterations in view at the closest: each one has room for its own point by then */
const closest = 4;

export class Viewport {
	/** whether the axis is logarithmic: zooming and moving then go by shares of what is seen */
	log = false;
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
		return this.zoom ?? [1, this.whole];
	}

	/** Shows these iterations; all of them when they are no less. */
	show(first: number, last: number): void {
		this.showPlaces(this.placeOf(first), this.placeOf(last));
	}

	/** Shows all. */
	reset(): void {
		this.zoom = undefined;
	}

	/** Scales the span by a factor, an iteration stays at its place on the screen; below 1 is closer. */
	scale(factor: number, at: number): void {
		const [first, last] = this.range.map((iteration) => this.placeOf(iteration));
		const place = this.placeOf(at);
		const span = Math.max((last - first) * factor, this.least(place));
		const from = place - ((place - first) / (last - first)) * span;
		this.showPlaces(from, from + span);
	}

	/** Moves what is in view by a share of its span, as far as there are iterations. */
	move(share: number): void {
		if (this.zoom === undefined) return;
		const [first, last] = this.zoom.map((iteration) => this.placeOf(iteration));
		this.showPlaces(first + share * (last - first), last + share * (last - first));
	}

	/** @returns the iteration that lies by a share of the screen beside another */
	beside(iteration: number, share: number): number {
		const [first, last] = this.range.map((edge) => this.placeOf(edge));
		return this.iterationAt(this.placeOf(iteration) + share * (last - first));
	}

	private get whole(): number {
		return Math.max(2, this.end);
	}

	/** Where an iteration lies along the axis, in the axis' own measure. */
	private placeOf(iteration: number): number {
		return this.log ? Math.log(Math.max(0.5, iteration)) : iteration;
	}

	private iterationAt(place: number): number {
		return this.log ? Math.exp(place) : place;
	}

	/** The smallest span about a place. */
	private least(place: number): number {
		const iterations = Math.min(closest, this.whole - 1);
		return this.log ? 2 * Math.asinh(iterations / 2 / Math.exp(place)) : iterations;
	}

	private showPlaces(first: number, last: number): void {
		const [low, high] = [this.placeOf(1), this.placeOf(this.whole)];
		const middle = Math.min(high, Math.max(low, (first + last) / 2));
		const span = Math.min(Math.max(last - first, this.least(middle)), high - low);
		const from = Math.min(Math.max(low, middle - span / 2), high - span);
		const all = span >= (high - low) * (1 - 1e-9);
		this.zoom = all ? undefined : [this.iterationAt(from), this.iterationAt(from + span)];
	}
}
