import * as vscode from "vscode";

/**
 * @returns what the dev set says of a run, in the digits of panel and terminal: "accuracy 0.985", "R² 0.912"; undefined
 *   when there is no dev set
 */
export function scoreWords({ devAccuracy, devR2 }: { devAccuracy?: number; devR2?: number }): string | undefined {
	if (devAccuracy !== undefined) return vscode.l10n.t("accuracy {0}", devAccuracy.toFixed(3));
	return devR2 === undefined ? undefined : `R² ${devR2.toFixed(3)}`;
}
