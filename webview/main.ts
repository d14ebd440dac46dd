/** The panel's entry: builds it, listens to the host, and renders at most once a frame. */
import "./language.ts";
import "@vscode/codicons/dist/codicon.css";
import "uplot/dist/uPlot.min.css";
// The order is the cascade: what adapts (narrow, high contrast, less motion) comes last.
import "./styles/theme.css";
import "./styles/base.css";
import "./styles/state-line.css";
import "./styles/charts.css";
import "./styles/tools.css";
import "./styles/findings.css";
import "./styles/aside.css";
import "./styles/dataset.css";
import "./styles/live.css";
import "./styles/high-contrast.css";
import type { Task } from "../src/engine/protocol/dataset.ts";
import type { PanelCommand, PanelToHost } from "../src/engine/protocol/panel.ts";
import { t } from "../src/l10n.ts";
import { isBeta } from "./charts/beta-slider.ts";
import { type ChartPreferences, Figures } from "./charts/figures.ts";
import { zoomOf } from "./charts/kept-zoom.ts";
import { Announcer } from "./controls/announcer.ts";
import { AsItWasRun } from "./controls/as-it-was-run.ts";
import { BatchRows } from "./controls/batch-rows.ts";
import { CompareTable } from "./controls/compare.ts";
import type { Sort } from "./controls/compare-columns.ts";
import { DataSection } from "./controls/data.ts";
import { FindingsSection } from "./controls/findings.ts";
import { Hyperparameters } from "./controls/hyperparameters.ts";
import { LiveSection } from "./controls/live.ts";
import { MemorySection } from "./controls/memory.ts";
import { RateControl } from "./controls/rate-control.ts";
import { RunsSection } from "./controls/runs.ts";
import { StateLine } from "./controls/state-line.ts";
import { Welcome } from "./controls/welcome.ts";
import { DatasetView } from "./dataset/dataset-view.ts";
import { element, icon, setShown, setText } from "./dom.ts";
import { chartFile, epochsFile, type SavedFile, stepsFile } from "./files/files.ts";
import { KeptScroll } from "./kept-scroll.ts";
import { readMessage } from "./messages.ts";
import { PanelModel } from "./state.ts";
import { onThemeChange } from "./theme.ts";

interface Preferences extends ChartPreferences {
	/** the dataset is opened wide */
	dataset: boolean;
	/** of the comparison; absent: the runs in the order in which they ran */
	sort?: Sort;
	/** CSS pixels that the page is scrolled down */
	scroll: number;
}

const host = acquireVsCodeApi<Partial<Preferences>>();
const preferences = readPreferences(host.getState());
const model = new PanelModel(preferences.beta);

function post(message: PanelToHost): void {
	host.postMessage(message);
}

/** Takes in what a person has chosen: VS Code keeps it while the panel is hidden, moved or loaded again. */
function prefer(change: Partial<Preferences>): void {
	Object.assign(preferences, change);
	host.setState(preferences);
}

const scroll = new KeptScroll(preferences.scroll, (scroll) => prefer({ scroll }));
const announcer = new Announcer();
const rateControl = new RateControl({
	change: (runId, request) => post({ type: "changeRate", runId, request }),
	copy: (text) => post({ type: "copy", text }),
	announce: (text) => announcer.say(text),
});
const batchRows = new BatchRows((runId, rows) => post({ type: "openRows", runId, rows }));
const figures = new Figures(
	model,
	preferences,
	{ rateControl: rateControl.element },
	{
		firstPoint: (runId) => {
			// for test/bench/first-point.ts
			performance.mark("descent first point");
			post({ type: "firstPoint", runId });
		},
		announce: (text) => announcer.say(text),
		preferences: prefer,
		openRows,
		closeRange: () => post({ type: "closeRange" }),
		save: (figure, kind, view) => void save(() => chartFile(figure, kind, view)),
	},
	render,
);
const hyperparameters = new Hyperparameters(model, {
	form: (patch) => post({ type: "form", patch }),
	run,
	find: command,
});
const show = (runId: string) => post({ type: "show", runId });
const point = (runId: string | undefined) => figures.point(runId);
const compare = new CompareTable(preferences.sort, { show, point, sort: (sort) => prefer({ sort }) });
const asItWasRun = new AsItWasRun((runId) => post({ type: "use", runId }));
const stateLine = new StateLine(command, [
	{
		label: t("Save the steps of this run as CSV"),
		testId: "export-steps",
		available: () => currentCurves() !== undefined,
		run: () => {
			const [run, curves] = [model.current, currentCurves()];
			if (run !== undefined && curves !== undefined) void save(() => stepsFile(run, curves));
		},
	},
	{
		label: t("Save the epochs of this run as CSV"),
		testId: "export-epochs",
		available: () => (model.current?.epochs.length ?? 0) > 0,
		run: () => {
			const run = model.current;
			if (run !== undefined) void save(() => epochsFile(run));
		},
	},
	{
		label: t("Save the comparison of all runs as CSV"),
		testId: "export-comparison",
		available: () => compare.csv(model) !== undefined,
		run: () => post({ type: "save", name: "runs.csv", content: compare.csv(model) ?? "" }),
	},
	{
		label: t("Save as run file"),
		testId: "export-run-file",
		available: () => model.state.dataset !== undefined && model.state.runFile === undefined,
		run: () => command("saveRunFile"),
	},
	{
		label: t("Save as code for PyTorch, Keras, TensorFlow.js or optax"),
		testId: "export-loop",
		available: () => model.current?.start !== undefined,
		run: () => command("exportLoop"),
	},
]);
const welcome = new Welcome(run);
const target = (target: string) => post({ type: "target", target });
const task = (task: Task) => post({ type: "task", task });
const data = new DataSection({
	dataset: (path) => post({ type: "dataset", path }),
	runFile: (path) => post({ type: "runFile", path }),
	target,
	task,
	saveRunFile: () => command("saveRunFile"),
	openRunFile: () => command("openRunFile"),
	stop: () => command("stop"),
	columns: () => openDataset(!preferences.dataset),
});
const dataset = new DatasetView({
	target,
	task,
	column: (name, change) => post({ type: "column", name, change }),
	close: () => openDataset(false),
});
const memory = new MemorySection();
const runs = new RunsSection({ draw: (runId, visible) => post({ type: "visible", runId, visible }), show, point });
const findings = new FindingsSection(command, openRows);
const live = new LiveSection(command);
const rateHint = element("span", { class: "hint-text" }, t("The rate of every step appears here"));
const problemText = element("span", { "data-testid": "problem" });
const problem = element("p", { class: "problem", hidden: "" }, icon("warning"), problemText);
const more = element("div", { class: "side-by-side" }, figures.gradient.element, figures.dev.element);
const charts = element(
	"div",
	{},
	figures.cost.element,
	figures.rate.element,
	figures.range.element,
	findings.element,
	compare.element,
	more,
);
const page = element("div", { class: "charts" }, problem, live.element, charts, dataset.element);

