import { Random } from "../../src/engine/training/random.ts";

const HEAD = `"""Experiments on tables, images and series: every model with its data, its loop and its evaluation."""
import argparse
import math
import os

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split

parser = argparse.ArgumentParser(description="Trains one of the models.")
parser.add_argument("--lr", type=float, default=1e-3, help="learning rate")
parser.add_argument("--batch-size", type=int, default=128)
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--weight-decay", type=float, default=0.01)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

torch.manual_seed(args.seed)
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CONFIG = {"width": 256, "dropout": 0.1, "momentum": 0.9, "clip": 1.0, "warmup": 500}
`;

const dataset = (k: number) => `

class Table${k}(Dataset):
    """Rows of a table; the last column is the target."""

    def __init__(self, path="data/table_${k}.csv", standardise=True):
        frame = pd.read_csv(path).dropna()
        values = frame.to_numpy(dtype=np.float32)
        self.x, self.y = values[:, :-1], values[:, -1].astype(np.int64)
        if standardise:
            mean, std = self.x.mean(axis=0), self.x.std(axis=0)
            self.x = (self.x - mean) / np.maximum(std, 1e-6)  # no division by zero

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return torch.from_numpy(self.x[i]), int(self.y[i])
`;

const model = (k: number, width: number) => `

class Network${k}(nn.Module):
    def __init__(self, inputs=${10 + k}, width=${width}, classes=${2 + (k % 9)}, dropout=CONFIG["dropout"]):
        super().__init__()
        self.norm = nn.BatchNorm1d(inputs)
        self.first = nn.Linear(inputs, width)
        self.second = nn.Linear(width, width // 2)
        self.gate = nn.Sequential(nn.Linear(width // 2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
        self.last = nn.Linear(width // 2, classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.norm(x.float())
        x = self.dropout(F.relu(self.first(x)))
        x = F.gelu(self.second(x))
        # A gate of one number for each row.
        x = x * self.gate(x).clamp(min=0.05, max=0.95)
        return self.last(x)
`;

const helpers = (k: number) => `

def summarise_${k}(history, window=${5 + k}):
    """Mean, best and last value of each series, smoothed over a window."""
    out = {}
    for name, values in history.items():
        kernel = np.ones(window) / window
        smooth = np.convolve(np.asarray(values), kernel, mode="valid") if len(values) >= window else values
        out[name] = {"mean": float(np.mean(smooth)), "best": float(np.min(smooth)), "last": float(smooth[-1])}
    rows = [f"{name:>12} {v['mean']:.4f} {v['best']:.4f} {v['last']:.4f}" for name, v in sorted(out.items())]
    print("\\n".join(rows))
    return out


def save_${k}(model, optimizer, epoch, folder="checkpoints/${k}"):
    os.makedirs(folder, exist_ok=True)
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, os.path.join(folder, f"epoch_{epoch:03d}.pt"))
    old = sorted(name for name in os.listdir(folder) if name.endswith(".pt"))[:-3]
    for name in old:
        os.remove(os.path.join(folder, name))
`;

const loop = (k: number, optimizer: string, schedule: string) => `

def train_${k}(epochs=args.epochs, lr=${[0.1, 0.01, 0.001, 0.0003][k % 4]}, accumulate=${1 + (k % 3)}):
    data = Table${k}()
    parts = random_split(data, [len(data) - 500, 500], generator=torch.Generator().manual_seed(${k}))
    train_loader = DataLoader(parts[0], batch_size=${64 << (k % 3)}, shuffle=True, num_workers=2)
    val_loader = DataLoader(parts[1], batch_size=256)
    model = Network${k}().to(DEVICE)
    optimizer = ${optimizer}
    scheduler = ${schedule}
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
    history = {"train": [], "val": []}
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for i, (x, y) in enumerate(train_loader):
            x, y = x.to(DEVICE), y.to(DEVICE)
            loss = criterion(model(x), y) / accumulate
            loss.backward()
            if (i + 1) % accumulate == 0:
                nn.utils.clip_grad_norm_(model.parameters(), CONFIG["clip"])
                optimizer.step()
                optimizer.zero_grad()
            total += loss.item() * len(x)
            if i % 50 == 0:
                print(f"epoch {epoch} step {i} loss {loss.item():.4f}")
        scheduler.step()
        history["train"].append(total / len(parts[0]))
        history["val"].append(evaluate_${k}(model, val_loader, criterion))
        save_${k}(model, optimizer, epoch)
    return summarise_${k}(history)


def evaluate_${k}(model, loader, criterion):
    model.eval()
    total, right, rows = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(DEVICE), y.to(DEVICE)
            outputs = model(x)
            total += criterion(outputs, y).item() * len(y)
            right += (outputs.argmax(dim=1) == y).sum().item()
            rows += len(y)
    print(f"accuracy {right / max(rows, 1):.3f}, cost {total / max(rows, 1):.4f}")
    return total / max(rows, 1)
`;

const OPTIMIZERS = [
	"optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.999), eps=1e-8)",
	'optim.SGD(model.parameters(), lr=lr, momentum=CONFIG["momentum"], nesterov=True)',
	"optim.AdamW(model.parameters(), lr=args.lr, weight_decay=args.weight_decay)",
	"optim.RMSprop(model.parameters(), lr=lr, alpha=0.99)",
];
const SCHEDULES = [
	"optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)",
	"optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs, eta_min=1e-6)",
	"optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)",
];

/** @returns a program in PyTorch as somebody's file of experiments has it, of at least so many lines */
export function longProgram(lines: number): string {
	let text = HEAD;
	const random = new Random(3);
	let count = 0;
	for (; text.split("\n").length < lines - 60; count++) {
		text += dataset(count) + model(count, 32 << random.below(4)) + helpers(count);
		text += loop(count, OPTIMIZERS[random.below(4)], SCHEDULES[random.below(3)]);
	}
	text += '\n\nif __name__ == "__main__":\n    results = {}\n';
	for (let k = 0; k < count; k++) text += `    results["${k}"] = train_${k}()\n`;
	return text;
}

/** One keystroke: `text` is put in the place of so many characters. */
export interface Keystroke {
	at: number;
	gone: number;
	put: string;
}

/**
 * Keystrokes as somebody at work makes them, each on the text that the ones before left: digits typed behind numbers and
 * taken out again, letters behind names, brackets and quotes that stay open for a while, new lines.
 */
export function* keystrokes(text: string, count: number, random: Random): Generator<Keystroke & { text: string }> {
	const back: Keystroke[] = [];
	for (let made = 0; made < count; made++) {
		let next: Keystroke;
		const taken = back.pop();
		if (taken) next = taken;
		else {
			const kind = random.below(5);
			const from = random.below(text.length);
			const pattern = [/\d/g, /[a-z]\b/g, /\n/g, /[=,] ?/g, /\)/g][kind];
			pattern.lastIndex = from;
			const found = pattern.exec(text) ?? pattern.exec(text);
			const at = (found?.index ?? from) + (found?.[0].length ?? 0);
			const put = ["0123456789"[random.below(10)], "abcdefgh"[random.below(8)], "\n", "([{\"'"[random.below(5)], "."][
				kind
			];
			next = { at, gone: 0, put };
			// Most of what is typed here is gone a stroke later; so the text stays what it was.
			if (random.below(8) > 0 || kind > 2) back.push({ at, gone: put.length, put: "" });
		}
		text = text.slice(0, next.at) + next.put + text.slice(next.at + next.gone);
		yield { ...next, text };
	}
}
