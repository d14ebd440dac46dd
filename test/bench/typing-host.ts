/** Runs in the extension host: 200 edits of a long program, and how long it is held up by each. */
import { performance } from "node:perf_hooks";
import * as vscode from "vscode";
import type { App } from "../../src/extension/app.ts";

const EDITS = 200;

export async function run(): Promise<void> {
	const app = await vscode.extensions.getExtension<App>("descent.descent")!.activate();
	const { reader, lenses, hints } = await app.editor();
	const text = longProgram(Number(process.env.DESCENT_BENCH_LINES ?? 3000));
	const document = await vscode.workspace.openTextDocument({ language: "python", content: text });
	const editor = await vscode.window.showTextDocument(document);
	const all = new vscode.Range(0, 0, document.lineCount, 0);
	const token = new vscode.CancellationTokenSource().token;
	await reader.read(document);
	console.log(`${document.lineCount} lines, ${text.length} characters`);
	const figures: Record<string, number[]> = {
		"reading and findings": [],
		lenses: [],
		hints: [],
		together: [],
		"held up": [],
		"of this processor time": [],
	};
	for (let i = 0; i < EDITS; i++) {
		const at = document.positionAt(placeOf(document.getText(), i));
		// A digit is typed, then taken away again: every other text differs from the one before by one character.
		const typed = await editor.edit((edit) =>
			i % 2 === 0 ? edit.insert(at, "1") : edit.delete(new vscode.Range(at, at.translate(0, 1))),
		);
		if (!typed) throw new Error("the edit was refused");
		// Where others use the machine, too, the thread's own time is what can be compared.
		const worked = process.threadCpuUsage?.();
		const idle = performance.eventLoopUtilization();
		const begun = performance.now();
		await reader.read(document);
		const read = performance.now();
		await lenses.provideCodeLenses(document);
		const shown = performance.now();
		await hints.provideInlayHints(document, all, token);
		const ended = performance.now();
		if (worked) {
			const { user, system } = process.threadCpuUsage(worked);
			figures["of this processor time"].push((user + system) / 1000);
		}
		figures["reading and findings"].push(read - begun);
		figures.lenses.push(shown - read);
		figures.hints.push(ended - shown);
		figures.together.push(ended - begun);
		// Without what the loop waited for the thread that reads.
		figures["held up"].push(performance.eventLoopUtilization(idle).active);
	}
	for (const [what, times] of Object.entries(figures)) {
		if (times.length === 0) continue;
		const sorted = times.toSorted((a, b) => a - b);
		const share = (p: number) => sorted[Math.floor(p * (sorted.length - 1))].toFixed(1);
		console.log(`${what}: p50 ${share(0.5)} ms, p95 ${share(0.95)} ms, most ${share(1)} ms`);
	}
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
}

/** Before the digits of a number, spread over the program; the same place for two edits in turn. */
function placeOf(text: string, edit: number): number {
	const pair = Math.floor(edit / 2);
	const from = Math.floor((((pair * 37) % 100) / 100) * text.length);
	return text.indexOf("lr=", from) < 0 ? text.indexOf("lr=") + 3 : text.indexOf("lr=", from) + 3;
}

/** Models, loaders and loops one after the other, as in a long script of experiments. */
function longProgram(lines: number): string {
	const program = [
		"import torch",
		"from torch import nn, optim",
		"from torch.utils.data import DataLoader, TensorDataset",
	];
	for (let i = 0; program.length < lines; i++) program.push(...experiment(i));
	return program.slice(0, lines).join("\n");
}

function experiment(i: number): string[] {
	return `

class Net${i}(nn.Module):
    """Model ${i}."""

    def __init__(self, inputs=20, hidden=64, classes=4):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(0.1), nn.Linear(hidden, hidden))
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.head(torch.relu(self.body(x)))


def evaluate_${i}(model, loader):
    model.eval()
    right = total = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(1) == y).sum().item()
            total += len(y)
    model.train()
    return right / max(1, total)


def train_${i}(data, test, epochs=${10 + (i % 7)}, batch_size=${64 << (i % 3)}):
    torch.manual_seed(${i})
    model = Net${i}()
    loader = DataLoader(TensorDataset(*data), batch_size=batch_size, shuffle=True)
    test_loader = DataLoader(TensorDataset(*test), batch_size=256)
    optimizer = optim.Adam(model.parameters(), lr=0.001, betas=(0.9, 0.999))
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.5)
    criterion = nn.CrossEntropyLoss()
    history = []
    for epoch in range(epochs):
        running = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            running += loss.item()
        scheduler.step()
        history.append((epoch, running / len(loader), evaluate_${i}(model, test_loader)))
    return model, history`.split("\n");
}
