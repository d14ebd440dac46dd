/** What the members of a team are told to do next; `quit` ends a member's thread. */
export const commands = ["quit", "gradients", "evaluate", "clamp", "squares", "update"] as const;
export type Command = (typeof commands)[number];

/** Words of the control block (int32), those that threads wait on each in a cache line of its own. */
const ARRIVED = 0;
const PASSED = 16;
const SLEEPING = 32;
const READY = 33;
const COMMAND = 34;
const MEMBERS = 35;
const ARGUMENTS = 36;
/** one word for each member: how often it was called to work */
const CALLS = 48;

/** Threads of a team at most. */
export const MOST_THREADS = 16;
/** A waiting thread looks this often before it lays itself to sleep, some 50 us. */
const LOOKS = 20_000;

/**
 * One thread's end of a team that works in step on one shared memory: member 0 calls, all called ones work, and all
 * meet. With one member at work nothing is shared and nothing waits.
 */
export class Team {
	readonly rank: number;
	private readonly words: Int32Array<SharedArrayBuffer>;
	private calls = 0;

	/** @param control offset of CONTROL_BYTES zeroed bytes in the memory */
	constructor(memory: WebAssembly.Memory, control: number, rank: number) {
		this.words = new Int32Array(memory.buffer as SharedArrayBuffer, control, CALLS + MOST_THREADS);
		this.rank = rank;
	}

	/** Members that have come and wait for their first call. */
	get ready(): number {
		return Atomics.load(this.words, READY);
	}

	/** Sleeps until so many members have come. @returns false when they have not within `ms` */
	awaitReady(members: number, ms: number): boolean {
		const end = performance.now() + ms;
		for (let ready = this.ready; ready < members; ready = this.ready) {
			const left = end - performance.now();
			if (left <= 0) return false;
			Atomics.wait(this.words, READY, ready, left);
		}
		return true;
	}

	/** Members at work in the present call. */
	get members(): number {
		return this.words[MEMBERS];
	}

	argument(index: number): number {
		return this.words[ARGUMENTS + index];
	}

	/** As member 0: calls members 1 to `members` - 1 to work. @param a, b, c, d, e whole numbers for the command */
	call(command: Command, members: number, a = 0, b = 0, c = 0, d = 0, e = 0): void {
		const { words } = this;
		words[COMMAND] = commands.indexOf(command);
		words[MEMBERS] = members;
		words[ARGUMENTS] = a;
		words[ARGUMENTS + 1] = b;
		words[ARGUMENTS + 2] = c;
		words[ARGUMENTS + 3] = d;
		words[ARGUMENTS + 4] = e;
		for (let rank = 1; rank < members; rank++) Atomics.add(words, CALLS + rank, 1);
		if (members > 1 && Atomics.load(words, SLEEPING) > 0) {
			for (let rank = 1; rank < members; rank++) Atomics.notify(words, CALLS + rank);
		}
	}

	/** As another member: waits for the next call. */
	awaitCall(): Command {
		if (this.calls === 0) {
			Atomics.add(this.words, READY, 1);
			Atomics.notify(this.words, READY);
		}
		this.wait(CALLS + this.rank, this.calls);
		this.calls++;
		return commands[this.words[COMMAND]];
	}

	/** Waits until every member at work has come here; what they wrote before is seen after. */
	meet(): void {
		const { words } = this;
		const members = words[MEMBERS];
		if (members === 1) return;
		const passed = Atomics.load(words, PASSED);
		if (Atomics.add(words, ARRIVED, 1) < members - 1) {
			this.wait(PASSED, passed);
			return;
		}
		// The last one sets the others free.
		Atomics.store(words, ARRIVED, 0);
		Atomics.add(words, PASSED, 1);
		if (Atomics.load(words, SLEEPING) > 0) Atomics.notify(words, PASSED);
	}

	/** Waits until a word is no longer `value`. */
	private wait(word: number, value: number): void {
		const { words } = this;
		for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, word) !== value) return;
		// Who changes the word then looks whether anybody sleeps: one of both sees the other.
		Atomics.add(words, SLEEPING, 1);
		while (Atomics.load(words, word) === value) Atomics.wait(words, word, value);
		Atomics.sub(words, SLEEPING, 1);
	}
}
