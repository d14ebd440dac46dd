// Entry of the engine's child process: messages in, messages out.
import { createService } from "./service.ts";

const receive = createService(__dirname, (message) => {
	if (process.connected) process.send!(message);
});
process.on("message", receive);
// The host is gone: nobody would see the results.
process.on("disconnect", () => process.exit());
