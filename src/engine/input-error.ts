/**
 * Bad input, in one sentence that says what, where and what to do. Its message is shown as it is, on the panel
 * and on the command line (exit code 2). Everything else that is thrown is a fault of ours and goes to the log.
 */
export class InputError extends Error {
	override readonly name = "InputError";

	/** @param message a sentence; names and cells in it that come from a file stay on its line, and are cut where long */
	constructor(message: string, options?: ErrorOptions) {
		const line = message.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
		super(line.replace(/"([^"]{100})[^"]+"/g, '"$1..."'), options);
	}
}
