import { t } from "../../l10n.ts";
import type { Argument, Call, Expression, FunctionStatement, Parameter } from "../syntax/code.ts";
import { byDefault, type Evaluator } from "./evaluator.ts";
import { argument, type Meaning, nameOf, unknown } from "./meaning.ts";
import type { Where } from "./survey.ts";

const named = (args: Argument[], name: string) => args.find((a) => a.name === name)?.value;
const plain = (flag: string) => flag.replace(/^-+/, "").replaceAll("-", "_");

/** Functions that give back what they are given, in another form or place. */
const THROUGH = new Set([
	"torch.nn.DataParallel",
	"torch.nn.parallel.DistributedDataParallel",
	"torch.compile",
	"torch.jit.script",
	"torch.fx.symbolic_trace",
	"tqdm.tqdm",
	"tqdm.auto.tqdm",
	"tqdm.notebook.tqdm",
	"tqdm.trange",
	"tqdm.tqdm_notebook",
	"tqdm",
	"rich.progress.track",
	"copy.deepcopy",
	"copy.copy",
	".list",
	".tuple",
	".iter",
	".vars",
	".enumerate",
	"alive_progress.alive_it",
	"jax.jit",
	"jax.pmap",
	"flax.nnx.jit",
	"equinox.filter_jit",
	"tensorflow.function",
]);
const THROUGH_METHODS = /^(to|cuda|cpu|double|float|half|bfloat16|train|eval|requires_grad_|share_memory|module)$/;

/** What calls of libraries give that is known without the library: options, records, the same thing again. */
export function libraryCall(evaluator: Evaluator, callee: Meaning, call: Call, where: Where): Meaning | undefined {
	const first = call.args[0];
	if (callee.kind === "symbol") {
		if (THROUGH.has(callee.name)) return first && !first.name ? evaluator.evaluate(first.value, where) : undefined;
		if (callee.name === ".dict" || callee.name === ".SimpleNamespace") {
			return { kind: "mapping", entries: call.args.map(({ name, value }) => ({ name, value })), where, at: call.at };
		}
		if (callee.name === ".getattr" && call.args.length >= 2) {
			const name = evaluator.constant(call.args[1].value, where);
			if (typeof name === "string") return evaluator.member(evaluator.evaluate(first.value, where), name);
		}
		if (callee.name === "tyro.cli" || callee.name === "simple_parsing.parse") {
			const cls = evaluator.evaluate(first?.value ?? call.callee, where);
			return cls.kind === "class" ? { kind: "instance", of: cls.of } : undefined;
		}
		if (/^(dataclasses|pydantic|typer|attr|attrs)\.(field|Field|Option|Argument|ib)$/.test(callee.name)) {
			const factory = named(call.args, "default_factory");
			const made = factory && evaluator.evaluate(factory, where);
			if (made?.kind === "function") {
				const result = made.of.body[0];
				if (result?.kind === "return" && result.value) return evaluator.evaluate(result.value, where);
			}
			const value = named(call.args, "default") ?? (first && !first.name ? first.value : undefined);
			return value ? byDefault(evaluator.evaluate(value, where)) : unknown(() => t("it has no default"));
		}
	}
	if (callee.kind !== "member") return undefined;
	const { of, name } = callee;
	if (THROUGH_METHODS.test(name) && /^(made|instance|result)$/.test(of.kind)) return of;
	if (name === "get" && of.kind === "mapping" && first) {
		const key = evaluator.constant(first.value, where);
		const found = typeof key === "string" ? evaluator.entry(of, key) : undefined;
		if (found) return found;
		return call.args[1] ? evaluator.evaluate(call.args[1].value, where) : unknown(() => t("nothing is under that key"));
	}
	// accelerator.prepare(model, optimizer) gives back what it was given, in order.
	if (/^(prepare|setup)$/.test(name) && /^accelerate\.|^lightning\.(fabric\.)?Fabric/.test(nameOf(of) ?? "")) {
		if (call.args.length === 1) return evaluator.evaluate(first.value, where);
		return { kind: "sequence", items: call.args.map((a) => a.value), where, at: call.at };
	}
	if (/^(setup_dataloaders|setup_optimizers)$/.test(name) && /Fabric/.test(nameOf(of) ?? "")) {
		if (call.args.length === 1) return evaluator.evaluate(first.value, where);
		return { kind: "sequence", items: call.args.map((a) => a.value), where, at: call.at };
	}
	if (name === "parse_args_into_dataclasses" && of.kind === "made" && of.call.args[0]) {
		return evaluator.evaluate(of.call.args[0].value, of.where);
	}
	return undefined;
}

const FLAG_CALLS = /^DEFINE_(float|integer|string|bool|boolean|enum)$/;

/** @returns a member of something whose members are declared elsewhere: command-line options, flags, records */
export function namedField(evaluator: Evaluator, object: Meaning, name: string): Meaning | undefined {
	if (object.kind === "symbol") {
		if (!/(^|\.)FLAGS$/.test(object.name)) return undefined;
		return declaredFlag(evaluator, name);
	}
	if (object.kind === "result" && /^parse(_known_a|_a|A)rgs$/.test(object.name))
		return declaredArgument(evaluator, object, name);
	if (
		object.kind === "member" &&
		object.name === "0" &&
		object.of.kind === "result" &&
		object.of.name === "parse_known_args"
	) {
		return declaredArgument(evaluator, object.of, name);
	}
	// HfArgumentParser((A, B)): records whose options are their fields
	if (object.kind === "class") return undefined;
	if (object.kind === "made" && RECORDS.test(object.name)) {
		const value = named(object.call.args, name);
		if (value) return evaluator.evaluate(value, object.where);
		const first = object.call.args[0];
		const fields = first && !first.name ? evaluator.evaluate(first.value, object.where) : undefined;
		return fields?.kind === "mapping" ? evaluator.entry(fields, name) : undefined;
	}
	return undefined;
}

