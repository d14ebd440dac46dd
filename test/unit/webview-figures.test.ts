import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName } from "../../src/file-name.ts";
import { Curve } from "../../webview/charts/curve.ts";
import { KeptZoom, type Zoom, zoomOf } from "../../webview/charts/kept-zoom.ts";
import { RunCurves } from "../../webview/charts/run-curves.ts";
import { tableRows } from "../../webview/charts/table-rows.ts";
import { Viewport } from "../../webview/charts/viewport.ts";
import { chartCsv, csvCell } from "../../webview/files/csv.ts";
import { piecewiseText } from "../../webview/files/piecewise.ts";
import { svgOf } from "../../webview/files/svg.ts";
import { formatSingle } from "../../webview/format.ts";

function curveOf(values: number[]): Curve {
	const curve = new Curve();
	curve.append(Float32Array.from(values));
	return curve;
}

function pointsOf(pairs: [number, number][]) {
	return { at: Uint32Array.from(pairs, ([at]) => at), values: Float32Array.from(pairs, ([, value]) => value) };
}

function viewportOf(end: number): Viewport {
	const viewport = new Viewport();
	viewport.grow(end);
	return viewport;
}

test("zooming keeps the iteration under the cursor where it is, and ends at the single points and at the whole", () => {
	const viewport = viewportOf(1_000_000);
	viewport.scale(0.5, 250_000);
	const [first, last] = viewport.range;
	assert.ok(Math.abs((250_000 - first) / (last - first) - 0.25) < 1e-3, String(viewport.range));
	for (let i = 0; i < 60; i++) viewport.scale(0.5, 250_000);
	assert.equal(viewport.range[1] - viewport.range[0], 4);
	assert.ok(viewport.range[0] <= 250_000 && viewport.range[1] >= 250_000);
	for (let i = 0; i < 60; i++) viewport.scale(2, 250_000);
	assert.deepEqual(viewport.range, [1, 1_000_000]);
	assert.equal(viewport.zoomed, false);
});

test("what is in view moves as far as there are iterations, and the whole does not move", () => {
	const viewport = viewportOf(1000);
	viewport.move(1);
	assert.deepEqual(viewport.range, [1, 1000]);
	viewport.show(400, 500);
	viewport.move(0.5);
	assert.deepEqual(viewport.range, [450, 550]);
	viewport.move(100);
	assert.deepEqual(viewport.range, [900, 1000]);
	viewport.move(-100);
	assert.deepEqual(viewport.range, [1, 101]);
	viewport.grow(0);
	assert.equal(viewport.zoomed, false);
});

test("on a logarithmic axis zooming and moving go by shares of what is seen, from the first iteration on", () => {
	const viewport = viewportOf(1_000_000);
	viewport.log = true;
	viewport.scale(0.5, 1000);
	const [first, last] = viewport.range;
	// 1000 was in the middle of 1 to 1,000,000
	assert.ok(
		Math.abs(first / Math.sqrt(1000) - 1) < 1e-9 && Math.abs(last / 1000 ** 1.5 - 1) < 1e-9,
		`${first} ${last}`,
	);
	assert.ok(Math.abs(viewport.beside(1000, 0.5) - last) < 1e-6);
	viewport.move(-0.25);
	assert.ok(Math.abs(viewport.range[0] * 1000 ** 0.25 - first) < 1e-6, String(viewport.range));
	viewport.move(-5);
	assert.equal(viewport.range[0], 1);
	assert.ok(Math.abs(viewport.range[1] - 1000) < 1e-6, String(viewport.range));
	for (let i = 0; i < 60; i++) viewport.scale(0.5, 1);
	assert.ok(viewport.range[0] === 1 && viewport.range[1] < 20, String(viewport.range));
	for (let i = 0; i < 60; i++) viewport.scale(0.5, viewport.range[1]);
	assert.ok(viewport.range[1] - viewport.range[0] >= 3.9);
	for (let i = 0; i < 60; i++) viewport.scale(2, viewport.range[1]);
	assert.deepEqual([viewport.range, viewport.zoomed], [[1, 1_000_000], false]);
	viewport.grow(1);
	assert.deepEqual(viewport.range, [1, 2]);
});

test("a run of two iterations can be zoomed without falling over", () => {
	const viewport = viewportOf(2);
	viewport.scale(0.5, 1);
	assert.deepEqual(viewport.range, [1, 2]);
});

