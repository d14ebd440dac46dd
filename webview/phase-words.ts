/** What a run is doing, as it is called on the screen. */
import type { RunPhase } from "../src/engine/protocol/panel.ts";
import { t } from "../src/l10n.ts";

export const phaseWords: Record<RunPhase, string> = {
	preparing: t("Preparing"),
	running: t("Running"),
	paused: t("Paused"),
	finished: t("Finished"),
	stoppedEarly: t("Stopped early"),
	stopped: t("Stopped"),
	outOfTime: t("Out of time"),
	diverged: t("Diverged"),
	interrupted: t("Interrupted"),
	failed: t("Failed"),
};
