/** `vscode.l10n.t`, for what does not import VS Code, so that it can be tested without one. */
export type Translate = (message: string, ...values: (string | number)[]) => string;
