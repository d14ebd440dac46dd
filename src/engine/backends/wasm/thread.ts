// Entry of a worker thread: one more member of a network's team.
import { workerData } from "node:worker_threads";
import { kernelsOver } from "./kernels.ts";
import { NetworkPart, type NetworkPlan } from "./network-part.ts";
import { Team } from "./team.ts";

/** What a thread is started with. */
export interface ThreadData {
	module: WebAssembly.Module;
	memory: WebAssembly.Memory;
	plan: NetworkPlan;
	rank: number;
}

const { module, memory, plan, rank } = workerData as ThreadData;
const team = new Team(memory, plan.arena.control, rank);
const part = new NetworkPart(kernelsOver(module, memory), memory, plan, team);
for (let command = team.awaitCall(); command !== "quit"; command = team.awaitCall()) part.perform(command);
