// NumPy's snippets run: the optimizers take the engine's steps, the decays its rates, the averages the notes' figures.
import type { DecayConfig, OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import {
	averagesOf40And49,
	BOWL_START,
	BOWL_STEPS,
	bowlPath,
	EPOCHS,
	epochRates,
	STEPS,
	stepRates,
} from "../support/figures.ts";
import { type Trial, testPythonSnippets } from "../support/python-snippets.ts";
import type { Expansion } from "../support/snippet-body.ts";

/**
 * Two walks over the bowl: with the snippet's own values, then with an epsilon or a decay large enough to be seen.
 * @param keywords of the second walk in Python, @param seen the same for the engine
 * @param other what the choice's other option means for the engine
 */
function optimizer(
	call: string,
	name: OptimizerConfig["name"],
	keywords: string,
	seen: Partial<OptimizerConfig>,
	other: Partial<OptimizerConfig> = {},
): Trial {
	return {
		after: `
for keywords in ({}, dict(${keywords})):
    params, v, s = {"W": np.array(${JSON.stringify(BOWL_START)})}, {}, {}
    for t in range(1, ${BOWL_STEPS + 1}):
        grads = {"W": params["W"] * np.array([1.0, 10.0])}
        ${call}
        result += params["W"].tolist()
`,
		expected: async (expansion) => {
			const variant = { name, ...(expansion.other ? other : {}) };
			return [...(await bowlPath(variant)), ...(await bowlPath({ ...variant, ...seen }))];
		},
		tolerance: 2e-6,
	};
}

function byEpoch(name: string, config: DecayConfig, a0: number): Trial {
	return { after: `result = [${name}(epoch) for epoch in range(${EPOCHS})]`, expected: () => epochRates(config, a0) };
}

function byStep(call: string, config: DecayConfig, a0: number): Trial {
	return { after: `result = [${call} for step in range(${STEPS})]`, expected: () => stepRates(config, a0) };
}

const beta = ({ chosen }: Expansion) => Number(chosen[0]);

testPythonSnippets("numpy", ["numpy"], "import numpy as np\nresult = []", {
	"np-loop": {
		setup: `
rows = np.random.default_rng(1)
x_train = rows.normal(size=(600, 3))
y_train = (x_train @ np.array([[1.0], [-2.0], [0.5]]) + 0.3 > 0).astype(float)
`,
		after: `
costs = [float(line.split()[-1]) for line in printed.splitlines()]
assert len(costs) == 100 and costs[0] < np.log(2) + 1e-6 and costs[-1] < 0.6 * costs[0], costs
assert np.mean((x_train @ params["W"] + params["b"] > 0) == y_train) > 0.95
if batch_size == m:
    # All rows at once, in whatever order: the cost of the 100th epoch is that of 99 plain steps from 0.
    w, b = np.zeros(3), 0.0
    for _ in range(99):
        e = 1 / (1 + np.exp(-(x_train @ w + b))) - y_train[:, 0]
        w, b = w - 0.1 * x_train.T @ e / 600, b - 0.1 * e.mean()
    p = 1 / (1 + np.exp(-(x_train @ w + b)))
    result = [costs[-1], -np.mean(np.log(np.where(y_train[:, 0] > 0, p, 1 - p)))]
    assert abs(result[0] - result[1]) < 1e-6, result
result = None
`,
	},
	"np-gradient-descent": optimizer(
		"gradient_descent(params, grads, **keywords)",
		"gradientDescent",
		"learning_rate=0.02",
		{ learningRate: 0.02 },
	),
	"np-momentum": optimizer(
		"momentum(params, grads, v, **keywords)",
		"momentum",
		"learning_rate=0.01, beta=0.8",
		{ learningRate: 0.01, beta: 0.8 },
		{ form: "classical" },
	),
	"np-rmsprop": optimizer(
		"rmsprop(params, grads, s, **keywords)",
		"rmsprop",
		"epsilon=0.1, beta2=0.8",
		{ epsilon: 0.1, beta2: 0.8 },
		{ epsilonPlacement: "outside" },
	),
	"np-adam": optimizer(
		"adam(params, grads, v, s, t, **keywords)",
		"adam",
		"epsilon=0.1, learning_rate=0.02",
		{ epsilon: 0.1, learningRate: 0.02 },
		{ epsilonPlacement: "inside" },
	),
	"np-adamw": optimizer("adamw(params, grads, v, s, t, **keywords)", "adamw", "epsilon=0.1, weight_decay=0.5", {
		epsilon: 0.1,
		weightDecay: 0.5,
	}),
	"np-adagrad": optimizer("adagrad(params, grads, s, **keywords)", "adagrad", "epsilon=0.1", { epsilon: 0.1 }),
	"np-nadam": optimizer("nadam(params, grads, v, s, t, **keywords)", "nadam", "epsilon=0.1, momentum_decay=0.5", {
		epsilon: 0.1,
		momentumDecay: 0.5,
	}),
	"np-lion": optimizer("lion(params, grads, v, **keywords)", "lion", "learning_rate=0.0123, weight_decay=0.5", {
		learningRate: 0.0123,
		weightDecay: 0.5,
	}),
	"np-constant": byEpoch("constant_rate", { name: "constant" }, 0.1),
	"np-inverse-time": byEpoch("inverse_time_decay", { name: "inverseTime", rate: 1 }, 0.2),
	"np-exponential": byEpoch("exponential_decay", { name: "exponential", base: 0.95 }, 0.1),
	"np-sqrt-epoch": byEpoch("sqrt_epoch_decay", { name: "sqrtEpoch" }, 0.1),
	"np-sqrt-step": byStep("sqrt_step_decay(step)", { name: "sqrtStep" }, 0.1),
	"np-staircase": byEpoch("staircase_decay", { name: "staircase", every: 10, factor: 0.5 }, 0.1),
	"np-piecewise": byEpoch(
		"piecewise_rate",
		{
			name: "piecewise",
			points: [
				{ epoch: 30, rate: 0.01 },
				{ epoch: 60, rate: 0.001 },
			],
		},
		0.1,
	),
	"np-cosine": byStep(`cosine_decay(step, ${STEPS})`, { name: "cosine" }, 0.1),
	"np-linear": byStep(`linear_decay(step, ${STEPS})`, { name: "linear" }, 0.1),
	"np-one-cycle": byStep(`one_cycle(step, ${STEPS})`, { name: "oneCycle" }, 0.1),
	"np-warmup": byStep(
		`warmed_up(step, lambda s: 0.1 * (1 - s / ${STEPS - 100}))`,
		{ name: "linear", warmup: 100 },
		0.1,
	),
	"np-average": {
		after: "result = weighted_average([40, 49])",
		expected: (expansion) => averagesOf40And49(beta(expansion)),
	},
	"np-checkpoint": {
		after: `
def epoch_of(rng, params, v):
    for row in rng.permutation(6):
        v["W"] = 0.9 * v.get("W", 0.0) + 0.1 * (params["W"] - row)
        params["W"] -= 0.1 * v["W"]

rng, params, v = np.random.default_rng(3), {"W": np.zeros(2)}, {}
epoch_of(rng, params, v)
save_checkpoint("checkpoint.npz", 7, rng, params=params, v=v)
assert os.listdir() == ["checkpoint.npz"]
epoch_of(rng, params, v)
other = np.random.default_rng(99)
epoch, groups = load_checkpoint("checkpoint.npz", other)
epoch_of(other, groups["params"], groups["v"])
assert epoch == 7 and (groups["params"]["W"] == params["W"]).all() and (groups["v"]["W"] == v["W"]).all()
os.remove("checkpoint.npz")
result = None
`,
	},
	"np-early-stopping": {
		after: `
costs = [5.0, 4.0, 4.5, 3.0] + [3.0] * 20
params = {"W": np.zeros(1)}
for epoch, cost in enumerate(costs):
    params["W"] += 1
    if early_stopping.should_stop(cost, params):
        break
# The fourth epoch was the best, and ten more were waited for.
assert epoch == 13 and early_stopping.best["W"][0] == 4 and early_stopping.best_cost == 3.0
result = None
`,
	},
});
