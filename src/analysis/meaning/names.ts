/** Packages that are told apart by their module names. */
export type Framework = "pytorch" | "lightning" | "huggingface" | "keras" | "jax" | "tfjs";

/** Ways to write the same thing: the first rule that fits a dotted name is applied, then the next. */
const SAME: [RegExp, string][] = [
	[/^@tensorflow\/tfjs(-[\w-]+)?(?=\.|$)/, "tfjs"],
	[/^https?:.*\/tfjs(@[^.]*)?.*$/, "tfjs"],
	[/^tensorflow\.(compat\.v[12]\.|_api\.v2\.)/, "tensorflow."],
	[/^tensorflow\.python\.keras(?=\.|$)/, "keras"],
	[/^(tensorflow\.keras|tf_keras|keras\.src|keras\.api|keras_core)(?=\.|$)/, "keras"],
	[/^tensorflow\.(optimizers|losses|metrics)(?=\.)/, "keras.$1"],
	[/^keras\.optimizers\.(legacy|experimental)\./, "keras.optimizers."],
	[/^keras\.optimizers\.(?:adam|sgd|rmsprop)(?:_v2)?\./, "keras.optimizers."],
	[/^keras\.(?:engine|models)\.sequential\./, "keras.models."],
	[/^keras\.(?:layers\.core|layers\.convolutional|layers\.normalization|layers\.\w+)\.(?=[A-Z])/, "keras.layers."],
	[/^keras\.preprocessing\.(?=\w+_dataset_from_directory)/, "keras.utils."],
	[/^keras\.optimizers\.schedules\.learning_rate_schedule\./, "keras.optimizers.schedules."],
	[/^torch\.optim\.(?!lr_scheduler)[a-z_]+\.(?=[A-Z])/, "torch.optim."],
	[/^torch\.utils\.data\.[a-z_]+\.(?=[A-Z])/, "torch.utils.data."],
	[/^torch\.nn\.modules\.[a-z_]+\./, "torch.nn."],
	[/^(pytorch_lightning|lightning\.pytorch)(?=\.|$)/, "lightning"],
	[/^lightning\.(?:core|trainer)(?:\.\w+)?\.(?=[A-Z])/, "lightning."],
	[/^lightning_fabric(?=\.|$)/, "lightning.fabric"],
	[/^transformers\.(?:optimization|trainer|training_args)\./, "transformers."],
	[/^flax\.linen(?=\.|$)/, "flax.nn"],
	[/^jax\.experimental\.optimizers(?=\.|$)/, "jax.example_libraries.optimizers"],
	[/^torch_geometric\.(?:data|loader)\.(?:dataloader\.)?DataLoader/, "torch_geometric.loader.DataLoader"],
];

/**
 * Remembers what is said of names: a program asks of the same hundreds at every keystroke, and few of them are regular
 * enough for a table to look up.
 */
export function remembered<T>(say: (name: string) => T): (name: string) => T {
	const said = new Map<string, T>();
	return (name) => {
		let found = said.get(name);
		if (found === undefined && !said.has(name)) {
			found = say(name);
			// Names come and go while they are typed.
			if (said.size > 20_000) said.clear();
			said.set(name, found);
		}
		return found as T;
	};
}

/** @returns the one name that the tables of frameworks know a thing by */
export const canonicalName = remembered((name) => {
	let found = name;
	for (const [pattern, to] of SAME) found = found.replace(pattern, to);
	return found;
});

const ROOTS: Record<string, Framework> = {
	torch: "pytorch",
	torchvision: "pytorch",
	torch_geometric: "pytorch",
	timm: "pytorch",
	accelerate: "pytorch",
	lightning: "lightning",
	transformers: "huggingface",
	keras: "keras",
	tensorflow: "keras",
	jax: "jax",
	optax: "jax",
	flax: "jax",
	haiku: "jax",
	equinox: "jax",
	tfjs: "tfjs",
};

/** @returns the framework that a full name belongs to */
export const frameworkOf = remembered((name): Framework | undefined => {
	const root = canonicalName(name).split(".")[0];
	return Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined;
});
