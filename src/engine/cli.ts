// The command line: the engine without an editor.
import { main } from "./cli/main.ts";

main(process.argv.slice(2), __dirname).then((code) => {
	process.exitCode = code;
});
