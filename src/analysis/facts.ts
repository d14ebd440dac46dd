import type { Task } from "../engine/protocol/dataset.ts";
import type { OptimizerName, RatePoint } from "../engine/protocol/hyperparameters.ts";
import type { Constant, Origin } from "./meaning/meaning.ts";
import type { Framework } from "./meaning/names.ts";
import type { Span } from "./syntax/code.ts";

export type { Constant, Framework, Origin, Span };

/** Where a fact comes from: a framework's code, or a run file. */
export type Source = Framework | "runFile" | "plain";

/** A value that the text gives to a hyperparameter, or the library when the text does not. */
export interface Parameter {
	/** one name in all frameworks, as run files have it where they have it: "learningRate", "beta1", "epsilon" */
	name: string;
	/** as the library calls it: "lr", "betas" */
	written: string;
	/** undefined when it cannot be known */
	value?: Constant | number[];
	/** why it cannot be known, as the end of a sentence: "it is an f-string" */
	unknown?: string;
	/** title of the schedule that is given for it */
	follows?: string;
	/** the expression given for it; absent when the library's default holds */
	at?: Span;
	/** where the number itself is written, in or outside of the call */
	writtenAt?: Span;
	origin: Origin | "unknown";
}

export interface OptimizerFact {
	framework: Source;
	/** the engine's equal, where it has one */
	optimizer?: OptimizerName;
	/** full name in the library: "torch.optim.Adam" */
	library: string;
	/** last part of it: "Adam" */
	title: string;
	parameters: Parameter[];
	/** of parameter groups, what they say otherwise */
	groups: Parameter[][];
	at: Span;
	/** the name that is called: where a lens or a hover stands */
	nameAt: Span;
	/** the schedule that its rate follows, as an index into the schedules */
	schedule?: number;
}

export type ScheduleUnit = "epochs" | "steps";

export interface ScheduleFact {
	framework: Source;
	library: string;
	title: string;
	/** name of the family: as run files have it, or "warmup", "plateau", "cyclic", "lambda", "sequence" */
	decay: string;
	parameters: Parameter[];
	/** what its parameters count: calls of step() in PyTorch, steps in Keras and optax */
	counts: "calls" | ScheduleUnit;
	/** how often it moves, as far as the text tells */
	moves?: ScheduleUnit;
	at: Span;
	nameAt: Span;
	/** the optimizer that it drives, as an index into the optimizers */
	optimizer?: number;
	/** of a sequence, what follows each other, as indices into the schedules */
	parts?: number[];
	/** of a run file's piecewise decay */
	points?: RatePoint[];
}

export interface BatchSizeFact {
	framework: Source;
	/** "train" unless what is read is evaluated only */
	role: "train" | "evaluation";
	parameter: Parameter;
	/** what takes it: "DataLoader", "fit", "batch"; "variable" when only its name tells */
	where: string;
	at: Span;
	/** true when the last, smaller batch is left out */
	dropsLast?: boolean;
	/** gradients of so many batches are summed before a step */
	accumulation?: Parameter;
	/** rows that it is cut from, where the text tells */
	rows?: number;
}

export interface EpochsFact {
	framework: Source;
	parameter: Parameter;
	where: string;
	at: Span;
}

export interface DatasetFact {
	/** function that reads it: "pandas.read_csv" */
	library: string;
	/** file or name of a collection, undefined when it cannot be known */
	name?: string;
	unknown?: string;
	/** a file of the user's, or a collection that the library brings */
	kind: "file" | "collection";
	/** training rows, of collections whose size is fixed */
	rows?: number;
	at: Span;
	nameAt?: Span;
}

/** A column of a table: its name in the file, or its place, from 0 or, where it is negative, from the end. */
export type Column = string | number;

