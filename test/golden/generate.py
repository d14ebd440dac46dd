#!/usr/bin/env python3
"""Golden figures from PyTorch (Debian: python3-torch). Run with `npm run golden`; the tests only read the files.

A small net on data written into the file, 50 steps of each optimizer in float64, so that the figures are the formulas'
and not the rounding's. The engine (float32) must agree to 1e-4.
"""

import json
import math
import os

import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, STEPS, BATCH = 40, 50, 16  # mini-batches of 16, 16 and 8: the last one is short


def numbers(tensor):
    return [round(v, 12) for v in tensor.detach().reshape(-1).tolist()]


def task(kind):
    x = torch.randn(ROWS, 5)
    if kind == "regression":
        y = (x[:, 0] * x[:, 1] + torch.sin(2 * x[:, 2])).reshape(-1, 1)
        return x, y, 1
    if kind == "binary":
        return x, ((x[:, 0] * x[:, 1] + x[:, 3]) > 0).double().reshape(-1, 1), 1
    return x, torch.randint(0, 3, (ROWS,)), 3


def loss_of(kind):
    return {
        "regression": torch.nn.MSELoss(),
        "binary": torch.nn.BCEWithLogitsLoss(),
        "multiclass": torch.nn.CrossEntropyLoss(),
    }[kind]


def network(sizes, activation):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(torch.nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append({"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}[activation]())
    return torch.nn.Sequential(*layers)


class EwaMomentum(torch.optim.Optimizer):
    """V = b V + (1 - b) dW: the notes' form, which PyTorch does not have."""

    def __init__(self, parameters, lr, beta):
        super().__init__(parameters, dict(lr=lr, beta=beta))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                v = self.state[p].setdefault("v", torch.zeros_like(p))
                v.mul_(group["beta"]).add_(p.grad, alpha=1 - group["beta"])
                p.sub_(v, alpha=group["lr"])


class InsideRmsprop(torch.optim.Optimizer):
    """W -= a dW / sqrt(S + eps): epsilon inside the root, which PyTorch's RMSprop does not have."""

    def __init__(self, parameters, lr, beta2, eps):
        super().__init__(parameters, dict(lr=lr, beta2=beta2, eps=eps))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                s = self.state[p].setdefault("s", torch.zeros_like(p))
                s.mul_(group["beta2"]).addcmul_(p.grad, p.grad, value=1 - group["beta2"])
                p.sub_(group["lr"] * p.grad / torch.sqrt(s + group["eps"]))


class InsideAdam(torch.optim.Optimizer):
    """Adam with sqrt(Sc + eps), which PyTorch does not have."""

    def __init__(self, parameters, lr, eps):
        super().__init__(parameters, dict(lr=lr, eps=eps))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                v = state.setdefault("v", torch.zeros_like(p))
                s = state.setdefault("s", torch.zeros_like(p))
                t = state["t"] = state.get("t", 0) + 1
                v.mul_(0.9).add_(p.grad, alpha=0.1)
                s.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
                p.sub_(group["lr"] * (v / (1 - 0.9**t)) / torch.sqrt(s / (1 - 0.999**t) + group["eps"]))


OPTIMIZERS = {
    "gradientDescent": ({"name": "gradientDescent", "learningRate": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1)),
    "momentum-ewa": (
        {"name": "momentum", "learningRate": 0.2, "beta": 0.9, "form": "ewa"},
        lambda p: EwaMomentum(p, 0.2, 0.9),
    ),
    "momentum-classical": (
        {"name": "momentum", "learningRate": 0.02, "beta": 0.9, "form": "classical"},
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    ),
    "rmsprop-outside": (
        {"name": "rmsprop", "learningRate": 0.005, "beta2": 0.99, "epsilon": 1e-8, "epsilonPlacement": "outside"},
        lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.99, eps=1e-8),
    ),
    "rmsprop-inside": (
        {"name": "rmsprop", "learningRate": 0.005, "beta2": 0.9, "epsilon": 1e-3, "epsilonPlacement": "inside"},
        lambda p: InsideRmsprop(p, 0.005, 0.9, 1e-3),
    ),
    "adam-outside": (
        {"name": "adam", "learningRate": 0.01, "epsilon": 1e-3, "epsilonPlacement": "outside"},
        lambda p: torch.optim.Adam(p, lr=0.01, eps=1e-3),
    ),
    "adam-inside": (
        {"name": "adam", "learningRate": 0.01, "epsilon": 1e-3, "epsilonPlacement": "inside"},
        lambda p: InsideAdam(p, 0.01, 1e-3),
    ),
}


def run(kind, activation, optimizer, l2):
    config, make = OPTIMIZERS[optimizer]
    x, y, outputs = task(kind)
    sizes = [5, 7, 6, outputs]
    net = network(sizes, activation)
    linear = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    initial = [numbers(t) for layer in linear for t in (layer.weight.T, layer.bias)]
    opt = make(net.parameters())
    loss = loss_of(kind)
    costs, norms = [], []
    step = 0
    while step < STEPS:
        for first in range(0, ROWS, BATCH):
            if step == STEPS:
                break
            rows = slice(first, min(first + BATCH, ROWS))
            count = rows.stop - rows.start
            opt.zero_grad()
            squares = sum((layer.weight**2).sum() for layer in linear)
            cost = loss(net(x[rows]), y[rows]) + l2 / (2 * count) * squares
            cost.backward()
            norms.append(math.sqrt(sum(float((p.grad**2).sum()) for p in net.parameters())))
            costs.append(float(cost))
            opt.step()
            step += 1
    return {
        "task": kind,
        "activation": activation,
        "optimizer": config,
        "l2": l2,
        "batch": BATCH,
        "sizes": sizes,
        "x": numbers(x),
        "y": numbers(y.double()),
        "initial": initial,
        "costs": [round(c, 10) for c in costs],
        "gradientNorms": [round(n, 10) for n in norms],
        "final": [numbers(t) for layer in linear for t in (layer.weight.T, layer.bias)],
    }


CASES = [
    ("regression", "tanh", "gradientDescent", 0.0),
    ("multiclass", "relu", "gradientDescent", 0.5),
    ("binary", "sigmoid", "momentum-ewa", 0.0),
    ("multiclass", "tanh", "momentum-classical", 0.0),
    ("regression", "relu", "rmsprop-outside", 0.0),
    ("binary", "tanh", "rmsprop-inside", 0.1),
    ("multiclass", "relu", "adam-outside", 0.0),
    ("binary", "tanh", "adam-outside", 0.3),
    ("regression", "sigmoid", "adam-inside", 0.0),
]

for kind, activation, optimizer, l2 in CASES:
    name = f"{kind}-{activation}-{optimizer}.json"
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as out:
        json.dump(run(kind, activation, optimizer, l2), out, indent=1)
        out.write("\n")
    print(name)
