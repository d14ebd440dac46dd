import type { RateRequest } from "../../engine/protocol/run.ts";

/** @returns what "/10", "x0.5", "*0.5" or "0.0003" asks for; undefined for anything that makes no learning rate */
export function rateRequest(text: string): RateRequest | undefined {
	const [, sign, digits] = /^\s*([/x×*]?)\s*(\S+)\s*$/i.exec(text) ?? [];
	const value = Number(digits);
	if (!(Number.isFinite(value) && value > 0)) return undefined;
	if (sign === "/") return { factor: 1 / value };
	return sign ? { factor: value } : { rate: value };
}
