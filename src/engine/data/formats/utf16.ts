import { InputError } from "../../input-error.ts";

/** @throws InputError when the mark at a text's beginning says that it is in UTF-16 */
export function refuseUtf16(name: string, [first, second]: Uint8Array): void {
	if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
		throw new InputError(`${name} is UTF-16 text; save it as UTF-8.`);
	}
}
