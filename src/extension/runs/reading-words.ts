import * as vscode from "vscode";

/** @returns how far a table is read, as a notification says it */
export function readingWords({ rows, about }: { rows: number; about: number }): string {
	return vscode.l10n.t("reading, {0} of about {1} rows", rows.toLocaleString("en-US"), aboutWords(about));
}

/** @returns an estimated number with as many digits as it deserves */
export function aboutWords(count: number): string {
	return count.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
