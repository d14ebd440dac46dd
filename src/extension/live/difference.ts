import type { RunSummary } from "../../engine/protocol/panel.ts";

/** A change that is too small to speak of. */
const ALIKE = 0.005;

/** @returns how a run ended beside the one before it, in words: "dev cost 0.0312, 12 % lower than before (0.0355)" */
export function difference(before: RunSummary, now: RunSummary): string | undefined {
	if (!before.done || !now.done) return undefined;
	const diverged = (run: RunSummary) => run.done?.outcome === "diverged";
	if (diverged(now)) return diverged(before) ? "It diverges, as before." : "It diverges since this edit.";
	if (diverged(before)) return "It no longer diverges.";
	const measure = now.done.devCost !== undefined && before.done.devCost !== undefined ? "devCost" : "cost";
	const [was, is] = [before.done[measure]!, now.done[measure]!];
	if (!Number.isFinite(was) || !Number.isFinite(is)) return undefined;
	const word = measure === "devCost" ? "dev cost" : "cost";
	const change = was === 0 ? 0 : (is - was) / was;
	if (Math.abs(change) < ALIKE) return `${word} ${figure(is)}, about the same as before (${figure(was)}).`;
	const share = Math.abs(change) < 10 ? `${Math.round(Math.abs(change) * 100)} %` : `${figure(is / was)} times`;
	const how = Math.abs(change) < 10 ? (change < 0 ? "lower than" : "higher than") : "that of";
	return `${word} ${figure(is)}, ${share} ${how} before (${figure(was)}).`;
}

function figure(value: number): string {
	return String(Number(value.toPrecision(3)));
}
