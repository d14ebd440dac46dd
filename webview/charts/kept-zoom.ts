/** What a person has zoomed to, kept beside the panel's other choices while it is hidden, moved or loaded again. */
import type { Viewport } from "./viewport.ts";

/** The iterations in view, and which run the panel spoke of. */
export interface Zoom {
	run: string;
	first: number;
	last: number;
}

export class KeptZoom {
	private readonly viewport: Viewport;
	private readonly keep: (zoom: Zoom | undefined) => void;
	/** what was kept last */
	private kept: Zoom | undefined;
	/** what was in view before, until its run is there again */
	private awaited: Zoom | undefined;

	/** @param kept by a panel of before */
	constructor(viewport: Viewport, kept: Zoom | undefined, keep: (zoom: Zoom | undefined) => void) {
		this.viewport = viewport;
		this.kept = kept;
		this.awaited = kept;
		this.keep = keep;
	}

	/**
	 * Zooms to what was in view before as soon as its iterations are there, and keeps what is in view from then on.
	 * @param run the one that the panel speaks of, undefined before there is one
	 * @param end iterations there are
	 */
	follow(run: string | undefined, end: number): void {
		const { viewport, awaited } = this;
		if (run === undefined) return;
		if (awaited !== undefined && awaited.run === run && !viewport.zoomed) {
			if (end < awaited.last) return;
			viewport.show(awaited.first, awaited.last);
		}
		this.awaited = undefined;
		const [first, last] = viewport.range;
		const zoom = viewport.zoomed ? { run, first, last } : undefined;
		if (JSON.stringify(zoom) === JSON.stringify(this.kept)) return;
		this.kept = zoom;
		this.keep(zoom);
	}
}

/** @returns what was kept, as far as it is a part of a run */
export function zoomOf(kept: unknown): Zoom | undefined {
	const { run, first, last } = (kept ?? {}) as Partial<Zoom>;
	if (typeof run !== "string" || typeof first !== "number" || typeof last !== "number") return undefined;
	return first >= 0 && last > first ? { run, first, last } : undefined;
}
