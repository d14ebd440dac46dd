import * as vscode from "vscode";

/** The extension's settings, read when they are needed, so that a change acts at once. */
export const config = {
	include: () => read<string>("datasets.include"),
	exclude: () => read<string>("datasets.exclude"),
	/** bytes that kept runs may take together; 0: none is kept */
	mostKeptBytes: () => read<number>("runs.maxSizeMB") * 1e6,
	/** milliseconds after which an idle engine process ends */
	idleMs: () => read<number>("engine.idleSeconds") * 1000,
	/** milliseconds that reading a dataset may take */
	readMs: () => read<number>("engine.readSeconds") * 1000,
};

function read<T>(key: string): T {
	return vscode.workspace.getConfiguration("descent").get<T>(key) as T;
}
