import type { RunSummary } from "../src/engine/protocol/panel.ts";
import type { Epochs } from "./charts/epochs.ts";

/** A run as the panel puts it together. */
export interface RunView extends RunSummary {
	epochs: Epochs;
}
