import { t } from "../../l10n.ts";
import { callsIn, type Loop, loopsIn } from "../collect/actions.ts";
import { isEpochs } from "../collect/loops.ts";
import { rootsOf } from "../collect/schedule-moves.ts";
import type { FixEdit } from "../facts.ts";
import { argument, type Meaning, nameOf } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { NamedCall } from "../reading.ts";
import type { Call } from "../syntax/code.ts";
import { addArgument, type Case, lineOf } from "./finding.ts";

/** How the training data is cut, ordered and split. */
export function data(c: Case): void {
	notShuffled(c);
	fitBatchSize(c);
	lastBatch(c);
	splits(c);
	seed(c);
}

/** The loaders of PyTorch that a loop with a backward pass goes over. */
function notShuffled(c: Case): void {
	const { reading } = c;
	const used = new Set<Call>();
	for (const root of rootsOf(reading, c.actions)) {
		for (const { action } of loopsIn(root)) {
			if (action.of.kind !== "for") continue;
			const trains = callsIn(action.body).some(
				({ action: a, around }) => a.step === "backward" && !around.some((x) => x.kind === "loop"),
			);
			const m = trains && reading.evaluate(action.of.iterable, action.where);
			if (m && m.kind === "made" && m.name === "torch.utils.data.DataLoader") used.add(m.call);
		}
	}
	for (const site of reading.calls) {
		const method = site.where.place.scope.owner;
		const lightning = reading.has("lightning") && method?.kind === "function" && method.name === "train_dataloader";
		if (site.name === "torch.utils.data.DataLoader" && (used.has(site.call) || lightning)) loaderInOrder(c, site);
	}
	for (const site of reading.calls) {
		const callee = site.callee;
		if (callee.kind !== "member" || !/^(fit|fitDataset)$/.test(callee.name) || !site.call.args[0]) continue;
		if (reading.facts.epochs.some((e) => e.at.start === site.call.at.start)) pipelineInOrder(c, site);
	}
}

