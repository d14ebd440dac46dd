// optax's snippets: read everywhere, with the engine's preset for values; run where Python has optax (DESCENT_PYTHON).

import type { OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import {
	averagesOf40And49,
	BOWL_START,
	BOWL_STEPS,
	bowlPath,
	EPOCHS,
	STEPS,
	STEPS_PER_EPOCH,
	stepRates,
} from "../support/figures.ts";
import { testParsedSnippets } from "../support/parsed-snippets.ts";
import { type Trial, testPythonSnippets } from "../support/python-snippets.ts";
import { optimizerFacts } from "../support/snippet-facts.ts";

testParsedSnippets(
	"optax",
	{
		"optax.sgd": "learning_rate momentum nesterov",
		"optax.rmsprop": "learning_rate decay eps initial_scale eps_in_sqrt centered momentum nesterov",
		"optax.adam": "learning_rate b1 b2 eps eps_root nesterov",
		"optax.adamw": "learning_rate b1 b2 eps eps_root weight_decay mask nesterov",
		"optax.adagrad": "learning_rate initial_accumulator_value eps",
		"optax.nadam": "learning_rate b1 b2 eps eps_root",
		"optax.lion": "learning_rate b1 b2 weight_decay mask",
		"optax.apply_updates": "params updates",
		"optax.constant_schedule": "value",
		"optax.exponential_decay": "init_value transition_steps decay_rate transition_begin staircase end_value",
		"optax.piecewise_constant_schedule": "init_value boundaries_and_scales",
		"optax.cosine_decay_schedule": "init_value decay_steps alpha exponent",
		"optax.linear_schedule": "init_value end_value transition_steps transition_begin",
		"optax.cosine_onecycle_schedule": "transition_steps peak_value pct_start div_factor final_div_factor",
		"optax.warmup_cosine_decay_schedule": "init_value peak_value warmup_steps decay_steps end_value exponent",
		"optax.ema": "decay debias",
	},
	optimizerFacts.optax,
	{
		learning_rate: "learningRate",
		momentum: "beta",
		nesterov: "nesterov",
		decay: "beta2",
		b1: "beta1",
		b2: "beta2",
		eps: "epsilon",
		eps_in_sqrt: ({ epsilonPlacement }) => epsilonPlacement === "inside",
		initial_accumulator_value: "initialAccumulator",
		weight_decay: "weightDecay",
	},
);

function optimizer(config: OptimizerConfig): Trial {
	return {
		after: `
w = jnp.array(${JSON.stringify(BOWL_START)})
state = optimizer.init(w)
result = []
for t in range(${BOWL_STEPS}):
    updates, state = optimizer.update(w * jnp.array([1.0, 10.0]), state, w)
    w = optax.apply_updates(w, updates)
    result += w.tolist()
`,
		expected: ({ text }) =>
			bowlPath({
				...config,
				...(text.includes("nesterov=True") && { nesterov: true }),
				...(text.includes("eps_in_sqrt=False") && { epsilonPlacement: "outside" }),
			}),
		tolerance: 1e-5,
	};
}

/** @param expected the rate of each mini-batch, by what was chosen for staircase */
function schedule(expected: (staircase: boolean) => number[]): Trial {
	return {
		setup: `epochs, steps_per_epoch = ${EPOCHS}, ${STEPS_PER_EPOCH}`,
		// As an optimizer calls it: in compiled code, with a count that is not known before.
		after: `
rate = jax.jit(schedule)
result = [float(rate(jnp.int32(count))) for count in range(${STEPS})]
`,
		expected: ({ chosen }) => expected(chosen[0] !== "False"),
		tolerance: 1e-6,
	};
}

const bySteps = (rate: (step: number) => number) => Array.from({ length: STEPS }, (_, step) => rate(step));
const cosine = (from: number, to: number, share: number) => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

testPythonSnippets("optax", ["jax", "optax", "orbax"], "import jax\nimport jax.numpy as jnp\nimport optax", {
	"optax-loop": {
		setup: `
x_train = jax.random.normal(jax.random.key(1), (600, 3))
y_train = (x_train.sum(axis=1) > 0).astype(jnp.float32)
params = {"w": jnp.zeros(3), "b": jnp.zeros(())}

def loss_function(params, x, y):
    return optax.sigmoid_binary_cross_entropy(x @ params["w"] + params["b"], y).mean()
`,
		after: `
costs = [float(line.split()[-1]) for line in printed.splitlines()]
assert len(costs) == 20 and costs[-1] < costs[0], costs
assert abs(costs[-1] - loss_function(params, x_train, y_train)) < 0.01
result = [int(opt_state[0].count)]
`,
		expected: ({ chosen }) => [20 * Math.ceil(600 / Number(chosen[0].replace("m", "600")))],
	},
	...Object.fromEntries(Object.entries(optimizerFacts.optax).map(([prefix, config]) => [prefix, optimizer(config)])),
	"optax-constant": schedule(() => stepRates({ name: "constant" }, 0.001)),
	"optax-inverse-time": schedule(() => stepRates({ name: "inverseTime" }, 0.2)),
	"optax-exponential": schedule((staircase) =>
		staircase
			? stepRates({ name: "exponential", base: 0.95 }, 0.001)
			: bySteps((step) => 0.001 * 0.95 ** (step / STEPS_PER_EPOCH)),
	),
	"optax-sqrt-epoch": schedule(() => stepRates({ name: "sqrtEpoch" }, 0.001)),
	"optax-sqrt-step": schedule(() => stepRates({ name: "sqrtStep" }, 0.001)),
	"optax-staircase": schedule(() => stepRates({ name: "staircase", every: 10, factor: 0.5 }, 0.001)),
	"optax-piecewise": schedule(() =>
		stepRates(
			{
				name: "piecewise",
				points: [
					{ epoch: 30, rate: 0.0001 },
					{ epoch: 60, rate: 0.00001 },
				],
			},
			0.001,
		),
	),
	"optax-cosine": schedule(() => stepRates({ name: "cosine" }, 0.001)),
	"optax-linear": schedule(() => stepRates({ name: "linear" }, 0.001)),
	// optax turns a step later than PyTorch, and comes to its last rate a step after the last.
	"optax-one-cycle": schedule(() =>
		bySteps((step) => {
			const turn = 0.3 * STEPS;
			if (step < turn) return cosine(0.01 / 25, 0.01, step / turn);
			return cosine(0.01, 0.01 / 25 / 1e4, (step - turn) / (STEPS - turn));
		}),
	),
	"optax-warmup": schedule(() =>
		bySteps((step) =>
			step < 100 ? 1e-5 + ((0.001 - 1e-5) * step) / 100 : cosine(0.001, 0, (step - 100) / (STEPS - 100)),
		),
	),
	"optax-average": {
		setup: 'params = {"w": jnp.zeros(1)}',
		after: `
result = []
for theta in (40.0, 49.0):
    averaged, average_state = average.update({"w": jnp.array([theta])}, average_state)
    result.append(float(averaged["w"][0]))
`,
		expected: ({ chosen }) => averagesOf40And49(Number(chosen[0])),
		tolerance: 1e-5,
	},
	"optax-checkpoint": {
		after: `
optimizer = optax.adam(0.1)

def begin(seed):
    params = {"w": jnp.full(3, float(seed))}
    return params, optimizer.init(params), jax.random.key(seed)

def epoch_of(params, opt_state, key):
    key, noise = jax.random.split(key)
    updates, opt_state = optimizer.update({"w": params["w"] + jax.random.normal(noise, (3,))}, opt_state, params)
    return optax.apply_updates(params, updates), opt_state, key

assert load_checkpoint(*begin(2))[0] == 0
run = epoch_of(*begin(1))
save_checkpoint(0, *run)
checkpoints.wait_until_finished()
run = epoch_of(*run)
first_epoch, *again = load_checkpoint(*begin(2))
again = epoch_of(*again)
assert first_epoch == 1 and (run[0]["w"] == again[0]["w"]).all() and (run[1][0].nu["w"] == again[1][0].nu["w"]).all()
checkpoints.close()
`,
	},
	"optax-early-stopping": {
		after: `
for epoch, cost in enumerate([5.0, 4.0, 4.5, 3.0] + [3.0] * 20):
    params = {"w": jnp.array([float(epoch)])}
    if early_stopping.should_stop(jnp.float32(cost), params):
        params = early_stopping.best
        break
# The fourth epoch was the best, and ten more were waited for.
result = [epoch, float(params["w"][0]), float(early_stopping.best_cost)]
`,
		expected: () => [13, 3, 3],
	},
});
