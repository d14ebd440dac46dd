import { loadKernels } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import { type SurfaceName, surface, surfaceNames } from "../tuning/surfaces.ts";
import { trace } from "../tuning/trace.ts";
import { type Arguments, applyFlags } from "./arguments.ts";

const STARTS: Record<SurfaceName, [number, number]> = {
	bowl: [2, 1.5],
	rosenbrock: [-1.2, 1],
	saddle: [1, 0.01],
	doubleWell: [0.1, 1],
	plateau: [1.5, -1],
};

/**
 * `descent trace`: a line a step, iteration 0 the start.
 * @returns 0, or 3 when the cost stopped being finite
 */
export async function traceCommand(args: Arguments, directory: string): Promise<number> {
	const { operands, overrides, own: asked, json } = args;
	if (operands.length > 0) throw new InputError(`"descent trace" takes no file, but "${operands[0]}" was given.`);
	const name = asked.surface as SurfaceName;
	if (!surfaceNames.includes(name)) throw new InputError(`--surface must be one of ${surfaceNames.join(", ")}.`);
	const start = (asked.start ?? STARTS[name]) as [number, number];
	if (start.length !== 2) throw new InputError(`--start takes two numbers, "X,Y", not ${start.length}.`);
	const iterations = (asked.iterations ?? 100) as number;
	if (!Number.isInteger(iterations) || iterations < 0 || iterations > 10_000_000) {
		throw new InputError(`--iterations must be a whole number from 0 to 10000000, not ${iterations}.`);
	}
	if ((asked.a !== undefined || asked.b !== undefined) && name !== "bowl") {
		throw new InputError(`--a and --b are curvatures of the bowl; the ${name} has none.`);
	}
	const { optimizer, decay, clip } = applyFlags({ dataset: { path: name } }, overrides);
	const shape = surface(name, asked.a as number | undefined, asked.b as number | undefined);
	const run = { optimizer: optimizer ?? { name: "adam" as const }, decay, clip, iterations };
	const points = trace(await loadKernels(directory), shape, start, run);
	const lines = points.map(({ iteration, position: [x, y], cost }) =>
		json
			? JSON.stringify({ iteration, position: [x, y], cost })
			: `${String(iteration).padStart(6)}  ${x.toFixed(6).padStart(12)}  ${y.toFixed(6).padStart(12)}  ${cost.toPrecision(6)}`,
	);
	if (!json) lines.unshift("  step             x             y  cost");
	process.stdout.write(`${lines.join("\n")}\n`);
	return Number.isFinite(points[points.length - 1].cost) ? 0 : 3;
}