function loaderInOrder(c: Case, { call, where }: NamedCall): void {
	const { reading } = c;
	const shuffle = argument(call, "shuffle", 2);
	if (shuffle && reading.evaluator.constant(shuffle, where) !== false) return;
	if (
		call.args.some((a) => a.spread || /sampler/.test(a.name ?? "")) ||
		(call.args.length > 3 && call.args.slice(0, 4).every((a) => !a.name))
	)
		return;
	const set = argument(call, "dataset", 0);
	const m = set && reading.evaluate(set, where);
	if (!m || !isMap(c, m)) return;
	const size = argument(call, "batch_size", 1);
	if (size && /len\(|full|\.shape/.test(c.text.slice(size.at.start, size.at.end))) return;
	c.report(
		{
			code: "train-data-not-shuffled",
			message: shuffle
				? t("The training data is read in the same order in every epoch: shuffle is False.")
				: t("The training data is read in the same order in every epoch: DataLoader does not shuffle by itself."),
			advice: t("Pass {0}.", "shuffle=True"),
			fix: {
				title: t("Shuffle the training data"),
				edits: shuffle
					? [{ start: shuffle.at.start, end: shuffle.at.end, text: "True" }]
					: addArgument(call, "shuffle=True"),
			},
		},
		call.at,
	);
}

/** Data that has an order of its own to be lost: not a stream, not a series, not a random part. */
function isMap(c: Case, m: Meaning): boolean {
	const name = m.kind === "made" ? m.name : "";
	if (/^(torch\.utils\.data\.TensorDataset|torchvision\.datasets\.\w+)$/.test(name)) return true;
	if (m.kind !== "instance" || /window|seri|sequence|forecast|stream|iter/i.test(m.of.name)) return false;
	const has = (method: string) => m.of.body.some((s) => s.kind === "function" && s.name === method);
	return (
		c.reading.evaluator.ancestry(m.of).includes("torch.utils.data.Dataset") && has("__getitem__") && has("__len__")
	);
}

/** A pipeline that begins with data in memory and never shuffles. */
function pipelineInOrder(c: Case, { call, where }: NamedCall): void {
	const steps: string[] = [];
	let m: Meaning | undefined = c.reading.evaluate(call.args[0].value, where);
	while (m?.kind === "result") {
		steps.push(m.name);
		m = m.of;
	}
	if (
		m?.kind !== "made" ||
		!/^tensorflow\.data\.Dataset\.from_tensor_slices$|^tfjs\.data\.(array|zip)$/.test(nameOf(m) ?? "")
	) {
		// from_tensor_slices is a member of a class: its call is what was made.
		return;
	}
	if (
		steps.length === 0 ||
		!steps.includes("batch") ||
		steps.some((s) => /shuffle|apply|flat_map|interleave|window/.test(s))
	)
		return;
	c.report(
		{
			code: "train-data-not-shuffled",
			message: t(
				"The training data is read in the same order in every epoch: nothing between its source and fit shuffles it.",
			),
			advice: t("Call {0} before {1}.", ".shuffle(rows)", ".batch()"),
		},
		call.args[0].value.at,
	);
}

/** fit(dataset, batch_size=32) */
function fitBatchSize(c: Case): void {
	const { reading } = c;
	for (const { call, where, callee } of reading.calls) {
		if (!reading.has("keras") || callee.kind !== "member" || callee.name !== "fit" || !call.args[0]) continue;
		const size = call.args.find((a) => a.name === "batch_size");
		if (!size || reading.evaluator.constant(size.value, where) === null) continue;
		const what = generatorName(c, reading.evaluate(argument(call, "x", 0) ?? call.args[0].value, where));
		if (!what) continue;
		const before = c.text.slice(0, size.at.start);
		const comma = /,\s*$/.exec(before);
		const start = comma ? comma.index : size.at.start;
		c.report(
			{
				code: "fit-batch-size",
				message: t("fit gets batch_size and {0}, which gives mini-batches itself: Keras refuses both.", what),
				advice: t("Leave batch_size out here and give it to what makes the mini-batches."),
				fix: { title: t("Leave batch_size out"), edits: [{ start, end: size.at.end, text: "" }] },
			},
			size.at,
		);
	}
}

/** @returns what it is that gives mini-batches, undefined for arrays and what cannot be told */
function generatorName(c: Case, m: Meaning): string | undefined {
	let of: Meaning = m;
	while (of.kind === "result" && of.name !== "") {
		if (/^flow(_from_\w+)?$/.test(of.name)) return t("a generator ({0})", of.name);
		of = of.of;
	}
	const name = nameOf(of) ?? "";
	if (/^tensorflow\.data\.(?!experimental\.cardinality)/.test(name)) return t("a tf.data dataset");
	if (/_dataset_from_directory$/.test(name)) return t("a dataset of a directory");
	if (
		of.kind === "instance" &&
		c.reading.evaluator.ancestry(of.of).some((a) => /^keras\.utils\.(Sequence|PyDataset|all_utils\.Sequence)$/.test(a))
	)
		return t("a {0}", of.of.name);
	if (of.kind === "result" && of.of.kind === "function" && of.of.of.kind === "function" && of.of.of.generator)
		return t("the generator {0}", of.of.of.name);
	return undefined;
}

/** One row left for the last mini-batch, where batches are normalised. */
function lastBatch(c: Case): void {
	const { models, batchSizes } = c.reading.facts;
	const norm = models
		.flatMap((m) => m.layers)
		.find((l) => /^BatchNorm(1d|alization)?$|^batchNormalization$/.test(l.title));
	if (!norm) return;
	for (const b of batchSizes) {
		const size = b.parameter.value;
		if (b.role !== "train" || b.dropsLast || b.rows === undefined || typeof size !== "number") continue;
		if (!(size > 1) || b.rows <= size || b.rows % size !== 1) continue;
		const call = c.reading.calls.find(
			(site) => site.call.at.start === b.at.start && site.call.at.end === b.at.end,
		)?.call;
		c.report(
			{
				code: "last-batch-of-one",
				message: t(
					"{0} rows in mini-batches of {1} leave one row for the last, and {2} has no variance of one row.",
					...[b.rows, size, norm.title],
				),
				advice:
					b.framework === "pytorch"
						? t("Pass {0} or take another batch size.", "drop_last=True")
						: t("Drop the remainder or take another batch size."),
				...(call &&
					b.where === "DataLoader" &&
					!call.args.some((a) => a.spread || a.name === "drop_last") && {
						fix: { title: t("Leave the last batch out"), edits: addArgument(call, "drop_last=True") },
					}),
			},
			b.parameter.at ?? b.at,
		);
	}
}

const isSplit = remembered((name) =>
	/^torch\.utils\.data\.random_split$|^sklearn\.model_selection\.train_test_split$/.test(name),
);
const isStateRead = remembered((name) => /load_state_dict$/.test(name));

/** Rows of the validation part that training has seen. */
function splits(c: Case): void {
	const { reading } = c;
	const reported = new Set<Call>();
	for (const root of rootsOf(reading, c.actions)) {
		for (const { action, around } of callsIn(root)) {
			if (reported.has(action.call) || !isSplit(nameOf(action.callee) ?? "")) continue;
			const loop = around.find((a): a is Loop => a.kind === "loop" && isEpochs(a.of));
			const fixed = argument(action.call, "generator", 2) ?? argument(action.call, "random_state");
			if (!loop || fixed || !callsIn(loop.body).some(({ action: a }) => a.step === "backward" || a.step === "fit"))
				continue;
			reported.add(action.call);
			c.report(
				{
					code: "split-leaks",
					message: t("The data is split anew in every epoch: rows that were trained on come back as validation rows."),
					advice: t("Split once, before the loop."),
				},
				action.call.at,
			);
		}
	}
	const resumes = reading.calls.some(
		(s) => isStateRead(s.name) || (s.call.callee.kind === "member" && s.call.callee.name === "load_state_dict"),
	);
	for (const { call, where, name } of reading.calls) {
		if (!isSplit(name) || reported.has(call)) continue;
		const resumed = resumes && /resume|start_epoch|last_epoch/.test(c.text) && !reading.facts.seeded;
		const fixed = argument(call, "generator", 2) ?? argument(call, "random_state");
		if (resumed && !fixed) {
			const seeded = name.startsWith("torch")
				? /^import torch *(#|;|,|$)/m.test(c.text) && "generator=torch.Generator().manual_seed(0)"
				: "random_state=0";
			c.report(
				{
					code: "split-leaks",
					message: t(
						"The split is another one in every run, and this program goes on from a checkpoint: rows that were trained on come back as validation rows.",
					),
					advice: t(
						"Pass {0}.",
						name.startsWith("torch") ? "generator=torch.Generator().manual_seed(0)" : "random_state=0",
					),
					...(seeded &&
						!call.args.some((a) => a.spread) && {
							fix: { title: t("Split the same way in every run"), edits: addArgument(call, seeded) },
						}),
				},
				call.at,
			);
			continue;
		}
		const scaled = name.startsWith("sklearn") && call.args[0] && reading.evaluate(call.args[0].value, where);
		if (
			scaled &&
			scaled.kind === "result" &&
			scaled.name === "fit_transform" &&
			/^sklearn\.preprocessing\.\w+Scaler$/.test(nameOf(scaled.of) ?? "")
		) {
			c.report(
				{
					code: "split-leaks",
					message: t(
						"{0} is fitted on all rows before they are split: the validation rows' figures are in the training data.",
						nameOf(scaled.of)!.split(".").at(-1)!,
					),
					advice: t("Split first, fit on the training part and only transform the rest."),
				},
				call.args[0].value.at,
			);
		}
	}
}

function seed(c: Case): void {
	const { facts } = c.reading;
	if (facts.seeded || !facts.frameworks.some((f) => f === "pytorch" || f === "keras" || f === "lightning")) return;
	const loop = facts.loops.find((l) => l.trains && l.outer === undefined);
	if (!loop) return;
	const torch = facts.frameworks.includes("pytorch") || facts.frameworks.includes("lightning");
	const call = torch ? "torch.manual_seed(0)" : "keras.utils.set_random_seed(0)";
	const edits = afterImports(c, torch ? "torch" : "keras", call);
	c.report(
		{
			code: "no-seed",
			message: t("Nothing fixes the random numbers: every run starts from other weights and another order."),
			advice: t("Call {0} first to compare runs.", call),
			...(edits && { fix: { title: t("Call {0} after the imports", call), edits } }),
		},
		{
			start: loop.header.start,
			end: Math.min(loop.header.end, lineOf(c.text, { start: loop.header.start, end: loop.header.start }).end),
		},
	);
}

/** A line after the imports at the head of a program, which import the module under its own name. */
function afterImports({ reading, text }: Case, module: string, line: string): FixEdit[] | undefined {
	const imported = new RegExp(`^import ${module} *(#|;|,|\\r?$)`, "m");
	const first = reading.statements.findIndex((s) => s.kind !== "import" && s.kind !== "expression");
	const head = reading.statements.slice(0, first < 0 ? undefined : first).filter((s) => s.kind === "import");
	const last = head.at(-1);
	if (!last || !head.some((s) => imported.test(text.slice(s.at.start, s.at.end + 1)))) return undefined;
	const { end } = lineOf(text, last.at);
	return [{ start: end, end, text: `\n${line}\n` }];
}
