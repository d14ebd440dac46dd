// Keras's snippets: read everywhere, with the engine's preset for values; run where Python has Keras (DESCENT_PYTHON).
import type { DecayConfig, OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import {
	averagesOf40And49,
	BOWL_START,
	BOWL_STEPS,
	bowlPath,
	EPOCHS,
	epochRates,
	STEPS,
	STEPS_PER_EPOCH,
	stepRates,
} from "../support/figures.ts";
import { testParsedSnippets } from "../support/parsed-snippets.ts";
import { type Trial, testPythonSnippets } from "../support/python-snippets.ts";
import type { Expansion } from "../support/snippet-body.ts";
import { optimizerFacts } from "../support/snippet-facts.ts";

testParsedSnippets(
	"keras",
	{
		"keras.optimizers.SGD": "learning_rate momentum nesterov",
		"keras.optimizers.RMSprop": "learning_rate rho momentum epsilon centered",
		"keras.optimizers.Adam": "learning_rate beta_1 beta_2 epsilon amsgrad",
		"keras.optimizers.AdamW": "learning_rate weight_decay beta_1 beta_2 epsilon amsgrad",
		"keras.optimizers.Adagrad": "learning_rate initial_accumulator_value epsilon",
		"keras.optimizers.Nadam": "learning_rate beta_1 beta_2 epsilon",
		"keras.optimizers.Lion": "learning_rate beta_1 beta_2",
		"keras.optimizers.schedules.InverseTimeDecay": "initial_learning_rate decay_steps decay_rate staircase",
		"keras.optimizers.schedules.ExponentialDecay": "initial_learning_rate decay_steps decay_rate staircase",
		"keras.optimizers.schedules.PiecewiseConstantDecay": "boundaries values",
		"keras.optimizers.schedules.CosineDecay": "initial_learning_rate decay_steps alpha warmup_target warmup_steps",
		"keras.optimizers.schedules.PolynomialDecay": "initial_learning_rate decay_steps end_learning_rate power",
		"keras.callbacks.LearningRateScheduler": "schedule verbose",
		"keras.callbacks.ModelCheckpoint": "filepath monitor save_best_only save_weights_only mode save_freq",
		"keras.callbacks.BackupAndRestore": "backup_dir save_freq",
		"keras.callbacks.EarlyStopping": "monitor min_delta patience mode restore_best_weights start_from_epoch",
		"keras.losses.SparseCategoricalCrossentropy": "from_logits",
		"keras.losses.BinaryCrossentropy": "from_logits",
		"keras.losses.MeanSquaredError": "reduction",
		"keras.ops.cast": "x dtype",
		"keras.ops.sqrt": "x",
		"keras.ops.cos": "x",
		"keras.ops.where": "condition x1 x2",
	},
	optimizerFacts.keras,
	{
		learning_rate: "learningRate",
		momentum: "beta",
		nesterov: "nesterov",
		rho: "beta2",
		beta_1: "beta1",
		beta_2: "beta2",
		epsilon: "epsilon",
		initial_accumulator_value: "initialAccumulator",
		weight_decay: "weightDecay",
	},
);

function optimizer(config: OptimizerConfig): Trial {
	return {
		after: `
w = keras.Variable(${JSON.stringify(BOWL_START)})
optimizer.build([w])
result = []
for t in range(${BOWL_STEPS}):
    optimizer.apply([w * np.array([1, 10], "float32")], [w])
    result += keras.ops.convert_to_numpy(w).tolist()
`,
		expected: ({ chosen }) => bowlPath({ ...config, ...(chosen[0] === "True" && { nesterov: true }) }),
		tolerance: 1e-5,
	};
}

/** @param expected the rate of each mini-batch, by what was chosen for staircase */
function schedule(expected: (staircase: boolean) => number[]): Trial {
	return {
		setup: `epochs, steps_per_epoch = ${EPOCHS}, ${STEPS_PER_EPOCH}`,
		after: `result = [float(learning_rate(step)) for step in range(${STEPS})]`,
		expected: ({ chosen }) => expected(chosen[0] !== "False"),
		tolerance: 1e-6,
	};
}

function callback(decay: DecayConfig, a0: number): Trial {
	return {
		after: `
model = dense(1)
model.compile(optimizer="sgd", loss="mse")
decay.set_model(model)
result = []
for epoch in range(${EPOCHS}):
    decay.on_epoch_begin(epoch, {})
    result.append(float(model.optimizer.learning_rate))
`,
		expected: () => epochRates(decay, a0),
		tolerance: 1e-6,
	};
}

const bySteps = (rate: (step: number) => number) => Array.from({ length: STEPS }, (_, step) => rate(step));
const beta = ({ chosen }: Expansion) => Number(chosen[0]);

const prelude = `
import keras
import numpy as np

keras.utils.set_random_seed(1)
rows = np.random.default_rng(1)
x_train = rows.normal(size=(600, 3)).astype("float32")
y_train = (x_train.sum(axis=1, keepdims=True) > 0).astype("float32")
x_dev, y_dev = x_train[:90], y_train[:90]

def dense(units):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])
`;

testPythonSnippets("keras", ["keras", "jax"], prelude, {
	"keras-fit": {
		setup: ({ text }) => `model = dense(${text.includes("Sparse") ? 2 : 1})`,
		after: `
assert len(history.history["val_loss"]) == 20 and history.history["loss"][-1] < history.history["loss"][0]
result = [int(model.optimizer.iterations)]
`,
		expected: ({ chosen }) => [20 * Math.ceil(600 / Number(chosen[1]))],
	},
	"keras-loop": {
		setup: `
model = dense(1)
model.compile(optimizer="sgd", loss=keras.losses.BinaryCrossentropy(from_logits=True))
`,
		after: `
costs = [float(line.split()[-1]) for line in printed.splitlines()]
assert len(costs) == 20 and costs[-1] < costs[0] and int(model.optimizer.iterations) == 20 * -(-600 // batch_size)
# The rate is so small that the last epoch's cost is nearly the model's.
assert abs(costs[-1] - model.evaluate(x_train, y_train, verbose=0)) < 0.01, costs
`,
	},
	...Object.fromEntries(Object.entries(optimizerFacts.keras).map(([prefix, config]) => [prefix, optimizer(config)])),
	"keras-constant": callback({ name: "constant" }, 0.001),
	"keras-inverse-time": schedule((staircase) =>
		staircase
			? stepRates({ name: "inverseTime", epochBase: 0 }, 0.2)
			: bySteps((step) => 0.2 / (1 + step / STEPS_PER_EPOCH)),
	),
	"keras-exponential": schedule((staircase) =>
		staircase
			? stepRates({ name: "exponential", base: 0.95 }, 0.001)
			: bySteps((step) => 0.001 * 0.95 ** (step / STEPS_PER_EPOCH)),
	),
	"keras-sqrt-epoch": callback({ name: "sqrtEpoch" }, 0.001),
	"keras-sqrt-step": schedule(() => stepRates({ name: "sqrtStep" }, 0.001)),
	"keras-staircase": schedule(() => stepRates({ name: "staircase", every: 10, factor: 0.5 }, 0.001)),
	"keras-piecewise": schedule(() =>
		stepRates(
			{
				name: "piecewise",
				points: [
					{ epoch: 30, rate: 0.001 },
					{ epoch: 60, rate: 0.0001 },
				],
			},
			0.01,
		),
	),
	"keras-cosine": schedule(() => stepRates({ name: "cosine" }, 0.001)),
	"keras-linear": schedule(() => stepRates({ name: "linear" }, 0.001)),
	"keras-one-cycle": schedule(() => stepRates({ name: "oneCycle" }, 0.01)),
	"keras-warmup": schedule(() =>
		bySteps((step) =>
			step < 100
				? 1e-5 + ((0.001 - 1e-5) * step) / 100
				: (0.001 * (1 + Math.cos((Math.PI * (step - 100)) / (STEPS - 100)))) / 2,
		),
	),
	"keras-average": {
		after: `
for epoch, cost in enumerate([40, 49]):
    average.on_epoch_end(epoch, {average.monitor: cost, "other": 0})
result = average.costs
`,
		expected: (expansion) => averagesOf40And49(beta(expansion)),
	},
	"keras-checkpoint": {
		after: `
import os

class Interrupt(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.first = min(getattr(self, "first", epoch), epoch)
        if epoch == self.at:
            raise KeyboardInterrupt

def fit(at):
    model, interrupt = dense(1), Interrupt()
    model.compile(optimizer="adam", loss="mse")
    interrupt.at = at
    try:
        model.fit(x_train, y_train, epochs=5, validation_data=(x_dev, y_dev), verbose=0, callbacks=[*checkpoints, interrupt])
    except KeyboardInterrupt:
        pass
    return interrupt.first

assert fit(at=3) == 0 and os.path.exists("best.keras")
assert fit(at=None) == 3
assert keras.saving.load_model("best.keras").evaluate(x_dev, y_dev, verbose=0) > 0
`,
	},
	"keras-early-stopping": {
		after: `
model = dense(1)
model.compile(optimizer="sgd", loss="mse")
early_stopping.set_model(model)
early_stopping.on_train_begin()
for epoch, cost in enumerate([5.0, 4.0, 4.5, 3.0] + [3.0] * 20):
    model.set_weights([np.full((3, 1), epoch), np.zeros(1)])
    early_stopping.on_epoch_end(epoch, {early_stopping.monitor: cost})
    if model.stop_training:
        break
early_stopping.on_train_end()
# The fourth epoch was the best, and ten more were waited for.
result = [epoch, float(model.get_weights()[0][0, 0])]
`,
		expected: ({ chosen }) => [13, chosen[1] === "True" ? 3 : 13],
	},
});
