/** Collects and runs tests inside VS Code's extension host, where no test runner lives. */

export interface HostTest {
	name: string;
	body: () => void | Promise<void>;
	timeoutMs: number;
}

const tests: HostTest[] = [];

/** Adds a test; they run one after the other, in the order of their files' names. */
export function test(name: string, body: HostTest["body"], { timeoutMs = 30_000 } = {}): void {
	tests.push({ name, body, timeoutMs });
}

/** Runs every test, prints a line for each and a count; rejects when one failed, which sets the exit code. */
export async function runAll(): Promise<void> {
	const wanted = new RegExp(process.env.DESCENT_TEST_FILTER ?? "", "i");
	const chosen = tests.filter(({ name }) => wanted.test(name));
	let failed = 0;
	for (const { name, body, timeoutMs } of chosen) {
		const started = performance.now();
		try {
			await within(timeoutMs, Promise.resolve().then(body));
			console.log(`ok - ${name} (${(performance.now() - started).toFixed(0)} ms)`);
		} catch (error) {
			failed++;
			console.log(
				`not ok - ${name}\n${indent(error instanceof Error ? (error.stack ?? error.message) : String(error))}`,
			);
		}
	}
	console.log(`# host tests: ${chosen.length - failed} passed, ${failed} failed`);
	if (failed > 0) throw new Error(`${failed} host tests failed`);
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`took over ${ms} ms`)), ms);
	});
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Polls until a condition holds: for what VS Code gives no event for. */
export async function until<T>(
	what: string,
	condition: () => T | Promise<T>,
	timeoutMs = 10_000,
): Promise<NonNullable<T>> {
	const deadline = performance.now() + timeoutMs;
	for (;;) {
		const value = await condition();
		if (value) return value;
		if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

function indent(text: string): string {
	return text.replace(/^/gm, "    ");
}
