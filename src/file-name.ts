/** A run's name without what a file's name cannot hold. */
export function fileName(name: string): string {
	return (
		name
			.replace(/[^\p{L}\p{N}._-]+/gu, "-")
			.replace(/^[.-]+|[.-]+$/g, "")
			.slice(0, 80) || "run"
	);
}
