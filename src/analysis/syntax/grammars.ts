import { Language, Parser } from "web-tree-sitter";

/** Languages that training loops are read in, named as their grammars are. */
export type LanguageName = "python" | "typescript" | "tsx" | "javascript";

/** A parser for each language, loaded when it is first asked for. */
export class Grammars {
	private readonly read: (file: string) => Promise<Uint8Array>;
	private runtime: Promise<void> | undefined;
	private readonly parsers = new Map<LanguageName, Promise<Parser>>();

	/** @param read gives the bytes of a file that the build left beside the bundle, such as `tree-sitter-python.wasm` */
	constructor(read: (file: string) => Promise<Uint8Array>) {
		this.read = read;
	}

	/** The grammars' language ABI is 14 or 15; web-tree-sitter 0.27 takes 13 to 15, and refuses others. */
	parser(language: LanguageName): Promise<Parser> {
		let parser = this.parsers.get(language);
		if (!parser) {
			parser = this.load(language);
			this.parsers.set(language, parser);
			// What could not be loaded is tried again the next time.
			parser.catch(() => {
				this.parsers.delete(language);
				this.runtime = undefined;
			});
		}
		return parser;
	}

	private async load(language: LanguageName): Promise<Parser> {
		this.runtime ??= this.read("web-tree-sitter.wasm").then((wasmBinary) => Parser.init({ wasmBinary }));
		const [bytes] = await Promise.all([this.read(`tree-sitter-${language}.wasm`), this.runtime]);
		return new Parser().setLanguage(await Language.load(bytes));
	}
}