const RECORDS =
	/(^|\.)(SimpleNamespace|Namespace|EasyDict|edict|Box|DotDict|AttrDict|Munch|ConfigDict|FrozenConfigDict)$/;

function declaredFlag(evaluator: Evaluator, name: string): Meaning | undefined {
	for (const { call, where } of evaluator.survey.calls) {
		const method = call.callee.kind === "member" || call.callee.kind === "name" ? call.callee.name : "";
		if (!FLAG_CALLS.test(method)) continue;
		const flag = call.args[0] && evaluator.constant(argument(call, "name", 0) ?? call.args[0].value, where);
		const value = argument(call, "default", 1) ?? argument(call, "default_value");
		if (flag === name && value) return byDefault(evaluator.evaluate(value, where));
	}
	return undefined;
}

/** @param parsed what `parser.parse_args()` gave */
function declaredArgument(
	evaluator: Evaluator,
	parsed: Meaning & { kind: "result" },
	name: string,
): Meaning | undefined {
	const found: { call: Call; where: Where }[] = [];
	for (const method of ["add_argument", "addArgument", "add", "add_arg"]) {
		for (const site of evaluator.survey.callsByName.get(method) ?? []) {
			const flags = site.call.args.filter((a) => !a.name).map((a) => evaluator.constant(a.value, site.where));
			const dest = setting(site.call, "dest");
			const names = dest
				? [evaluator.constant(dest, site.where)]
				: flags.map((f) =>
						typeof f === "string" && (f.startsWith("--") || !f.startsWith("-")) ? plain(f) : undefined,
					);
			if (names.includes(name) && sameParser(evaluator, site, parsed)) found.push(site);
		}
	}
	for (const { call } of evaluator.survey.callsByName.get("set_defaults") ?? []) {
		if (named(call.args, name)) return unknown(() => t("{0} is set by set_defaults", name));
	}
	if (found.length !== 1)
		return found.length > 1 ? unknown(() => t("{0} is declared more than once", `--${name}`)) : undefined;
	const [{ call, where }] = found;
	const value = setting(call, "default") ?? setting(call, "defaultValue");
	if (value) return typed(byDefault(evaluator.evaluate(value, where)), call);
	const action = setting(call, "action");
	const kind = action && evaluator.constant(action, where);
	if (kind === "store_true" || kind === "store_false") {
		return { kind: "constant", value: kind === "store_false", at: call.at, origin: "default" };
	}
	return unknown(() => t("{0} has no default", `--${name}`));
}

/** A keyword in Python, an entry of the last argument in JavaScript. */
function setting(call: Call, name: string): Expression | undefined {
	const last = call.args.at(-1)?.value;
	const entries = last?.kind === "mapping" ? last.entries : [];
	return named(call.args, name) ?? entries.find((entry) => entry.name === name)?.value;
}

/** type=float turns a text into a number */
function typed(m: Meaning, call: Call): Meaning {
	const type = named(call.args, "type");
	if (m.kind !== "constant" || typeof m.value !== "string" || type?.kind !== "name") return m;
	return /^(float|int)$/.test(type.name) && Number.isFinite(Number(m.value)) ? { ...m, value: Number(m.value) } : m;
}

/** A group of a parser counts as the parser; so does a parser that came by an unknown way. */
function sameParser(evaluator: Evaluator, { call, where }: { call: Call; where: Where }, parsed: Meaning): boolean {
	const parserOf = (m: Meaning): Meaning =>
		m.kind === "result" && /^add_(argument|mutually)/.test(m.name) ? parserOf(m.of) : m;
	const mine = call.callee.kind === "member" ? parserOf(evaluator.evaluate(call.callee.object, where)) : undefined;
	const its = parsed.kind === "result" ? parserOf(parsed.of) : parsed;
	return !(mine?.kind === "made" && its.kind === "made" && mine.call !== its.call);
}

/** @returns what an option of click or typer is without a command line */
export function declaredOption(
	evaluator: Evaluator,
	fn: FunctionStatement,
	parameter: Parameter,
	where: Where,
): Meaning | undefined {
	for (const decorator of fn.decorators) {
		if (decorator.kind !== "call") continue;
		const name = nameOf(evaluator.evaluate(decorator.callee, where)) ?? "";
		if (!/(^click\.|\.)(option|argument)$/.test(name)) continue;
		const flags = decorator.args.filter((a) => !a.name).map((a) => evaluator.constant(a.value, where));
		const names = flags.map((f) => (typeof f === "string" ? plain(f).replace(/\/.*$/, "") : ""));
		if (!names.includes(parameter.name)) continue;
		const value: Expression | undefined = named(decorator.args, "default");
		return value
			? byDefault(evaluator.evaluate(value, where))
			: unknown(() => t("{0} has no default", `--${parameter.name}`));
	}
	return undefined;
}
