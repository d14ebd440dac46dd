/** The schedules of the learning rate as they are called on the screen. */
import type { DecayName } from "../src/engine/protocol/hyperparameters.ts";
import { t } from "../src/l10n.ts";

export const decayNames: Record<DecayName, string> = {
	constant: t("Constant"),
	inverseTime: t("Inverse time"),
	exponential: t("Exponential"),
	sqrtEpoch: t("1/√epoch"),
	sqrtStep: t("1/√step"),
	staircase: t("Staircase"),
	cosine: t("Cosine"),
	linear: t("Linear"),
	oneCycle: t("One cycle"),
	piecewise: t("Piecewise"),
	manual: t("By hand"),
};
