/** What the three programs in Python share. */
import { type Dialect, type Line, write } from "./expression.ts";
import { heading, type Part, type Program, type Rates } from "./program.ts";
import { rateRule } from "./rate-rule.ts";
import type { UpdateRule } from "./update-rule.ts";

/** @returns the docstring of the program */
export function docstring(program: Program, library: string): string[] {
	const [first, ...rest] = heading(program, library);
	return [`"""${first}`, ...rest, '"""'];
}

/** Reads the file beside the program without a package of its own. */
export function readData({ dataFile }: Program): string[] {
	return [
		"def read_arrays(path):",
		'    """The arrays of a safetensors file: a length of 8 bytes, a JSON header of that length, then their bytes."""',
		"    content = path.read_bytes()",
		'    start = 8 + int.from_bytes(content[:8], "little")',
		"    arrays = {}",
		"    for name, entry in json.loads(content[8:start]).items():",
		'        if name != "__metadata__":',
		'            first, end = entry["data_offsets"]',
		'            kind = {"F32": "<f4", "U32": "<u4"}[entry["dtype"]]',
		'            arrays[name] = np.frombuffer(content[start + first : start + end], kind).reshape(entry["shape"])',
		"    return arrays",
		"",
		"",
		`data = read_arrays(Path(__file__).with_name(${JSON.stringify(dataFile)}))`,
	];
}

/** snake_case of a name in a formula; single letters and gradients stay as they are */
export function pythonName(name: string): string {
	return name === "dW"
		? name
		: name.replace(/[A-Z]/g, (letter, at) => (at === 0 ? letter : `_${letter.toLowerCase()}`));
}

function pythonLine([name, value]: Line, dialect: Dialect): string {
	return `${pythonName(name)} = ${writePython(value, dialect)}`;
}

export function writePython(value: Line[1], dialect: Dialect): string {
	return write(value, dialect).replace(/\b[a-z]+[A-Z]\w*\b/g, pythonName);
}

/** Formulas on tensors, by the functions of a module; `largest` may be called otherwise. */
export function dialectOf(module: string, largest = "maximum"): Dialect {
	const of = (name: string) => `${module}.${name}`;
	return {
		functions: { sqrt: of("sqrt"), cos: of("cos"), floor: of("floor"), sign: of("sign"), largest: of(largest) },
		choose: (condition, yes, no) => `${of("where")}(${condition}, ${yes}, ${no})`,
	};
}

/** Formulas on plain numbers. */
export const plainPython: Dialect = {
	functions: { sqrt: "math.sqrt", cos: "math.cos", floor: "math.floor", sign: "math.copysign", largest: "max" },
	choose: (condition, yes, no) => `${yes} if ${condition} else ${no}`,
};

/** @returns the body of a function of `step`, from 0, that gives its learning rate */
export function rateBody(program: Program, rates: Rates, dialect: Dialect): string[] {
	const lines = rateRule(program.decay, program.start, rates.scaled);
	const written = lines.map((line, i) => {
		if (i < lines.length - 1) return pythonLine(line, dialect);
		return `return ${writePython(line[1], dialect)}`;
	});
	return written.map((line) => line.replace(/\bpi\b/g, "math.pi"));
}

/** @returns what a function of `step` says of itself */
export function rateWords({ decay: { name, warmup }, hasRates }: Program): string {
	if (hasRates) return "The learning rate of a step, from 0, as it was in the run.";
	const rising = warmup ? `, after a warm-up of ${warmup} steps` : "";
	return `The learning rate of a step, from 0: ${name}${rising}.`;
}

/** @returns the hyperparameters of a formula as constants of the program */
export function constants(rule: UpdateRule, { h }: Program): string[] {
	return rule.constants.map((name) => `${pythonName(name)} = ${h[name]}`);
}

export function updateLines(rule: UpdateRule, dialect: Dialect): string[] {
	return rule.lines.map((line) => pythonLine(line, dialect));
}

/** "V", "S" -> `V, S = f("V"), f("S")` */
export function unpack(names: readonly string[], get: (name: string) => string): Part {
	return names.length > 0 && `${names.join(", ")} = ${names.map(get).join(", ")}`;
}

/** @returns "epoch 1: cost 0.5, dev cost 0.6, dev accuracy 0.7" as an f-string's content */
export function epochWords({ start, run }: Program, cost: string): string {
	const dev = run.dataset.task === "regression" ? "dev R2 {dev_r2:.4f}" : "dev accuracy {dev_accuracy:.4f}";
	return `epoch {epoch + 1}: cost {${cost}:.6f}${start.devRows > 0 ? `, dev cost {dev_cost:.6f}, ${dev}` : ""}`;
}

export function stepsPerEpoch({ start }: Program): string {
	return `steps_per_epoch = ${start.stepsPerEpoch}`;
}

export function isFullBatch({ start, run }: Program): boolean {
	return run.batchSize >= start.trainRows;
}
