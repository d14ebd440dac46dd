import type { Actions } from "../collect/actions.ts";
import type { Finding, Severity } from "../facts.ts";
import type { Reading } from "../reading.ts";
import { costs } from "./costs.ts";
import { data } from "./data.ts";
import { decay } from "./decay.ts";
import { evaluation } from "./evaluation.ts";
import { type Case, type Rule, SEVERITIES } from "./finding.ts";
import { gradients } from "./gradients.ts";
import { layers } from "./layers.ts";
import { ranges } from "./ranges.ts";

const RULES: Rule[] = [gradients, decay, evaluation, costs, layers, data, ranges];

/** @returns what is wrong in a program, in the order of the text */
export function findingsOf(reading: Reading, actions: Actions, text: string): Finding[] {
	const found: Finding[] = [];
	const report: Case["report"] = (finding, at, severity) => {
		const same = found.some((f) => f.code === finding.code && f.start === at.start);
		if (!same)
			found.push({
				...finding,
				severity: severity ?? (SEVERITIES[finding.code] as Severity),
				start: at.start,
				end: at.end,
			});
	};
	for (const rule of RULES) rule({ reading, actions, text, report });
	return found.sort((a, b) => a.start - b.start || a.code.localeCompare(b.code));
}
