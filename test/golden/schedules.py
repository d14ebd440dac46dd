#!/usr/bin/env python3
"""Golden learning rates: PyTorch's schedulers, and Keras's schedules by their source's formulas, written out once more."""

import json
import math
import os

import torch

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schedules")
EPOCHS, PER, A0 = 12, 5, 0.2
STEPS = EPOCHS * PER


def pytorch(make, each):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=A0)
    scheduler = make(optimizer)
    rates = []
    for t in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if each == "step" or (t + 1) % PER == 0:
            if t + 1 < STEPS:
                scheduler.step()
    return rates


L = torch.optim.lr_scheduler
epoch = lambda t: t // PER
CASES = {
    "exponential": ({"name": "exponential", "base": 0.9}, pytorch(lambda o: L.ExponentialLR(o, 0.9), "epoch")),
    "staircase": ({"name": "staircase", "factor": 0.3, "every": 4}, pytorch(lambda o: L.StepLR(o, 4, 0.3), "epoch")),
    "cosine-epoch": (
        {"name": "cosine", "end": 0.02, "per": "epoch"},
        pytorch(lambda o: L.CosineAnnealingLR(o, EPOCHS, 0.02), "epoch"),
    ),
    # Keras CosineDecay: decayed = (1 - alpha) * 0.5 * (1 + cos(pi * step / decay_steps)) + alpha
    "cosine-step": (
        {"name": "cosine", "end": 0.02},
        [A0 * ((1 - 0.1) * 0.5 * (1 + math.cos(math.pi * t / STEPS)) + 0.1) for t in range(STEPS)],
    ),
    # Keras PolynomialDecay, power 1: (a0 - end) * (1 - step / decay_steps) + end
    "linear": ({"name": "linear", "end": 0.05}, [(A0 - 0.05) * (1 - t / STEPS) + 0.05 for t in range(STEPS)]),
    "linear-epoch": (
        {"name": "linear", "end": 0.05, "per": "epoch"},
        pytorch(lambda o: L.LinearLR(o, 1.0, 0.25, EPOCHS), "epoch"),
    ),
    # OneCycleLR asks for one step fewer than it counts: stepped after every mini-batch but the last
    "oneCycle": (
        {"name": "oneCycle"},
        pytorch(lambda o: L.OneCycleLR(o, A0, total_steps=STEPS, cycle_momentum=False), "step"),
    ),
    "oneCycle-parameters": (
        {"name": "oneCycle", "rise": 0.5, "startDivisor": 10, "endDivisor": 100},
        pytorch(
            lambda o: L.OneCycleLR(
                o, A0, total_steps=STEPS, pct_start=0.5, div_factor=10, final_div_factor=100, cycle_momentum=False
            ),
            "step",
        ),
    ),
    "piecewise-epoch": (
        {"name": "piecewise", "points": [{"epoch": 3, "rate": 0.1}, {"epoch": 8, "rate": 0.01}]},
        pytorch(lambda o: L.LambdaLR(o, lambda e: 1 if e < 3 else 0.5 if e < 8 else 0.05), "epoch"),
    ),
    # the notes' formulas
    "inverseTime-notes": ({"name": "inverseTime", "rate": 1}, [A0 / (1 + epoch(t) + 1) for t in range(STEPS)]),
    # Keras InverseTimeDecay, staircase: a0 / (1 + rate * floor(step / decay_steps))
    "inverseTime-keras": (
        {"name": "inverseTime", "rate": 0.5, "epochBase": 0},
        [A0 / (1 + 0.5 * (t // PER)) for t in range(STEPS)],
    ),
    "sqrtEpoch": ({"name": "sqrtEpoch", "k": 0.7}, [0.7 / math.sqrt(epoch(t) + 1) * A0 for t in range(STEPS)]),
    "sqrtStep": ({"name": "sqrtStep", "k": 2}, [2 / math.sqrt(t + 1) * A0 for t in range(STEPS)]),
    "manual": ({"name": "manual"}, [A0] * STEPS),
    "constant-warmup": (
        {"name": "constant", "warmup": 8},
        [A0 * min(1, (t + 1) / 8) for t in range(STEPS)],
    ),
    # Hugging Face's cosine with warm-up, but for the first step, which is not wasted on a rate of 0
    "cosine-warmup": (
        {"name": "cosine", "warmup": 10},
        [
            A0 * (t + 1) / 10 if t + 1 < 10 else A0 * 0.5 * (1 + math.cos(math.pi * max(0, t - 10) / (STEPS - 10)))
            for t in range(STEPS)
        ],
    ),
}

os.makedirs(HERE, exist_ok=True)
for name, (decay, rates) in CASES.items():
    golden = {"decay": decay, "initialRate": A0, "stepsPerEpoch": PER, "iterations": STEPS}
    golden["rates"] = [float(f"{r:.12g}") for r in rates]
    with open(os.path.join(HERE, f"{name}.json"), "w", encoding="utf-8") as out:
        out.write(json.dumps(golden) + "\n")
print(f"{len(CASES)} schedules")
