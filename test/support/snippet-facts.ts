/** What can be read from the optimizers that Keras's and optax's snippets make: the run file that does the same. */
import type { OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";

/** By first prefix. Whoever reads code finds these names and values in the snippet's default text. */
export const optimizerFacts: Record<"keras" | "optax", Record<string, OptimizerConfig>> = {
	keras: {
		"keras-gradient-descent": { name: "gradientDescent", preset: "keras" },
		"keras-momentum": { name: "momentum", preset: "keras" },
		"keras-rmsprop": { name: "rmsprop", preset: "keras" },
		"keras-adam": { name: "adam", preset: "keras" },
		"keras-adamw": { name: "adamw", preset: "keras" },
		"keras-adagrad": { name: "adagrad", preset: "keras" },
		"keras-nadam": { name: "nadam", preset: "keras" },
		// Keras's own default, 0.001, is Adam's; Lion's paper takes a tenth of that.
		"keras-lion": { name: "lion", preset: "keras", learningRate: 0.0001 },
	},
	optax: {
		"optax-gradient-descent": { name: "gradientDescent", preset: "optax" },
		"optax-momentum": { name: "momentum", preset: "optax" },
		"optax-rmsprop": { name: "rmsprop", preset: "optax" },
		"optax-adam": { name: "adam", preset: "optax" },
		"optax-adamw": { name: "adamw", preset: "optax" },
		"optax-adagrad": { name: "adagrad", preset: "optax" },
		"optax-nadam": { name: "nadam", preset: "optax" },
		"optax-lion": { name: "lion", preset: "optax" },
	},
};
