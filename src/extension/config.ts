import * as vscode from "vscode";
import type { Severity } from "../analysis/index.ts";

/** The extension's settings, read when they are needed, so that a change acts at once. */
export const config = {
	include: () => read<string>("datasets.include"),
	exclude: () => read<string>("datasets.exclude"),
	/** bytes that kept runs may take together; 0: none is kept */
	mostKeptBytes: () => read<number>("runs.maxSizeMB") * 1e6,
	/** bytes that the tables kept for the next run may take */
	cacheBytes: () => read<number>("cache.maxSizeMB") * 2 ** 20,
	/** milliseconds after which an idle engine process ends */
	idleMs: () => read<number>("engine.idleSeconds") * 1000,
	/** milliseconds that reading a dataset may take */
	readMs: () => read<number>("engine.readSeconds") * 1000,
	/** bytes that a run may take; undefined: as many as the engine thinks right */
	memoryLimit(): number | undefined {
		const megabytes = read<number>("engine.memoryLimitMB");
		return megabytes > 0 ? megabytes * 2 ** 20 : undefined;
	},
	/** seconds that a run may train which follows an edit */
	liveSeconds: () => read<number>("live.seconds"),
	/** rows that it trains on at most */
	liveRows: () => read<number>("live.rows"),
	codeLens: (uri: vscode.Uri) => read<boolean>("codeLens.enabled", uri),
	inlayHints: (uri: vscode.Uri) => read<boolean>("inlayHints.enabled", uri),
	hovers: (uri: vscode.Uri) => read<boolean>("hovers.enabled", uri),
	findings: (uri: vscode.Uri) => read<boolean>("findings.enabled", uri),
	/** severity by code, where it is another than the finding's own */
	findingSeverities: (uri: vscode.Uri) => read<Record<string, Severity | "off">>("findings.severity", uri),
	/** glob patterns of files without findings */
	findingsExclude: (uri: vscode.Uri) => read<string[]>("findings.exclude", uri),
};

/** @param scope the document that it is for: folders and languages may have settings of their own */
function read<T>(key: string, scope?: vscode.Uri): T {
	return vscode.workspace.getConfiguration("descent", scope).get<T>(key) as T;
}
