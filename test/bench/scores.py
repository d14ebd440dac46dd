#!/usr/bin/env python3
"""scikit-learn's perceptron with its defaults, beside the engine. Run by scores.ts; prints a line of JSON.

usage: scores.py FILE PART TASK LAYERS SEED
"""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

path, part, task, layers, seed = sys.argv[1:]
warnings.simplefilter("ignore", ConvergenceWarning)

with open(path, "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = file.read()


def tensor(name):
    begin, end = header[name]["data_offsets"]
    return np.frombuffer(data[begin:end], np.float32).reshape(header[name]["shape"])


model = (MLPRegressor if task == "regression" else MLPClassifier)(
    hidden_layer_sizes=[int(units) for units in layers.split(",")], random_state=int(seed)
)
begun = time.perf_counter()
model.fit(tensor("x.train"), tensor("y.train"))
seconds = time.perf_counter() - begun
print(json.dumps({"score": model.score(tensor(f"x.{part}"), tensor(f"y.{part}")), "seconds": seconds}))