test("a panel that comes back shows what was in view of its run once that is there, and nothing of another run", () => {
	const zoom = { run: "adam", first: 400.5, last: 500 };
	const told: (Zoom | undefined)[] = [];
	const keep = (kept: Zoom | undefined) => void told.push(kept);
	const viewport = viewportOf(0);
	const kept = new KeptZoom(viewport, zoom, keep);
	const at = (run: string | undefined, end: number) => {
		viewport.grow(end);
		kept.follow(run, end);
		return viewport.range;
	};
	assert.deepEqual(at(undefined, 0), [1, 2]);
	// the newest run may arrive before the one that is shown
	assert.deepEqual(at("adam", 300), [1, 300]);
	assert.deepEqual(at("adam", 1000), [400.5, 500]);
	assert.deepEqual(told, []);
	viewport.move(0.5);
	assert.deepEqual(at("adam", 1200), [450.25, 549.75]);
	assert.deepEqual(told, [{ run: "adam", first: 450.25, last: 549.75 }]);
	at("lion", 1200);
	viewport.reset();
	assert.deepEqual(at("lion", 1200), [1, 1200]);
	assert.deepEqual(told.slice(1), [{ run: "lion", first: 450.25, last: 549.75 }, undefined]);

	const other = viewportOf(1000);
	new KeptZoom(other, zoom, keep).follow("lion", 1000);
	assert.equal(other.zoomed, false);
	assert.equal(told.at(-1), undefined);
	// whoever zooms before it is there has said what to show
	const early = viewportOf(300);
	early.show(10, 20);
	const late = new KeptZoom(early, zoom, keep);
	late.follow("adam", 300);
	late.follow("adam", 1000);
	assert.deepEqual(early.range, [10, 20]);
	for (const bad of [undefined, null, 7, {}, { run: "a", first: 5, last: 5 }, { run: "a", first: "1", last: 2 }])
		assert.equal(zoomOf(bad), undefined);
});

test("a table has every iteration where they fit, else spans with their lowest and highest value", () => {
	const columns = [
		{ label: "cost", curve: curveOf(Array.from({ length: 200 }, (_, i) => i + 1)) },
		{ label: "smoothed", curve: curveOf(Array.from({ length: 200 }, (_, i) => i + 1)), last: true },
		{ label: "dev", points: pointsOf([[7, 0.5]]) },
	];
	assert.deepEqual(tableRows(columns, [6.4, 8.2], 200), [
		{ first: 7, last: 7, cells: ["7.000", "7.000", "0.500"] },
		{ first: 8, last: 8, cells: ["8.000", "8.000", ""] },
	]);
	const spans = tableRows(columns, [1, 200], 200);
	assert.equal(spans.length, 50);
	assert.deepEqual(spans[1], { first: 5, last: 8, cells: ["5.000 – 8.000", "8.000", "0.500"] });
});

test("a table says of a span that a value in it is not finite", () => {
	const columns = [{ label: "cost", curve: curveOf([1, 2, Number.NaN, ...new Array(97).fill(3)]) }];
	const rows = tableRows(columns, [1, 100], 100);
	assert.equal(rows[0].cells[0], "1.000 – 2.000");
	assert.equal(rows[1].cells[0], "3.000, NaN");
	assert.equal(tableRows([{ label: "cost", curve: curveOf([-Infinity]) }], [1, 2], 1)[0].cells[0], "−∞");
});

test("a table of epochs has their iterations, of too many evenly chosen ones with the last", () => {
	const points = pointsOf(Array.from({ length: 120 }, (_, i) => [(i + 1) * 10, i / 120]));
	const rows = tableRows([{ label: "dev accuracy", points }], [1, 1200], 1200);
	assert.ok(rows.length <= 50);
	assert.equal(rows[rows.length - 1].first, 1200);
	assert.equal(rows[1].first - rows[0].first, 30);
});

