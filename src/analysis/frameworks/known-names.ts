import { remembered } from "../meaning/names.ts";
import { OPTIMIZERS } from "./optimizers.ts";
import { SCHEDULES } from "./schedules.ts";

const METHODS =
	"fit fitDataset fit_generator compile evaluate predict batch padded_batch flow flow_from_directory flow_from_dataframe " +
	"image_dataset_from_directory text_dataset_from_directory timeseries_dataset_from_array make_csv_dataset " +
	"zero_grad backward manual_backward step apply_gradients apply_gradient applyGradients minimize gradient train eval " +
	"optimizer_step apply_updates clip_grad_norm_ clip_grad_norm clip_grad_value_ random_split train_test_split " +
	"load_state_dict parameters softmax sigmoid cross_entropy binary_cross_entropy_with_logits softmaxCrossEntropy " +
	"sigmoidCrossEntropy softmax_cross_entropy softmax_cross_entropy_with_integer_labels sigmoid_binary_cross_entropy " +
	"softmax_cross_entropy_with_logits sparse_softmax_cross_entropy_with_logits sigmoid_cross_entropy_with_logits " +
	"sequential model input dense dropout batchNormalization embedding lstm gru simpleRNN csv tsv json load loadtxt " +
	"mse_loss l1_loss smooth_l1_loss huber_loss nll_loss binary_cross_entropy l2_loss squared_error mean_squared_error " +
	"mean_absolute_error binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy from_tensor_slices " +
	"meanSquaredError absoluteDifference huberLoss logLoss " +
	"genfromtxt fromfile readFileSync readFile createReadStream builder load_data default_rng key PRNGKey forward";

const KNOWN = new Set([
	...METHODS.split(" "),
	...[...OPTIMIZERS.keys(), ...SCHEDULES.keys()].map((name) => name.split(".").at(-1)!),
]);

/**
 * False for a method that no table and no rule asks for: most calls of a program are of this kind, and need not be
 * followed to what they are methods of.
 */
export const isKnownName = remembered(
	(name) => KNOWN.has(name) || /^[A-Z]|^(read|scan|load|fetch|make)_|[sS]eed|[cC]onv/.test(name),
);
