/**
 * Bad input, in one sentence that says what, where and what to do. Its message is shown as it is, on the panel
 * and on the command line (exit code 2). Everything else that is thrown is a fault of ours and goes to the log.
 */
export class InputError extends Error {
	override readonly name = "InputError";
}
