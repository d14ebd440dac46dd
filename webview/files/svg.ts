/** A chart as a picture that can be scaled: the lines as they are drawn, axes and legend as text. */
import type { LegendEntry, Line, Picture } from "../charts/picture.ts";
import { linearLabels, linearTicks, logLabels, logTicks, xLabels, xTicks } from "../charts/ticks.ts";

export interface SvgOptions {
	title: string;
	legend: readonly LegendEntry[];
	palette: { foreground: string; description: string; background: string; grid: string };
	/** CSS pixels */
	width: number;
	height: number;
	/** of what lies along the x axis */
	xLabel: string;
}

const left = 64;
const right = 24;
/** where the legend's first row stands; the plot begins 20 below its last one */
const legendTop = 44;
const legendRow = 18;
const bottom = 48;
/** of an epoch's dots; more of them are a line */
const mostDots = 200;

/** @returns an SVG document */
export function svgOf(picture: Picture, options: SvgOptions): string {
	const { width, height, palette, title, legend, xLabel } = options;
	const [first, last] = picture.xRange;
	const [low, high] = picture.yRange;
	const across = width - left - right;
	const places = legendPlaces(legend, across);
	const top = legendTop + 20 + legendRow * (places.at(-1)?.row ?? 0);
	const down = height - top - bottom;
	const scaled = picture.log ? Math.log10 : (value: number) => value;
	const along = picture.logX ? Math.log10 : (iteration: number) => iteration;
	const x = (iteration: number) => left + ((along(iteration) - along(first)) / (along(last) - along(first))) * across;
	const y = (value: number) => top + (1 - (scaled(value) - scaled(low)) / (scaled(high) - scaled(low))) * down;

	const ticks = xTicks(first, last, Math.max(2, Math.floor(across / 80)), picture);
	const most = Math.max(2, Math.floor(down / 30));
	const yTicks = picture.log ? logTicks(low, high, most) : linearTicks(low, high, most);
	const labels = xLabels(ticks, picture);
	const yLabels = picture.log ? logLabels(yTicks) : linearLabels(yTicks);
	const parts: string[] = [];
	const quiet = xml(palette.description);
	const grid = xml(palette.grid);
	ticks.forEach((tick, index) => {
		parts.push(
			`<path d="M${at(x(tick))} ${top}v${at(down)}" stroke="${grid}"/>`,
			`<text x="${at(x(tick))}" y="${at(top + down + 18)}" text-anchor="middle" fill="${quiet}">${xml(labels[index])}</text>`,
		);
	});
	yTicks.forEach((tick, index) => {
		parts.push(
			`<path d="M${left} ${at(y(tick))}h${at(across)}" stroke="${grid}"/>`,
			`<text x="${left - 8}" y="${at(y(tick) + 4)}" text-anchor="end" fill="${quiet}">${xml(yLabels[index])}</text>`,
		);
	});
	parts.push(
		`<text x="${at(left + across / 2)}" y="${height - 10}" text-anchor="middle" fill="${quiet}">${xml(xLabel)}</text>`,
	);
	parts.push(`<g clip-path="url(#plot)" fill="none" stroke-linejoin="round">`);
	for (const line of picture.lines) parts.push(...shapes(line, picture.x, x, y, palette.background));
	parts.push("</g>");

	legend.forEach((entry, index) => {
		const colour = xml(entry.colour);
		const place = left + places[index].left;
		const middle = legendTop + legendRow * places[index].row;
		parts.push(
			entry.dots
				? `<circle cx="${place + 8}" cy="${middle}" r="4" fill="${colour}"/>`
				: `<path d="M${place} ${middle}h16" stroke="${colour}" stroke-width="2"${dashes(entry.dash)}/>`,
			`<text x="${place + 22}" y="${middle + 4}" fill="${quiet}">${xml(entry.label)}</text>`,
		);
	});
	const clip = `<clipPath id="plot"><rect x="${left}" y="${top - 4}" width="${across}" height="${down + 8}"/></clipPath>`;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
		`<title>${xml(title)}</title>`,
		`<defs>${clip}</defs>`,
		`<rect width="${width}" height="${height}" fill="${xml(palette.background)}"/>`,
		`<text x="${left}" y="26" font-size="14" font-weight="600" fill="${xml(palette.foreground)}">${xml(title)}</text>`,
		...parts,
		"</svg>",
		"",
	].join("\n");
}

/** Where each entry stands, in rows no wider than the plot. */
function legendPlaces(legend: readonly LegendEntry[], across: number): { left: number; row: number }[] {
	let next = 0;
	let row = 0;
	return legend.map(({ label }) => {
		const width = 22 + Math.ceil(label.length * 6.6);
		if (next > 0 && next + width > across) {
			next = 0;
			row++;
		}
		const left = next;
		next += width + 18;
		return { left, row };
	});
}

/** A line's pieces between its gaps; of dots that stand apart, the dots. */
function shapes(
	line: Line,
	xs: readonly number[],
	x: (iteration: number) => number,
	y: (value: number) => number,
	background: string,
): string[] {
	const drawn = line.values.filter((value) => value !== null).length;
	const ofEpochs = line.shape === "dots" || line.shape === "dottedLine";
	const dotted = ofEpochs && drawn <= mostDots;
	const colour = xml(line.colour);
	const dots: string[] = [];
	let path = "";
	let open = false;
	line.values.forEach((value, index) => {
		if (value === null) {
			// between the dots of epochs there is nothing that could be missing
			if (!ofEpochs) open = false;
			return;
		}
		const [px, py] = [at(x(xs[index])), at(y(value))];
		if (line.shape === "steps" && open) path += `H${px}V${py}`;
		else path += `${open ? "L" : "M"}${px} ${py}`;
		open = true;
		if (dotted) dots.push(`<circle cx="${px}" cy="${py}" r="3.5" fill="${colour}" stroke="${xml(background)}"/>`);
	});
	if (path === "") return [];
	const width = dotted ? 1 : line.width;
	const stroke = `stroke="${colour}" stroke-width="${width}" stroke-opacity="${line.alpha}"${dashes(line.dash)}`;
	return [`<path d="${path}" ${stroke}/>`, ...dots];
}

function dashes(dash: number[] | undefined): string {
	return dash === undefined ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
}

function at(value: number): number {
	return Math.round(value * 100) / 100;
}

function xml(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);
}
