// PyTorch's snippets run: optimizers with the defaults and the steps that the engine's preset has, schedulers with its rates.
import type { DecayConfig, OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
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
import { type Trial, testPythonSnippets } from "../support/python-snippets.ts";
import type { Expansion } from "../support/snippet-body.ts";

function optimizer(name: OptimizerConfig["name"]): Trial {
	return {
		setup: `
w = torch.nn.Parameter(torch.tensor(${JSON.stringify(BOWL_START)}, dtype=torch.float64))
model = torch.nn.ParameterList([w])
`,
		after: `
result = []
for t in range(${BOWL_STEPS}):
    optimizer.zero_grad()
    ((w[0] ** 2 + 10 * w[1] ** 2) / 2).backward()
    optimizer.step()
    result += w.tolist()
`,
		expected: ({ chosen }) => bowlPath({ name, preset: "pytorch", ...(chosen[0] === "True" && { nesterov: true }) }),
		tolerance: 2e-6,
	};
}

/** @param each what the snippet tells to step the scheduler after */
function scheduler(each: "epoch" | "mini-batch", decay: DecayConfig, a0 = 0.2): Trial {
	return {
		setup: `
w = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.SGD([w], lr=0.2, momentum=0.9)
epochs, train_loader = ${EPOCHS}, range(${STEPS_PER_EPOCH})
`,
		after: `
result = []
for t in range(${STEPS}):
    result.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    if ${each === "epoch" ? `(t + 1) % ${STEPS_PER_EPOCH} == 0` : "True"}:
        scheduler.step()
`,
		expected: () => stepRates(decay, a0),
	};
}

const beta = ({ chosen }: Expansion) => Number(chosen[0]);

testPythonSnippets("pytorch", ["torch"], "import torch", {
	"torch-loop": {
		setup: ({ chosen }) => `
import copy
torch.manual_seed(1)
inputs = torch.randn(600, 3)
above = (inputs @ torch.tensor([1.0, -2.0, 0.5]) + 0.3 > 0).unsqueeze(1)
classes = ${chosen.includes("CrossEntropyLoss") ? "2" : "1"}
targets = above[:, 0].long() if classes == 2 else above.float()
train_set = torch.utils.data.TensorDataset(inputs[:500], targets[:500])
dev_set = torch.utils.data.TensorDataset(inputs[500:], targets[500:])
model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, classes))
start = copy.deepcopy(model)
modes = []
model.register_forward_hook(lambda *_: modes.append((model.training, torch.is_grad_enabled())))
`,
		after: `
lines = [line.replace(",", "").split() for line in printed.splitlines()]
costs, dev_costs = [float(line[3]) for line in lines], [float(line[6]) for line in lines]
assert len(lines) == 20 and costs[-1] < costs[0] and dev_costs[-1] < dev_costs[0], lines
steps = {int(state["step"]) for state in optimizer.state.values()}
assert steps == {20 * -(-500 // train_loader.batch_size)}, steps
batches, dev_batches = -(-500 // train_loader.batch_size), -(-100 // train_loader.batch_size)
assert modes == 20 * (batches * [(True, True)] + dev_batches * [(False, False)])
assert not torch.equal(next(iter(train_loader))[0], inputs[: train_loader.batch_size])
if batches == 1:
    # All rows at once, in whatever order: the weights are those of 20 plain steps.
    reference = torch.optim.Adam(start.parameters(), lr=0.001)
    for _ in range(20):
        for w, g in zip(start.parameters(), torch.autograd.grad(loss_function(start(inputs[:500]), targets[:500]), start.parameters())):
            w.grad = g
        reference.step()
    for a, b in zip(model.parameters(), start.parameters()):
        assert torch.allclose(a, b, atol=1e-5), (a, b)
with torch.no_grad():
    assert abs(loss_function(model(inputs[500:]), targets[500:]).item() - dev_costs[-1]) < 2e-6
`,
	},
	"torch-gradient-descent": optimizer("gradientDescent"),
	"torch-momentum": optimizer("momentum"),
	"torch-rmsprop": optimizer("rmsprop"),
	"torch-adam": optimizer("adam"),
	"torch-adamw": optimizer("adamw"),
	"torch-adagrad": optimizer("adagrad"),
	"torch-nadam": {
		...optimizer("nadam"),
		setup: `
${optimizer("nadam").setup}
if int(torch.__version__.split(".")[0]) < 2:
    skip = "NAdam of PyTorch before 2.0 multiplies a factor of its product twice"
`,
	},
	"torch-constant": scheduler("epoch", { name: "constant" }),
	"torch-inverse-time": scheduler("epoch", { name: "inverseTime", rate: 1 }),
	"torch-exponential": scheduler("epoch", { name: "exponential", base: 0.95 }),
	"torch-sqrt-epoch": scheduler("epoch", { name: "sqrtEpoch" }),
	"torch-sqrt-step": scheduler("mini-batch", { name: "sqrtStep" }),
	"torch-staircase": scheduler("epoch", { name: "staircase", every: 10, factor: 0.5 }),
	"torch-piecewise": scheduler("epoch", {
		name: "piecewise",
		points: [
			{ epoch: 30, rate: 0.02 },
			{ epoch: 60, rate: 0.002 },
		],
	}),
	"torch-cosine": scheduler("epoch", { name: "cosine", per: "epoch" }),
	"torch-linear": scheduler("epoch", { name: "linear", per: "epoch" }),
	"torch-one-cycle": scheduler("mini-batch", { name: "oneCycle" }, 0.01),
	"torch-warmup": scheduler("mini-batch", { name: "cosine", warmup: 100 }),
	"torch-average": {
		after: `
result = [average.update(40), average.update(49)]
assert average.t == 2
if average.beta == 0.98:
    first = WeightedAverage(0.98)
    first.update(40)
    assert abs(first.v - 0.8) < 1e-12
`,
		expected: (expansion) => averagesOf40And49(beta(expansion)),
	},
	"torch-checkpoint": {
		setup: `
if int(torch.__version__.split(".")[0]) < 2:
    # weights_only reads no floats there; the rest of the snippet is tried all the same.
    load = torch.load
    torch.load = lambda path, map_location, weights_only: load(path, map_location)
`,
		after: `
x = torch.arange(12.0).reshape(6, 2)
data = torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True))

def begin(seed):
    torch.manual_seed(seed)
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    return model, optimizer, torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)

def epoch_of(model, optimizer, scheduler):
    for x, y in torch.utils.data.DataLoader(data, batch_size=2, shuffle=True):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()

run = begin(1)
epoch_of(*run)
save_checkpoint("checkpoint.pt", 0, *run)
assert os.listdir() == ["checkpoint.pt"]
epoch_of(*run)
again = begin(2)
assert load_checkpoint("checkpoint.pt", *again) == 1
epoch_of(*again)
for a, b in zip(run[0].parameters(), again[0].parameters()):
    assert torch.equal(a, b), (a, b)
assert run[1].param_groups[0]["lr"] == again[1].param_groups[0]["lr"]
os.remove("checkpoint.pt")
`,
	},
	"torch-early-stopping": {
		after: `
model = torch.nn.Linear(1, 1)
for epoch, cost in enumerate([5.0, 4.0, 4.5, 3.0] + [3.0] * 20):
    with torch.no_grad():
        model.weight.fill_(epoch)
    if early_stopping.should_stop(cost, model):
        model.load_state_dict(early_stopping.best)
        break
# The fourth epoch was the best, and ten more were waited for.
assert epoch == 13 and model.weight.item() == 3 and early_stopping.best_cost == 3.0
`,
	},
});
