#!/usr/bin/env python3
"""Golden paths on known surfaces, in float64. Run with `npm run golden`; the tests only read the files.

PyTorch's own optimizers where it has them; elsewhere each library's published formula, written out here once more and
apart from the engine: Keras 3 and tfjs by their source's update, optax by its documentation, the notes by their slides.
"""

import json
import math
import os

import torch

torch.set_default_dtype(torch.float64)
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "traces")
STEPS = 60

SURFACES = {
    "bowl": (lambda x, y: (x**2 + 10 * y**2) / 2, (2.0, 1.5)),
    "rosenbrock": (lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, (-1.2, 1.0)),
    "saddle": (lambda x, y: (x**2 - y**2) / 2, (1.0, 0.01)),
    "doubleWell": (lambda x, y: x**4 / 4 - x**2 / 2 + y**2 / 2, (0.1, 1.0)),
    "plateau": (lambda x, y: 1 - torch.exp(-(x**2 + y**2) / 2), (1.5, -1.0)),
}


def torch_stepper(make):
    def start(w):
        optimizer = make([w])

        def step(gradient, t):
            w.grad = gradient.clone()
            optimizer.step()

        return step

    return start


def formula(update):
    """update(state, w, g, t) -> new w"""

    def start(w):
        state = {}

        def step(gradient, t):
            with torch.no_grad():
                w.copy_(update(state, w.clone(), gradient, t))

        return step

    return start


def zeros(state, name, like, value=0.0):
    return state.setdefault(name, torch.full_like(like, value))


def averages(state, w, g, b1, b2):
    v = zeros(state, "v", w).mul_(b1).add_(g, alpha=1 - b1)
    s = zeros(state, "s", w).mul_(b2).add_(g * g, alpha=1 - b2)
    return v, s


def notes_momentum(lr, b, nesterov=False, correct=False):
    def update(state, w, g, t):
        v = zeros(state, "v", w)
        v.mul_(b).add_(g, alpha=1 - b)
        u = b * v + (1 - b) * g if nesterov else v
        return w - lr * u / ((1 - b**t) if correct else 1)

    return formula(update)


def keras_momentum(rate_of, b, nesterov):
    # m = momentum * m - g * lr; w += momentum * m - g * lr (nesterov) or m
    def update(state, w, g, t):
        lr = rate_of(t)
        m = zeros(state, "m", w)
        m.mul_(b).sub_(lr * g)
        return w + (b * m - lr * g if nesterov else m)

    return formula(update)


def inside_rmsprop(lr, b2, eps):
    def update(state, w, g, t):
        s = zeros(state, "s", w).mul_(b2).add_(g * g, alpha=1 - b2)
        return w - lr * g / torch.sqrt(s + eps)

    return formula(update)


def inside_adam(lr, eps):
    def update(state, w, g, t):
        v, s = averages(state, w, g, 0.9, 0.999)
        return w - lr * (v / (1 - 0.9**t)) / torch.sqrt(s / (1 - 0.999**t) + eps)

    return formula(update)


def keras_adam(lr, eps, amsgrad=False, decay=0.0):
    # alpha = lr * sqrt(1 - b2^t) / (1 - b1^t); w -= m * alpha / (sqrt(v) + eps); weight decay first: w -= w * wd * lr
    def update(state, w, g, t):
        w = w - w * decay * lr
        v, s = averages(state, w, g, 0.9, 0.999)
        if amsgrad:
            top = zeros(state, "top", w)
            state["top"] = s = torch.maximum(top, s)
        alpha = lr * math.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return w - v * alpha / (torch.sqrt(s) + eps)

    return formula(update)


def accumulated(lr, start, eps):
    # Keras, tfjs, optax: g / sqrt(accumulator + eps)
    def update(state, w, g, t):
        s = zeros(state, "s", w, start)
        s.add_(g * g)
        return w - lr * g / torch.sqrt(s + eps)

    return formula(update)


def nadam(lr, eps, momentum_decay):
    # Dozat's, as PyTorch's documentation has it (momentum_decay 0.004) and Keras's source (1). PyTorch's own code is not
    # used: up to 1.13, which Debian has, it multiplies mu_t into the product for t + 1 twice; 2.0 corrected that.
    def update(state, w, g, t):
        u = lambda i: 0.9 * (1 - 0.5 * 0.96 ** (i * momentum_decay))
        product = state["product"] = state.get("product", 1.0) * u(t)
        v, s = averages(state, w, g, 0.9, 0.999)
        m = u(t + 1) * v / (1 - product * u(t + 1)) + (1 - u(t)) * g / (1 - product)
        return w - lr * m / (torch.sqrt(s / (1 - 0.999**t)) + eps)

    return formula(update)


