/** How far down the page is, kept beside the panel's other choices while it is hidden, moved or loaded again. */

/** The page grows while the runs arrive: for so many ms at most it is held where it was. */
const longest = 5000;

export class KeptScroll {
	/** CSS pixels from the top; 0: the page is a person's */
	private held: number;

	/** @param kept CSS pixels from the top, of a panel of before */
	constructor(kept: number, keep: (pixels: number) => void) {
		this.held = kept;
		// who moves by himself has said where to
		for (const kind of ["wheel", "pointerdown", "keydown"]) addEventListener(kind, () => this.letGo());
		setTimeout(() => this.letGo(), longest);
		document.addEventListener("scrollend", () => this.held === 0 && keep(Math.round(scrollY)));
	}

	/** Goes where the page was, once it is long enough; called after what is on it has changed. */
	follow(): void {
		if (this.held === 0 || document.documentElement.scrollHeight - innerHeight < this.held) return;
		scrollTo(0, this.held);
	}

	private letGo(): void {
		this.held = 0;
	}
}