test("a CSV file holds every raw value in view, in digits that give the same float back", () => {
	const cost = [0.1, 1 / 3, Number.NaN, Number.POSITIVE_INFINITY].map(Math.fround);
	const columns = [
		{ label: "adam, cost", curve: curveOf(cost) },
		{ label: "dev", points: pointsOf([[2, 0.25]]) },
	];
	assert.equal(
		chartCsv(columns, [1, 4]),
		'iteration,"adam, cost",dev\n1,0.1,\n2,0.33333334,0.25\n3,NaN,\n4,Infinity,\n',
	);
	assert.equal(chartCsv([columns[1]], [1, 9]), "iteration,dev\n2,0.25\n");
	assert.equal(csvCell('a "b"'), '"a ""b"""');
	for (let i = 1; i < 2000; i++) {
		const value = Math.fround(i / 7919 + 1 / i);
		assert.equal(Math.fround(Number(formatSingle(value))), value);
	}
});

test("the schedule of a run changed by hand has a point wherever the rate changed", () => {
	const rates = Float32Array.from([0.004, 0.004, 0.002, 0.002, 0.0003]);
	const text = piecewiseText(rates, 5);
	assert.deepEqual(JSON.parse(`{${text}}`), {
		decay: {
			name: "piecewise",
			points: [
				{ step: 1, rate: 0.004 },
				{ step: 3, rate: 0.002 },
				{ step: 5, rate: 0.0003 },
			],
		},
	});
	assert.equal(
		piecewiseText(
			Float32Array.from({ length: 5000 }, (_, i) => 1 / (i + 1)),
			5000,
		),
		undefined,
	);
});

test("costs that are not finite are found where they are; a hole in the numbering is none", () => {
	const curves = new RunCurves(0.9);
	const rates = (length: number) => new Float32Array(length).fill(0.1);
	const append = (first: number, cost: number[]) => {
		const { length } = cost;
		curves.append({ first, cost: Float32Array.from(cost), learningRate: rates(length), gradientNorm: rates(length) });
	};
	append(1, [1, Number.NaN, 2]);
	append(6, [Number.POSITIVE_INFINITY]);
	assert.deepEqual(curves.broken, [1, 5]);
	assert.equal(curves.length, 6);
});

test("a picture is well-formed, has its texts escaped and a point for each value", () => {
	const palette = {
		foreground: "#000",
		description: "#555",
		background: "#fff",
		grid: "#eee",
		dev: "#aa0",
		runs: [],
		font: "",
		highContrast: false,
	};
	const line = { colour: "rgb(1, 2, 3)", width: 2, alpha: 1, shape: "line" } as const;
	const svg = svgOf(
		{
			x: [1, 2, 3],
			lines: [
				{ ...line, values: [1, null, 3] },
				{ ...line, values: [1, 2, 3], shape: "dots" },
			],
			xRange: [1, 3],
			yRange: [0, 4],
			log: false,
			logX: false,
			empty: false,
		},
		{
			title: "Cost of <a> & b",
			legend: [{ label: 'say "hi"', colour: "red" }],
			palette,
			width: 400,
			height: 300,
			xLabel: "iteration",
		},
	);
	assert.match(svg, /<title>Cost of &lt;a&gt; &amp; b<\/title>/);
	assert.match(svg, /say &quot;hi&quot;/);
	assert.equal(svg.match(/<circle [^>]*r="3.5"/g)?.length, 3);
	// 312 across from 64, 188 down from 64: the first value is a quarter up, after the gap the line starts anew
	assert.match(svg, /d="M64 205M376 111"/);
	const logarithmic = svgOf(
		{
			lines: [{ ...line, values: [0, 1, 2] }],
			...{ x: [1, 10, 100], xRange: [1, 100], yRange: [0, 4], log: false, logX: true, empty: false },
		},
		{ title: "Cost", legend: [], palette, width: 400, height: 300, xLabel: "iteration" },
	);
	assert.match(logarithmic, /d="M64 252L220 205L376 158"/, "10 lies in the middle of 1 and 100");
	assert.match(logarithmic, /<text x="220" [^>]*>10</);
	const open = svg.match(/<[a-zA-Z]+/g)?.length;
	const closed = (svg.match(/\/>/g)?.length ?? 0) + (svg.match(/<\//g)?.length ?? 0);
	assert.equal(open, closed);
});

test("a file is called after the run, without what no file's name may hold", () => {
	assert.equal(fileName("adam-0.001 (2)"), "adam-0.001-2");
	assert.equal(fileName("../../etc"), "etc");
	assert.equal(fileName("¿?"), "run");
	assert.equal(fileName("학습-0.1"), "학습-0.1");
});
