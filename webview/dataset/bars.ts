/** Small pictures of how values are spread, in theme colours. What they show is said in words beside them. */

const svg = "http://www.w3.org/2000/svg";

/** Bars side by side over the whole width; the highest one is as high as the picture. */
export function bars(counts: readonly number[], className: string): SVGSVGElement {
	const picture = document.createElementNS(svg, "svg");
	const path = document.createElementNS(svg, "path");
	const most = Math.max(1, ...counts);
	const gap = counts.length > 40 ? 0 : 0.15;
	path.setAttribute(
		"d",
		counts
			.map((count, i) => {
				// a bin that holds a single row is still seen
				const height = count === 0 ? 0 : Math.max(4, (count / most) * 100);
				return `M${(i + gap / 2).toFixed(3)} 100v${-height.toFixed(2)}h${1 - gap}V100z`;
			})
			.join(""),
	);
	picture.append(path);
	picture.setAttribute("class", className);
	picture.setAttribute("viewBox", `0 0 ${Math.max(1, counts.length)} 100`);
	picture.setAttribute("preserveAspectRatio", "none");
	picture.setAttribute("aria-hidden", "true");
	return picture;
}
