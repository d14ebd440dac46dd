#!/usr/bin/env python3
"""PyTorch beside the engine: the same nets, weights, data, batches and optimizer. Run by peers.ts; prints JSON lines.

usage: peers.py FILE DIMS BATCH SECONDS CHECK_STEPS
"""

import json
import os
import sys
import time

import numpy as np
import torch

# Which library does PyTorch's products decides everything: Debian installs the reference one unless asked for another.
BLAS = os.path.basename(os.path.dirname(os.path.realpath(f"/etc/alternatives/libblas.so.3-{os.uname().machine}-linux-gnu")))
dims = [int(d) for d in sys.argv[2].split("-")]
batch, seconds, check = int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])

with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = file.read()


def tensor(name):
    begin, end = header[name]["data_offsets"]
    return torch.from_numpy(np.frombuffer(data[begin:end], np.float32).reshape(header[name]["shape"]).copy())


def run(threads):
    torch.set_num_threads(threads)
    x, y = tensor("x"), tensor("y")
    layers = []
    for i in range(1, len(dims)):
        layer = torch.nn.Linear(dims[i - 1], dims[i])
        layer.weight.data.copy_(tensor(f"W{i}").T)
        layer.bias.data.copy_(tensor(f"b{i}")[0])
        layers += [layer, torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    loss = torch.nn.MSELoss() if dims[-1] == 1 else torch.nn.CrossEntropyLoss()
    if dims[-1] > 1:
        y = y[:, 0].long()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-8)
    t = 0

    def step():
        nonlocal t
        first = t * batch % len(x)
        optimizer.zero_grad()
        cost = loss(net(x[first : first + batch]), y[first : first + batch])
        cost.backward()
        optimizer.step()
        t += 1
        return cost.item()

    costs = [step() for _ in range(check)]
    best = 0.0
    for _ in range(5):
        begin, steps = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds / 5:
            step()
            steps += 1
        best = max(best, steps / (time.perf_counter() - begin))
    peer = f"{torch.__version__} ({BLAS}), threads: {threads}"
    print(json.dumps({"peer": peer, "stepsPerSecond": best, "costs": costs}), flush=True)


for threads in (1, 2):
    run(threads)