/** What a program takes of the table that it trains on. */
export interface TableFact<C extends Column = Column> {
	/** the call that reads it, as an index into the datasets */
	dataset: number;
	target?: C;
	/** why no target is known, as the end of a sentence; absent where nothing says what the target is */
	unknownTarget?: string;
	/** columns that it learns from */
	features?: C[];
	/** instead of naming them, it learns from all that are left; absent where neither is known */
	takesRest?: true;
	/** columns that it takes out */
	without: C[];
	/** rows with no value in one of these columns are left out: all but those in `without` where none are named */
	complete: { names?: C[]; without: C[] }[];
	/** cells that its reader takes for no value */
	marks: string[];
	/** what else chooses rows: "query()"; which ones are left is then not known */
	chosenBy?: string;
	/** what makes places in the program other ones in the file: that it lacks one of these columns, or has not so many */
	places?: { assigned: string[]; columns?: number };
}

/** A cost that a program computes or compiles. */
export interface CostFact {
	/** "MSELoss" */
	title: string;
	/** what it can be the cost of; absent for one that Descent does not know */
	task?: Task;
	/** true for the mean squared error and the cross-entropies, which the engine has */
	own: boolean;
	at: Span;
}

/** What a call clips gradients by. */
export interface ClipFact {
	/** of the whole gradient, or each of its numbers */
	by: "norm" | "value";
	limit: Parameter;
}

export interface LayerFact {
	kind:
		| "input"
		| "dense"
		| "convolution"
		| "recurrent"
		| "embedding"
		| "normalization"
		| "dropout"
		| "activation"
		| "other";
	/** "Linear" */
	title: string;
	inputs?: number;
	outputs?: number;
	activation?: string;
	/** false when it has an activation that cannot be told */
	knownActivation?: boolean;
	at: Span;
}

export interface ModelFact {
	framework: Source;
	/** variable or class */
	name: string;
	layers: LayerFact[];
	/** weights and biases of the dense layers, when all layers that have any are dense and known */
	parameters?: number;
	at: Span;
}

/** What a call does in a loop. */
export type StepKind =
	| "zeroGrad"
	| "forward"
	| "backward"
	| "clip"
	| "step"
	| "schedulerStep"
	| "train"
	| "eval"
	| "fit"
	| "call";

export interface LoopCall {
	kind: StepKind;
	/** as it is written, without arguments: "optimizer.step" */
	name: string;
	at: Span;
}

export interface LoopFact {
	framework: Source;
	/** goes over epochs, over mini-batches, or is a call that does both */
	kind: "epochs" | "batches" | "fit" | "steps";
	at: Span;
	/** the line that a lens stands on: from the loop's first character to the end of its header */
	header: Span;
	epochs?: Parameter;
	/** calls inside in order of running, those of the program's own functions in their place */
	calls: LoopCall[];
	/** loop around it, as an index into the loops */
	outer?: number;
	trains: boolean;
}

/** What a text says about training. Offsets are UTF-16 offsets in the text. */
export interface Facts {
	frameworks: Framework[];
	optimizers: OptimizerFact[];
	schedules: ScheduleFact[];
	batchSizes: BatchSizeFact[];
	epochs: EpochsFact[];
	datasets: DatasetFact[];
	/** of each table, what is taken of it */
	tables: TableFact[];
	costs: CostFact[];
	clips: ClipFact[];
	models: ModelFact[];
	loops: LoopFact[];
	/**
	 * rows that the program itself keeps from training: shares of all rows (below 1) or numbers of rows; in a list, those of
	 * all parts, of which the first trains, or the share of the first alone
	 */
	heldOut: Parameter[];
	/** learning rates that are given without an optimizer of a library */
	rates: Parameter[];
	/** true when something fixes the random numbers */
	seeded: boolean;
}

/** A replacement in the text that mends a finding. */
export interface FixEdit extends Span {
	text: string;
}

export type Severity = "error" | "warning" | "info" | "hint";

export interface Finding extends Span {
	/** its page is docs/findings/CODE.md */
	code: string;
	severity: Severity;
	/** what was seen, with the numbers */
	message: string;
	/** one thing to do */
	advice: string;
	fix?: { title: string; edits: FixEdit[] };
}

/** What a text says, and what is wrong with it. */
export interface Analysis {
	facts: Facts;
	findings: Finding[];
}
