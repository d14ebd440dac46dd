#!/usr/bin/env python3
"""PyTorch beside the engine: the same nets, data, batches and optimizer. Run by test/bench/peers.ts; prints JSON lines.

usage: peers.py DIMS BATCH SECONDS CHECK_STEPS
"""

import json
import os
import sys
import time

import numpy as np
import torch

ROWS = 4096
# Which library does PyTorch's products decides everything: Debian installs the reference one unless asked for another.
BLAS = os.path.basename(os.path.dirname(os.path.realpath(f"/etc/alternatives/libblas.so.3-{os.uname().machine}-linux-gnu")))
dims = [int(d) for d in sys.argv[1].split("-")]
batch, seconds, check = int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])


def table(features, outputs):
    state, values = 12345, np.empty(ROWS * features, np.float32)
    for i in range(values.size):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        values[i] = state / 0x40000000 - 1
    x = values.reshape(ROWS, features)
    signs = np.array([1 if j % 2 == 0 else -1 for j in range(min(features, 8))])
    total = (x[:, : signs.size].astype(np.float64) * signs).sum(axis=1)
    if outputs == 1:
        return torch.from_numpy(x), torch.from_numpy(total.astype(np.float32)).reshape(-1, 1)
    classes = np.clip(np.floor((total + 3) / 6 * outputs), 0, outputs - 1).astype(np.int64)
    return torch.from_numpy(x), torch.from_numpy(classes)


def run(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    x, y = table(dims[0], dims[-1])
    layers = []
    for i in range(len(dims) - 1):
        layer = torch.nn.Linear(dims[i], dims[i + 1])
        torch.nn.init.normal_(layer.weight, 0, (2 / dims[i]) ** 0.5)
        torch.nn.init.zeros_(layer.bias)
        layers += [layer, torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    loss = torch.nn.MSELoss() if dims[-1] == 1 else torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    t = 0

    def step():
        nonlocal t
        first = t * batch % ROWS
        optimizer.zero_grad()
        cost = loss(net(x[first : first + batch]), y[first : first + batch])
        cost.backward()
        optimizer.step()
        t += 1
        return cost.item()

    costs = [step()]
    while t < check:
        last = step()
    costs.append(last)
    best = 0.0
    for _ in range(5):
        begin, steps = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds / 5:
            step()
            steps += 1
        best = max(best, steps / (time.perf_counter() - begin))
    print(json.dumps({"peer": f"PyTorch {torch.__version__} ({BLAS})", "threads": threads, "stepsPerSecond": best, "costs": costs}), flush=True)


for threads in (1, 2):
    run(threads)
