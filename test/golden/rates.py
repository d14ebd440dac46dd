#!/usr/bin/env python3
"""Golden learning rates of the libraries' own schedules, by the text that makes them, for the analysis' curves.

Written by hand with a Python that has PyTorch, Keras and optax (DESCENT_PYTHON); the tests only read the file.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import keras
import optax
import torch

keras.backend.set_floatx("float64")
COUNTS = 24
TORCH = """
StepLR(o, 3, gamma=0.5)
MultiStepLR(o, [2, 5], gamma=0.3)
ExponentialLR(o, 0.9)
CosineAnnealingLR(o, T_max=7, eta_min=0.01)
CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2)
CosineAnnealingWarmRestarts(o, T_0=4)
LinearLR(o, start_factor=0.25, total_iters=4)
ConstantLR(o, factor=0.5, total_iters=4)
PolynomialLR(o, total_iters=8, power=2)
OneCycleLR(o, max_lr=0.3, total_steps=24)
OneCycleLR(o, max_lr=0.3, epochs=4, steps_per_epoch=6, anneal_strategy="linear", pct_start=0.4)
CyclicLR(o, 0.01, 0.2, step_size_up=3, cycle_momentum=False)
CyclicLR(o, 0.01, 0.2, step_size_up=3, step_size_down=2, mode="triangular2", cycle_momentum=False)
CyclicLR(o, 0.01, 0.2, step_size_up=3, mode="exp_range", gamma=0.9, cycle_momentum=False)
SequentialLR(o, [LinearLR(o, start_factor=0.25, total_iters=4), CosineAnnealingLR(o, T_max=10)], [4])
SequentialLR(o, schedulers=[ConstantLR(o, total_iters=99), ExponentialLR(o, 0.9), StepLR(o, 2)], milestones=[3, 12])
"""
KERAS = """
ExponentialDecay(0.1, 5, 0.5)
ExponentialDecay(0.1, 5, 0.5, staircase=True)
InverseTimeDecay(0.1, 5, 0.5)
InverseTimeDecay(0.1, 5, 0.5, staircase=True)
PiecewiseConstantDecay([3, 8], [0.1, 0.05, 0.01])
PolynomialDecay(0.1, 7, 0.01, power=2.0)
PolynomialDecay(0.1, 7, 0.01, cycle=True)
CosineDecay(0.1, 10, alpha=0.1)
CosineDecay(0.01, 10, warmup_target=0.1, warmup_steps=4)
CosineDecayRestarts(0.1, 4)
CosineDecayRestarts(0.1, 4, t_mul=1.0, m_mul=0.5, alpha=0.1)
"""
OPTAX = """
constant_schedule(0.1)
exponential_decay(0.1, 5, 0.5)
exponential_decay(0.1, 5, 0.5, transition_begin=3, staircase=True, end_value=0.04)
cosine_decay_schedule(0.1, 10, alpha=0.1, exponent=2.0)
linear_schedule(0.1, 0.0, 8, transition_begin=3)
polynomial_schedule(0.1, 0.01, 2.0, 8)
warmup_cosine_decay_schedule(0.0, 0.1, 4, 15, end_value=0.01)
warmup_exponential_decay_schedule(0.0, 0.1, 4, 5, 0.5)
warmup_constant_schedule(0.0, 0.1, 4)
cosine_onecycle_schedule(20, 0.1)
linear_onecycle_schedule(20, 0.1)
join_schedules([linear_schedule(0.0, 0.1, 4), cosine_decay_schedule(0.1, 10)], [4])
"""


def pytorch(text):
    o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    schedule = eval(text, vars(torch.optim.lr_scheduler), {"o": o})
    rates = []
    for k in range(COUNTS):
        rates.append(o.param_groups[0]["lr"])
        o.step()
        if k + 1 < COUNTS:
            schedule.step()
    return rates


def counted(text, module):
    schedule = eval(text, vars(module))
    return [float(schedule(k)) for k in range(COUNTS)]


lines = lambda text: text.strip().splitlines()
# Keras computes cosines in float32.
rounded = lambda rates: [round(r, 8) for r in rates]
golden = {
    "pytorch": {t: rounded(pytorch(t)) for t in lines(TORCH)},
    "keras": {t: rounded(counted(t, keras.optimizers.schedules)) for t in lines(KERAS)},
    "jax": {t: rounded(counted(t, optax)) for t in lines(OPTAX)},
}
text = ",\n".join(
    f"{json.dumps(name)}: {{\n" + ",\n".join(f"{json.dumps(t)}: {json.dumps(r)}" for t, r in rates.items()) + "\n}"
    for name, rates in golden.items()
)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rates", "libraries.json"), "w") as file:
    file.write("{\n" + text + "\n}\n")
