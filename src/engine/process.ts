// Entry of the engine's child process: messages in, messages out.
import { createService } from "./service.ts";

const { DESCENT_CACHE_FOLDER: folder, DESCENT_CACHE_BYTES: bytes } = process.env;
const service = createService(
	__dirname,
	(message) => {
		if (process.connected) process.send!(message);
	},
	folder ? { folder, maxBytes: Number(bytes) } : undefined,
);
process.on("message", service.receive);

/** A disk that does not answer must not keep the process. */
const LEAVE_MS = 5000;

async function leave(): Promise<void> {
	setTimeout(() => process.exit(), LEAVE_MS);
	await service.suspend().catch(() => {});
	process.exit();
}
// The host is gone, and nobody would see the results; or it asks the process to end.
process.on("disconnect", leave);
process.on("SIGTERM", leave);
