import { nearestName } from "./data/nearest-name.ts";
import { InputError } from "./input-error.ts";

/** What is wrong at a place of a run file; the caller says where the run file came from. */
export class RunFileFault extends InputError {
	readonly place: string;
	/** @param subject of the sentence */
	constructor(place: string, problem: string, subject = place) {
		super(`${subject} ${problem}`);
		this.place = place;
	}
}

export function fail(place: string, problem: string): never {
	throw new RunFileFault(place, problem);
}

/** The part of JSON Schema that run files need. */
export interface Schema {
	type?: string;
	description?: string;
	enum?: readonly (string | number)[];
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: number;
	exclusiveMaximum?: number;
	minLength?: number;
	minItems?: number;
	maxItems?: number;
	items?: Schema;
	properties?: Record<string, Schema>;
	required?: readonly string[];
	additionalProperties?: false | Schema;
	anyOf?: readonly Schema[];
	oneOf?: readonly Schema[];
}

/** A shape of values: one description that both refuses a wrong value and completes a right one in the editor. */
export interface Shape {
	schema: Schema;
	/** @throws RunFileFault saying what the value must be */
	check(value: unknown, place: string): void;
}

export const text: Shape = {
	schema: { type: "string", minLength: 1 },
	check(value, place) {
		if (typeof value !== "string" || value === "") fail(place, "must be a non-empty text.");
	},
};

export const flag: Shape = {
	schema: { type: "boolean" },
	check(value, place) {
		if (typeof value !== "boolean") fail(place, `must be true or false, not ${JSON.stringify(value)}.`);
	},
};

export function oneOf(...names: (string | number)[]): Shape {
	return {
		schema: { enum: names },
		check(value, place) {
			if (names.includes(value as string)) return;
			fail(place, `must be one of ${names.join(", ")}, not ${JSON.stringify(value)}.`);
		},
	};
}

/** @param words the range as a sentence says it */
export function number(schema: Schema & { type: "number" | "integer" }, words: string): Shape {
	const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
	const fits = (v: number) =>
		(type === "integer" ? Number.isInteger(v) : Number.isFinite(v)) &&
		!(minimum !== undefined && v < minimum) &&
		!(maximum !== undefined && v > maximum) &&
		!(exclusiveMinimum !== undefined && v <= exclusiveMinimum) &&
		!(exclusiveMaximum !== undefined && v >= exclusiveMaximum);
	return {
		schema,
		check(value, place) {
			if (typeof value !== "number" || !fits(value)) fail(place, `must be ${words}, not ${JSON.stringify(value)}.`);
		},
	};
}

export function whole(minimum: number, maximum: number): Shape {
	return number({ type: "integer", minimum, maximum }, `a whole number from ${minimum} to ${maximum}`);
}

export const positive = number({ type: "number", exclusiveMinimum: 0 }, "a number above 0");
export const notNegative = number({ type: "number", minimum: 0 }, "a number of at least 0");
export const share = number({ type: "number", minimum: 0, exclusiveMaximum: 1 }, "at least 0 and below 1");
export const fraction = number({ type: "number", exclusiveMinimum: 0, maximum: 1 }, "above 0 and at most 1");

export function list(item: Shape, maxItems: number, minItems = 0): Shape {
	return {
		schema: { type: "array", items: item.schema, maxItems, ...(minItems > 0 ? { minItems } : {}) },
		check(value, place) {
			if (!Array.isArray(value)) fail(place, "must be a list.");
			if (value.length < minItems)
				fail(place, `must have at least ${minItems} ${minItems === 1 ? "entry" : "entries"}.`);
			if (value.length > maxItems) fail(place, `must have at most ${maxItems} entries.`);
			for (const [i, v] of value.entries()) item.check(v, `${place}[${i}]`);
		},
	};
}

/** An object whose keys are free. */
export function record(member: Shape): Shape {
	return {
		schema: { type: "object", additionalProperties: member.schema },
		check(value, place) {
			if (typeof value !== "object" || value === null || Array.isArray(value)) fail(place, "must be an object.");
			for (const [key, v] of Object.entries(value as object)) member.check(v, `${place}.${key}`);
		},
	};
}

export function object(members: Record<string, Shape>, required: string[] = []): Shape {
	const properties = Object.fromEntries(Object.entries(members).map(([key, { schema }]) => [key, schema]));
	return {
		schema: { type: "object", properties, required, additionalProperties: false },
		check(value, place) {
			const name = place || "The run file";
			if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(name, "must be an object.");
			const at = (key: string) => (place ? `${place}.${key}` : key);
			for (const [key, member] of Object.entries(value)) {
				if (!Object.hasOwn(members, key)) {
					throw new RunFileFault(at(key), unknownKey(key, Object.keys(members), place), `"${at(key)}"`);
				}
				members[key].check(member, at(key));
			}
			for (const key of required) if (!Object.hasOwn(value, key)) fail(at(key), "is missing.");
		},
	};
}

/** Of two letters any other two are near. */
const LEAST_LETTERS = 3;

function unknownKey(key: string, known: string[], place: string): string {
	const near = key.length < LEAST_LETTERS ? undefined : nearestName(key, known);
	return near === undefined
		? `is not a known key; ${place || "the run file"} takes ${known.join(", ")}.`
		: `is not a known key; did you mean "${near}"?`;
}
