/** Notebooks: which cells are read, and as what. */

/** @returns the text of the code cells of a Jupyter notebook's JSON; of a notebook in another language none */
export function readNotebook(json: string): string[] {
	let notebook: unknown;
	try {
		notebook = JSON.parse(json);
	} catch {
		return [];
	}
	const { cells, metadata } = (notebook ?? {}) as {
		cells?: { cell_type?: string; source?: string | string[] }[];
		metadata?: { kernelspec?: { language?: string }; language_info?: { name?: string } };
	};
	const language = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? "python";
	if (!Array.isArray(cells) || language.toLowerCase() !== "python") return [];
	return cells
		.filter((cell) => cell?.cell_type === "code")
		.map(({ source }) => (Array.isArray(source) ? source.join("") : (source ?? "")));
}

/** Makes comments of what is no Python, at the same length: shell commands, magics, questions for help. */
export function joinCells(cells: readonly string[]): string[] {
	return cells.map((cell) => {
		if (/^\s*%%(?!time|timeit|capture|prun)/.test(cell)) return cell.replace(/[^\n]/g, " ");
		return cell.replace(
			/^([ \t]*)([%!?]|\w[\w.]*\?)/gm,
			(all, indent: string) => `${indent}#${all.slice(indent.length + 1)}`,
		);
	});
}
