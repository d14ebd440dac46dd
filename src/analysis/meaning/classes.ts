import { t } from "../../l10n.ts";
import type { ClassStatement, FunctionStatement, Statement } from "../syntax/code.ts";
import { agreed, byDefault, type Evaluator } from "./evaluator.ts";
import { argument, type Meaning, unknown } from "./meaning.ts";
import { classOf, keyOf } from "./survey.ts";

/** @returns what a name is in an object of a class of the program: a field, an attribute, a method */
export function instanceMember(
	evaluator: Evaluator,
	object: Meaning & { kind: "instance" },
	name: string,
): Meaning | undefined {
	const { of: cls, call, where } = object;
	const passed = call && where && isRecord(cls) ? argument(call, name, fieldPlace(cls, name)) : undefined;
	if (passed) return evaluator.evaluate(passed, where!);
	const set = evaluator.survey.attributes.get(cls)?.get(name);
	if (set)
		return (
			agreed(set.map((d) => evaluator.definition(d))) ?? unknown(() => t("{0} is set more than once", `self.${name}`))
		);
	if (name === "hparams") return object;
	const member = classMember(evaluator, cls, name);
	if (member) return member.kind === "function" ? { ...member, self: object } : byDefault(member);
	const given = givenHyperparameters(evaluator, cls, name);
	if (given) return given;
	// Lightning's save_hyperparameters gives the constructor's parameters to self.hparams.
	const init = cls.body.find((s): s is FunctionStatement => s.kind === "function" && s.name === "__init__");
	const parameter = init && evaluator.survey.scopes.get(init)?.definitions.get(name)?.[0];
	return parameter && savesHyperparameters(evaluator, cls) ? evaluator.definition(parameter) : undefined;
}

/** self.hparams.update(vars(args)) and save_hyperparameters(args): members of what is given */
function givenHyperparameters(evaluator: Evaluator, cls: ClassStatement, name: string): Meaning | undefined {
	for (const method of ["update", "save_hyperparameters"]) {
		for (const { call, where } of evaluator.survey.callsByName.get(method) ?? []) {
			const [first] = call.args;
			const path = keyOf(call.callee);
			if (!first || first.name || classOf(where.place.scope) !== cls) continue;
			if (path !== "self.hparams.update" && path !== "self.save_hyperparameters") continue;
			const found = evaluator.member(evaluator.evaluate(first.value, where), name);
			if (found.kind === "constant") return found;
		}
	}
	return undefined;
}

function savesHyperparameters(evaluator: Evaluator, cls: ClassStatement): boolean {
	const sites = evaluator.survey.callsByName.get("save_hyperparameters") ?? [];
	return sites.some(({ where }) => classOf(where.place.scope) === cls);
}

/** A class whose constructor is made of its fields. */
function isRecord(cls: ClassStatement): boolean {
	return !cls.body.some((s) => s.kind === "function" && (s.name === "__init__" || s.name === "constructor"));
}

function fieldPlace(cls: ClassStatement, name: string): number {
	return cls.body.filter((s) => s.kind === "assign" && s.annotation).findIndex((s) => nameOfField(s) === name);
}

export function classMember(evaluator: Evaluator, cls: ClassStatement, name: string): Meaning | undefined {
	const scope = evaluator.survey.scopes.get(cls);
	const definitions = scope?.definitions.get(name);
	if (definitions)
		return (
			agreed(definitions.map((d) => evaluator.definition(d))) ?? unknown(() => t("{0} is set more than once", name))
		);
	for (const base of evaluator.basesOf(cls)) {
		if (base.kind !== "class") continue;
		const set = evaluator.survey.attributes.get(base.of)?.get(name);
		const found = set ? agreed(set.map((d) => evaluator.definition(d))) : classMember(evaluator, base.of, name);
		if (found) return found;
	}
	return undefined;
}

function nameOfField(s: Statement): string | undefined {
	return s.kind === "assign" && s.targets[0].kind === "name" ? s.targets[0].name : undefined;
}