def optax_nadam(lr, eps):
    # mu_hat = b1 * mu / (1 - b1^(t+1)) + (1 - b1) * g / (1 - b1^t)
    def update(state, w, g, t):
        v, s = averages(state, w, g, 0.9, 0.999)
        m = 0.9 * v / (1 - 0.9 ** (t + 1)) + 0.1 * g / (1 - 0.9**t)
        return w - lr * m / (torch.sqrt(s / (1 - 0.999**t)) + eps)

    return formula(update)


def lion(lr, decay):
    def update(state, w, g, t):
        v = zeros(state, "v", w)
        u = torch.sign(0.9 * v + 0.1 * g)
        v.mul_(0.99).add_(g, alpha=0.01)
        return w - lr * (u + decay * w)

    return formula(update)


def clipped(start, norm=None, value=None):
    def begin(w):
        inner = start(w)

        def step(g, t):
            if value is not None:
                g = g.clamp(-value, value)
            if norm is not None:
                g = g * min(1.0, norm / float(g.norm()))
            inner(g, t)

        return step

    return begin


O = torch.optim
# name -> (optimizer of the run file, rest of the run, stepper)
CASES = {
    "gradientDescent": ({"name": "gradientDescent", "learningRate": 0.001}, {}, torch_stepper(lambda p: O.SGD(p, lr=0.001))),
    "gradientDescent-decay": (
        {"name": "gradientDescent", "learningRate": 0.001, "weightDecay": 0.5},
        {},
        torch_stepper(lambda p: O.SGD(p, lr=0.001, weight_decay=0.5)),
    ),
    "gradientDescent-clipNorm": (
        {"name": "gradientDescent", "learningRate": 0.01},
        {"clip": {"norm": 1.5}},
        clipped(torch_stepper(lambda p: O.SGD(p, lr=0.01)), norm=1.5),
    ),
    "gradientDescent-clipValue": (
        {"name": "gradientDescent", "learningRate": 0.01},
        {"clip": {"value": 0.7, "norm": 0.9}},
        clipped(torch_stepper(lambda p: O.SGD(p, lr=0.01)), norm=0.9, value=0.7),
    ),
    "momentum-notes": ({"name": "momentum", "learningRate": 0.005, "preset": "notes"}, {}, notes_momentum(0.005, 0.9)),
    "momentum-notes-nesterov": (
        {"name": "momentum", "learningRate": 0.005, "nesterov": True},
        {},
        notes_momentum(0.005, 0.9, nesterov=True),
    ),
    "momentum-notes-corrected": (
        {"name": "momentum", "learningRate": 0.003, "biasCorrection": True},
        {},
        notes_momentum(0.003, 0.9, correct=True),
    ),
    "momentum-pytorch": (
        {"name": "momentum", "preset": "pytorch", "learningRate": 0.0005, "weightDecay": 0.1},
        {},
        torch_stepper(lambda p: O.SGD(p, lr=0.0005, momentum=0.9, weight_decay=0.1)),
    ),
    "momentum-pytorch-nesterov": (
        {"name": "momentum", "preset": "pytorch", "learningRate": 0.0005, "nesterov": True},
        {},
        torch_stepper(lambda p: O.SGD(p, lr=0.0005, momentum=0.9, nesterov=True)),
    ),
    "momentum-keras-decaying": (
        {"name": "momentum", "preset": "keras", "learningRate": 0.0005},
        {"decay": {"name": "exponential", "base": 0.97}},
        keras_momentum(lambda t: 0.0005 * 0.97 ** (t - 1), 0.9, False),
    ),
    "momentum-keras-nesterov": (
        {"name": "momentum", "preset": "keras", "learningRate": 0.0005, "nesterov": True},
        {},
        keras_momentum(lambda t: 0.0005, 0.9, True),
    ),
    "rmsprop-pytorch": (
        {"name": "rmsprop", "preset": "pytorch"},
        {},
        torch_stepper(lambda p: O.RMSprop(p)),
    ),
    "rmsprop-keras": ({"name": "rmsprop", "preset": "keras"}, {}, inside_rmsprop(0.001, 0.9, 1e-7)),
    "rmsprop-notes": ({"name": "rmsprop", "learningRate": 0.01, "epsilon": 1e-3}, {}, inside_rmsprop(0.01, 0.9, 1e-3)),
    "adam-pytorch": (
        {"name": "adam", "preset": "pytorch", "learningRate": 0.02, "epsilon": 1e-4},
        {},
        torch_stepper(lambda p: O.Adam(p, lr=0.02, eps=1e-4)),
    ),
    "adam-pytorch-coupled": (
        {"name": "adam", "preset": "pytorch", "learningRate": 0.02, "weightDecay": 0.3},
        {},
        torch_stepper(lambda p: O.Adam(p, lr=0.02, weight_decay=0.3)),
    ),
    "adam-amsgrad": (
        {"name": "adam", "learningRate": 0.02, "amsgrad": True},
        {},
        torch_stepper(lambda p: O.Adam(p, lr=0.02, amsgrad=True)),
    ),
    "adam-inside": (
        {"name": "adam", "learningRate": 0.02, "epsilon": 1e-3, "epsilonPlacement": "inside"},
        {},
        inside_adam(0.02, 1e-3),
    ),
    "adam-keras": (
        {"name": "adam", "preset": "keras", "learningRate": 0.02, "epsilon": 1e-2},
        {},
        keras_adam(0.02, 1e-2),
    ),
    "adamw-pytorch": (
        {"name": "adamw", "preset": "pytorch", "learningRate": 0.02},
        {},
        torch_stepper(lambda p: O.AdamW(p, lr=0.02)),
    ),
    "adamw-pytorch-amsgrad": (
        {"name": "adamw", "learningRate": 0.02, "weightDecay": 0.2, "amsgrad": True},
        {},
        torch_stepper(lambda p: O.AdamW(p, lr=0.02, weight_decay=0.2, amsgrad=True)),
    ),
    "adamw-keras": (
        {"name": "adamw", "preset": "keras", "learningRate": 0.02, "weightDecay": 0.4},
        {},
        keras_adam(0.02, 1e-7, decay=0.4),
    ),
    "adagrad-pytorch": (
        {"name": "adagrad", "preset": "pytorch", "learningRate": 0.05},
        {},
        torch_stepper(lambda p: O.Adagrad(p, lr=0.05)),
    ),
    "adagrad-optax": (
        {"name": "adagrad", "preset": "optax", "learningRate": 0.05},
        {},
        accumulated(0.05, 0.1, 1e-7),
    ),
    "nadam-pytorch": (
        {"name": "nadam", "preset": "pytorch", "learningRate": 0.02},
        {},
        nadam(0.02, 1e-8, 0.004),
    ),
    "nadam-keras": ({"name": "nadam", "preset": "keras", "learningRate": 0.02}, {}, nadam(0.02, 1e-7, 1.0)),
    "nadam-optax": ({"name": "nadam", "preset": "optax", "learningRate": 0.02}, {}, optax_nadam(0.02, 1e-8)),
    "lion": ({"name": "lion", "learningRate": 0.0123}, {}, lion(0.0123, 0.0)),
    "lion-optax": ({"name": "lion", "preset": "optax", "learningRate": 0.0123}, {}, lion(0.0123, 0.001)),
}

os.makedirs(HERE, exist_ok=True)
for case, (config, rest, begin) in CASES.items():
    paths = {}
    for surface, (cost, origin) in SURFACES.items():
        w = torch.tensor(origin, requires_grad=True)
        step = begin(w)
        path = [[round(v, 9) for v in w.tolist()]]
        for t in range(1, STEPS + 1):
            (gradient,) = torch.autograd.grad(cost(w[0], w[1]), w)
            step(gradient, t)
            path.append([round(v, 9) for v in w.tolist()])
        paths[surface] = path
    with open(os.path.join(HERE, f"{case}.json"), "w", encoding="utf-8") as out:
        out.write(json.dumps({"optimizer": config, **rest}, indent=1)[:-2])
        for surface, path in paths.items():
            out.write(f',\n "{surface}": {json.dumps(path)}')
        out.write("\n}\n")
print(f"{len(CASES)} optimizers on {len(SURFACES)} surfaces")
