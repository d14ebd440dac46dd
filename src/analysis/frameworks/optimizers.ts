import type { OptimizerName } from "../../engine/protocol/hyperparameters.ts";
import type { Framework } from "../facts.ts";

export interface OptimizerSpec {
	framework: Framework;
	/** "sgd" is gradient descent or momentum by its beta */
	optimizer?: OptimizerName | "sgd";
	signature: string;
}

const ADAM = "betas:beta1|beta2=0.9|0.999, eps:epsilon=1e-8";
const KERAS_ADAM = "beta_1:beta1=0.9, beta_2:beta2=0.999, epsilon=1e-7";
const KERAS_MORE =
	"weight_decay:weightDecay=none, clipnorm:clipNorm=none, clipvalue:clipValue=none, global_clipnorm:clipNorm=none";
const OPTAX_ADAM = "learning_rate:learningRate, b1:beta1=0.9, b2:beta2=0.999, eps:epsilon=1e-8, eps_root:epsilonRoot=0";
const TF1_ADAM = "learning_rate:learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8";

/** Signatures as the libraries document them: PyTorch 2, Keras 3, optax 0.2, TensorFlow.js 4, and what they had before. */
const TABLE: Record<Framework, Record<string, [OptimizerSpec["optimizer"], string]>> = {
	pytorch: {
		"torch.optim.SGD": [
			"sgd",
			"params, lr:learningRate=0.001, momentum:beta=0, dampening=0, weight_decay:weightDecay=0, nesterov=false",
		],
		"torch.optim.Adam": ["adam", `params, lr:learningRate=0.001, ${ADAM}, weight_decay:weightDecay=0, amsgrad=false`],
		"torch.optim.AdamW": [
			"adamw",
			`params, lr:learningRate=0.001, ${ADAM}, weight_decay:weightDecay=0.01, amsgrad=false`,
		],
		"torch.optim.Adamax": [undefined, `params, lr:learningRate=0.002, ${ADAM}, weight_decay:weightDecay=0`],
		"torch.optim.NAdam": [
			"nadam",
			`params, lr:learningRate=0.002, ${ADAM}, weight_decay:weightDecay=0, momentum_decay:momentumDecay=0.004`,
		],
		"torch.optim.RAdam": [undefined, `params, lr:learningRate=0.001, ${ADAM}, weight_decay:weightDecay=0`],
		"torch.optim.SparseAdam": [undefined, `params, lr:learningRate=0.001, ${ADAM}`],
		"torch.optim.RMSprop": [
			"rmsprop",
			"params, lr:learningRate=0.01, alpha:beta2=0.99, eps:epsilon=1e-8, weight_decay:weightDecay=0, momentum=0, centered=false",
		],
		"torch.optim.Adagrad": [
			"adagrad",
			"params, lr:learningRate=0.01, lr_decay:learningRateDecay=0, weight_decay:weightDecay=0, initial_accumulator_value:initialAccumulator=0, eps:epsilon=1e-10",
		],
		"torch.optim.Adadelta": [
			undefined,
			"params, lr:learningRate=1, rho=0.9, eps:epsilon=1e-6, weight_decay:weightDecay=0",
		],
		"torch.optim.ASGD": [
			undefined,
			"params, lr:learningRate=0.01, lambd=0.0001, alpha=0.75, t0=1000000, weight_decay:weightDecay=0",
		],
		"torch.optim.Rprop": [undefined, "params, lr:learningRate=0.01"],
		"torch.optim.LBFGS": [undefined, "params, lr:learningRate=1, max_iter:maxIterations=20"],
		"transformers.AdamW": [
			"adamw",
			"params, lr:learningRate=0.001, betas:beta1|beta2=0.9|0.999, eps:epsilon=1e-6, weight_decay:weightDecay=0",
		],
		"transformers.Adafactor": [undefined, "params, lr:learningRate=none"],
		"lion_pytorch.Lion": [
			"lion",
			"params, lr:learningRate=1e-4, betas:beta1|beta2=0.9|0.99, weight_decay:weightDecay=0",
		],
		"bitsandbytes.optim.AdamW8bit": ["adamw", `params, lr:learningRate=0.001, ${ADAM}, weight_decay:weightDecay=0.01`],
		"bitsandbytes.optim.Adam8bit": ["adam", `params, lr:learningRate=0.001, ${ADAM}, weight_decay:weightDecay=0`],
		"apex.optimizers.FusedAdam": [
			"adamw",
			`params, lr:learningRate=0.001, bias_correction=true, ${ADAM}, adam_w_mode=true, weight_decay:weightDecay=0`,
		],
	},
	lightning: {},
	huggingface: {},
	keras: {
		"keras.optimizers.SGD": [
			"sgd",
			`learning_rate/lr:learningRate=0.01, momentum:beta=0, nesterov=false, ${KERAS_MORE}`,
		],
		"keras.optimizers.Adam": [
			"adam",
			`learning_rate/lr:learningRate=0.001, ${KERAS_ADAM}, amsgrad=false, ${KERAS_MORE}`,
		],
		"keras.optimizers.AdamW": [
			"adamw",
			`learning_rate/lr:learningRate=0.001, weight_decay:weightDecay=0.004, ${KERAS_ADAM}, amsgrad=false, clipnorm:clipNorm=none, clipvalue:clipValue=none`,
		],
		"keras.optimizers.Adamax": [undefined, `learning_rate/lr:learningRate=0.001, ${KERAS_ADAM}, ${KERAS_MORE}`],
		"keras.optimizers.Nadam": ["nadam", `learning_rate/lr:learningRate=0.001, ${KERAS_ADAM}, ${KERAS_MORE}`],
		"keras.optimizers.RMSprop": [
			"rmsprop",
			`learning_rate/lr:learningRate=0.001, rho:beta2=0.9, momentum=0, epsilon=1e-7, centered=false, ${KERAS_MORE}`,
		],
		"keras.optimizers.Adagrad": [
			"adagrad",
			`learning_rate/lr:learningRate=0.001, initial_accumulator_value:initialAccumulator=0.1, epsilon=1e-7, ${KERAS_MORE}`,
		],
		"keras.optimizers.Adadelta": [
			undefined,
			`learning_rate/lr:learningRate=0.001, rho=0.95, epsilon=1e-7, ${KERAS_MORE}`,
		],
		"keras.optimizers.Ftrl": [undefined, "learning_rate/lr:learningRate=0.001"],
		"keras.optimizers.Lion": [
			"lion",
			`learning_rate:learningRate=0.001, beta_1:beta1=0.9, beta_2:beta2=0.99, ${KERAS_MORE}`,
		],
		"keras.optimizers.Adafactor": [undefined, "learning_rate:learningRate=0.001"],
		"tensorflow.train.AdamOptimizer": ["adam", TF1_ADAM],
		"tensorflow.train.GradientDescentOptimizer": ["gradientDescent", "learning_rate:learningRate"],
		"tensorflow.train.MomentumOptimizer": ["momentum", "learning_rate:learningRate, momentum:beta"],
		"tensorflow.train.AdagradOptimizer": [
			"adagrad",
			"learning_rate:learningRate, initial_accumulator_value:initialAccumulator=0.1",
		],
		"tensorflow.train.RMSPropOptimizer": [
			"rmsprop",
			"learning_rate:learningRate, decay:beta2=0.9, momentum=0, epsilon=1e-10",
		],
	},
	jax: {
		"optax.sgd": ["sgd", "learning_rate:learningRate, momentum:beta=none, nesterov=false"],
		"optax.adam": ["adam", OPTAX_ADAM],
		"optax.adamw": ["adamw", `${OPTAX_ADAM}, mu_dtype=none, weight_decay:weightDecay=0.0001`],
		"optax.nadam": ["nadam", OPTAX_ADAM],
		"optax.nadamw": [undefined, `${OPTAX_ADAM}, mu_dtype=none, weight_decay:weightDecay=0.0001`],
		"optax.adamax": [undefined, "learning_rate:learningRate, b1:beta1=0.9, b2:beta2=0.999, eps:epsilon=1e-8"],
		"optax.adabelief": [undefined, OPTAX_ADAM],
		"optax.radam": [undefined, OPTAX_ADAM],
		"optax.amsgrad": ["adam", OPTAX_ADAM],
		"optax.yogi": [undefined, "learning_rate:learningRate, b1:beta1=0.9, b2:beta2=0.999, eps:epsilon=0.001"],
		"optax.rmsprop": [
			"rmsprop",
			"learning_rate:learningRate, decay:beta2=0.9, eps:epsilon=1e-8, initial_scale:initialScale=0, eps_in_sqrt:epsilonInside=true, centered=false, momentum=none, nesterov=false",
		],
		"optax.adagrad": [
			"adagrad",
			"learning_rate:learningRate, initial_accumulator_value:initialAccumulator=0.1, eps:epsilon=1e-7",
		],
		"optax.adadelta": [undefined, "learning_rate:learningRate=none, rho=0.9, eps:epsilon=1e-6"],
		"optax.lion": [
			"lion",
			"learning_rate:learningRate, b1:beta1=0.9, b2:beta2=0.99, mu_dtype=none, weight_decay:weightDecay=0.001",
		],
		"optax.lamb": [undefined, `${OPTAX_ADAM}, weight_decay:weightDecay=0`],
		"optax.lars": [undefined, "learning_rate:learningRate, weight_decay:weightDecay=0"],
		"optax.adafactor": [undefined, "learning_rate:learningRate=none"],
		"optax.noisy_sgd": [undefined, "learning_rate:learningRate"],
		"optax.lbfgs": [undefined, "learning_rate:learningRate=none"],
		"optax.scale_by_adam": ["adam", "b1:beta1=0.9, b2:beta2=0.999, eps:epsilon=1e-8, eps_root:epsilonRoot=0"],
		"jax.example_libraries.optimizers.sgd": ["gradientDescent", "step_size:learningRate"],
		"jax.example_libraries.optimizers.momentum": ["momentum", "step_size:learningRate, mass:beta=0.9"],
		"jax.example_libraries.optimizers.nesterov": ["momentum", "step_size:learningRate, mass:beta=0.9"],
		"jax.example_libraries.optimizers.adam": [
			"adam",
			"step_size:learningRate, b1:beta1=0.9, b2:beta2=0.999, eps:epsilon=1e-8",
		],
		"jax.example_libraries.optimizers.rmsprop": [
			"rmsprop",
			"step_size:learningRate, gamma:beta2=0.9, eps:epsilon=1e-8",
		],
		"jax.example_libraries.optimizers.adagrad": ["adagrad", "step_size:learningRate, momentum=0.9"],
		"flax.optim.Adam": [
			"adam",
			"learning_rate:learningRate=none, beta1=0.9, beta2=0.999, eps:epsilon=1e-8, weight_decay:weightDecay=0",
		],
		"flax.optim.Momentum": [
			"momentum",
			"learning_rate:learningRate=none, beta=0.9, weight_decay:weightDecay=0, nesterov=false",
		],
		"flax.optim.GradientDescent": ["gradientDescent", "learning_rate:learningRate=none"],
	},
	tfjs: {
		"tfjs.train.sgd": ["gradientDescent", "learningRate"],
		"tfjs.train.momentum": ["momentum", "learningRate, momentum:beta, useNesterov:nesterov=false"],
		"tfjs.train.adam": ["adam", "learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7"],
		"tfjs.train.adamax": [undefined, "learningRate=0.002, beta1=0.9, beta2=0.999, epsilon=1e-7"],
		"tfjs.train.rmsprop": ["rmsprop", "learningRate, decay:beta2=0.9, momentum=0, epsilon=1e-7, centered=false"],
		"tfjs.train.adagrad": ["adagrad", "learningRate, initialAccumulatorValue:initialAccumulator=0.1"],
		"tfjs.train.adadelta": [undefined, "learningRate=0.001, rho=0.95, epsilon=1e-7"],
	},
};

export const OPTIMIZERS = new Map<string, OptimizerSpec>(
	Object.entries(TABLE).flatMap(([framework, optimizers]) =>
		Object.entries(optimizers).map(([name, [optimizer, signature]]): [string, OptimizerSpec] => [
			name,
			{ framework: framework as Framework, optimizer, signature },
		]),
	),
);

/** Texts that `compile` takes for an optimizer, in Keras and TensorFlow.js. */
export const BY_TEXT: Record<"keras" | "tfjs", Record<string, string>> = {
	keras: Object.fromEntries(
		["SGD", "Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "Adagrad", "Adadelta", "Ftrl", "Lion", "Adafactor"].map(
			(n) => [n.toLowerCase(), `keras.optimizers.${n}`],
		),
	),
	tfjs: Object.fromEntries(
		["sgd", "momentum", "adam", "adamax", "rmsprop", "adagrad", "adadelta"].map((n) => [n, `tfjs.train.${n}`]),
	),
};
