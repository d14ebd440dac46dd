#!/usr/bin/env python3
"""Golden arrays: files as NumPy saves them, in base64, and the values that NumPy reads out of them."""

import base64
import io
import json
import os

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy", "arrays.json")


def values(dtype):
    """Five rows of three: the smallest, the largest, and what lies between."""
    if dtype.kind == "b":
        return np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0]], dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        row = [0.1, -2.5, 0, -0.0, np.nan, np.inf, -np.inf, info.max, info.min, info.tiny, info.tiny / 4, 1 / 3, 1, 7, -8]
        return np.array(row).reshape(5, 3).astype(dtype)
    info = np.iinfo(dtype)
    small = -5 if dtype.kind == "i" else 5
    row = [info.min, info.max, 0, 1, small, info.max - 1, info.max // 2, info.max // 3, 100, 99, 2, 3, 4, 5, 6]
    return np.array(row, dtype).reshape(5, 3)


def told(array):
    """Numbers as JSON: what is no finite number as a text, 64-bit whole numbers as the nearest double."""
    flat = [float(value) for value in np.asarray(array).ravel()]
    return [value if np.isfinite(value) else str(value) for value in flat]


def saved(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version)
    return base64.b64encode(file.getvalue()).decode()


def zipped(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return base64.b64encode(file.getvalue()).decode()


arrays = []
for kind in ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]:
    for order in "CF":
        for endian in "<>" if kind[1] != "1" else "|":
            for version in [(1, 0), (2, 0), (3, 0)]:
                if version != (1, 0) and (order, endian) not in [("C", "<"), ("F", ">"), ("C", "|")]:
                    continue
                array = values(np.dtype(kind)).astype(endian + kind, order=order)
                name = f"{endian}{kind} {order} {version[0]}"
                arrays.append({"name": name, "file": saved(array, version), "values": told(array)})

x = np.arange(24, dtype="<f4").reshape(6, 2, 2) / 3
y = np.arange(6, dtype="<i8") % 2
pairs = [
    {"name": name, "file": zipped(save, **{**given, "other": np.array(["a", "b"])}), "x": told(x), "y": told(y)}
    for name, save, given in [
        ("stored", np.savez, {"X": x, "y": y}),
        ("compressed", np.savez_compressed, {"x_train": x, "y_train": y, "x_test": x[:2], "y_test": y[:2]}),
        ("Fortran", np.savez_compressed, {"X": np.asfortranarray(x.reshape(6, 4)), "y": y.reshape(6, 1)}),
    ]
]
refused = [
    {"file": saved(np.array([{}, []], dtype=object)), "word": "Python objects"},
    {"file": saved(np.array(["a", "b"])), "word": "texts"},
    {"file": saved(np.array([1j])), "word": "complex numbers"},
    {"file": saved(np.array(["2024-01-01"], "M8[D]")), "word": "dates"},
    {"file": saved(np.zeros(3, [("a", "f4"), ("b", "i4")])), "word": "records of several fields"},
]
with open(HERE, "w") as out:
    json.dump({"numpy": np.__version__, "arrays": arrays, "pairs": pairs, "refused": refused}, out)
    out.write("\n")
