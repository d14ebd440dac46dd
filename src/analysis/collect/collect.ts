import { find } from "../frameworks/signature.ts";
import { remembered } from "../meaning/names.ts";
import { Survey } from "../meaning/survey.ts";
import { plainParameter, Reading } from "../reading.ts";
import type { Statement } from "../syntax/code.ts";
import type { LanguageName } from "../syntax/grammars.ts";
import { Actions } from "./actions.ts";
import { collectBatches, collectNamed, namedValues } from "./batches.ts";
import { collectClips } from "./clips.ts";
import { collectCosts } from "./costs.ts";
import { collectDatasets } from "./datasets.ts";
import { collectLoops } from "./loops.ts";
import { collectModels } from "./models.ts";
import { collectOptimizers } from "./optimizers.ts";
import { collectHeldOut, collectRows } from "./rows.ts";
import { collectScheduleMoves } from "./schedule-moves.ts";
import { collectTables } from "./tables.ts";

/** Calls that fix random numbers. */
const SEEDS =
	/^(torch\.(cuda\.)?manual_seed(_all)?|numpy\.random\.(seed|default_rng)|random\.seed|tensorflow\.(random\.)?set_(random_)?seed|keras\.utils\.set_random_seed|jax\.random\.(PRNGKey|key)|transformers\.(trainer_utils\.)?set_seed|accelerate\.(utils\.)?set_seed|lightning\.seed_everything|flax\.nnx\.Rngs)$/;

/**
 * Reads everything that a program says about training.
 * @param survey of the same program before an edit: what it found is kept where the statements are the same
 */
export function collect(
	statements: Statement[],
	language: LanguageName,
	survey = new Survey(),
): { reading: Reading; actions: Actions } {
	const reading = new Reading(statements, language, survey);
	collectOptimizers(reading);
	collectBatches(reading);
	collectDatasets(reading);
	collectTables(reading);
	collectCosts(reading);
	collectClips(reading);
	collectModels(reading);
	collectRows(reading);
	collectHeldOut(reading);
	const actions = new Actions(reading);
	collectLoops(reading, actions);
	collectNamed(reading);
	collectScheduleMoves(reading, actions);
	const { facts } = reading;
	if (facts.frameworks.length > 0 && !facts.optimizers.some((o) => find(o.parameters, "learningRate"))) {
		facts.rates = namedValues(reading, /^(base_?|init(ial)?_?|max_?)?(lr|learning_?rate)$/i, "learningRate").map(
			plainParameter,
		);
	}
	facts.seeded =
		[...reading.survey.callsByName.keys()].some((name) =>
			/seed_?(everything|all)|set_?(random_)?seed|fix_?seed|manual_?seed/i.test(name),
		) ||
		reading.calls.some((c) => isSeed(c.name)) ||
		facts.optimizers.some((o) => o.framework === "huggingface");
	return { reading, actions };
}

const isSeed = remembered((name) => SEEDS.test(name));