document
	.querySelector("#app")!
	.append(
		stateLine.element,
		element(
			"main",
			{},
			page,
			element("aside", {}, hyperparameters.element, asItWasRun.element, data.element, memory.element),
		),
		announcer.element,
		batchRows.element,
	);

/** The legend stands beside the charts; where nothing is beside them, below the first one. */
const narrow = matchMedia("(max-width: 760px)");
function placeLegend(): void {
	if (narrow.matches) figures.cost.addBelow(runs.element);
	else hyperparameters.element.after(runs.element);
}
narrow.addEventListener("change", placeLegend);
placeLegend();

function command(name: PanelCommand): void {
	if (name === "run" && !hyperparameters.ready()) return;
	hyperparameters.flush();
	post({ type: "command", command: name });
}

function run(): void {
	command("run");
}

/** Every point is in a file, also those that have yet to come when the panel was shown a moment ago. */
async function save(file: () => SavedFile | Promise<SavedFile>): Promise<void> {
	await model.filled();
	post({ type: "save", ...(await file()) });
}

function currentCurves() {
	return model.current && model.curvesFor(model.current.id);
}

function openRows(runId: string, iteration: number): void {
	const run = model.state.runs.find(({ id }) => id === runId);
	if (run !== undefined) batchRows.show(run, iteration);
}

/** Puts the dataset in the place of the charts, or the charts back; the focus goes along. */
function openDataset(open: boolean): void {
	prefer({ dataset: open });
	renderControls();
	if (open) dataset.focus();
	else data.focus();
	render();
}

let framePending = false;
let controlsStale = true;
/** something besides the rates ahead */
let stale = true;

/** Asks for a frame: however often this is called, the panel renders once for it. */
function render(what: "all" | "rates" = "all"): void {
	stale ||= what === "all";
	if (framePending) return;
	framePending = true;
	requestAnimationFrame(() => {
		framePending = false;
		if (!stale) return figures.drawRates();
		stale = false;
		stateLine.render(model);
		if (controlsStale) renderControls();
		figures.draw();
		scroll.follow();
	});
}

function renderControls(): void {
	controlsStale = false;
	const drawable = model.state.runs.some((view) => view.visible && (model.curvesFor(view.id)?.length ?? 0) > 0);
	welcome.render(model);
	figures.cost.setHint(drawable ? undefined : welcome.element);
	figures.rate.setHint(drawable || !model.received ? undefined : rateHint);
	setShown(more, drawable);
	setShown(problem, model.problem !== undefined);
	setText(problemText, model.problem ?? "");
	hyperparameters.render();
	const wide = preferences.dataset && model.state.datasets.length > 0;
	page.classList.toggle("wide-dataset", wide);
	setShown(charts, !wide);
	setShown(dataset.element, wide);
	if (wide) dataset.render(model);
	data.render(model, wide);
	memory.render(model);
	live.render(model);
	runs.render(model);
	asItWasRun.render(model);
	findings.render(model);
	compare.render(model);
	rateControl.render(model);
	announcer.render(model);
}

window.addEventListener("message", (event) => {
	const message = readMessage(event.data);
	if (message === undefined) return;
	const before = "runId" in message ? (model.curvesFor(message.runId)?.length ?? 0) : 0;
	const ranged = message.type === "range" && message.range !== null && model.received;
	model.apply(message);
	// a run's first point takes the place of the hint
	if (message.type === "progress" || before === 0) controlsStale = true;
	render(message.type === "rates" ? "rates" : "all");
	// what a person has asked for comes into view, but not what a reload brings back
	if (ranged) requestAnimationFrame(() => figures.range.element.scrollIntoView({ block: "nearest" }));
});
onThemeChange(() => figures.themeChanged());
window.addEventListener("pagehide", () => hyperparameters.flush());

function readPreferences(kept: Partial<Preferences> | undefined): Preferences {
	return {
		beta: isBeta(kept?.beta) ? kept.beta : 0.98,
		log: namesOf(kept?.log),
		logX: kept?.logX === true,
		tables: namesOf(kept?.tables),
		zoom: zoomOf(kept?.zoom),
		dataset: kept?.dataset === true,
		scroll: typeof kept?.scroll === "number" ? kept.scroll : 0,
		sort: typeof kept?.sort?.name === "string" ? { name: kept.sort.name, down: kept.sort.down === true } : undefined,
	};
}

function namesOf(kept: unknown): string[] {
	return Array.isArray(kept) ? kept.filter((name) => typeof name === "string") : [];
}

render();
post({ type: "ready", beta: preferences.beta });
