/** Building and updating elements. Text from outside only ever becomes text, never markup. */
type Child = Node | string | undefined;

export function element<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Record<string, string> = {},
	...children: Child[]
): HTMLElementTagNameMap[K] {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
	made.append(...children.filter((child) => child !== undefined));
	return made;
}

/** A codicon: decoration, its meaning stands in the text or label beside it. */
export function icon(name: string): HTMLElement {
	return element("span", { class: `codicon codicon-${name}`, "aria-hidden": "true" });
}

/** Tells which run of a list is pointed at, by what has its id as data-run; undefined: none any more. */
export function onPointed(list: HTMLElement, tell: (runId: string | undefined) => void): void {
	list.addEventListener("pointerover", ({ target }) => {
		if (target instanceof Element) tell(target.closest<HTMLElement>("[data-run]")?.dataset.run);
	});
	list.addEventListener("pointerleave", () => tell(undefined));
}

/** Sets text only when it changes: live numbers come 30 times a second, and most stand still. */
export function setText(target: HTMLElement, text: string): void {
	if (target.textContent !== text) target.textContent = text;
}

export function setShown(target: HTMLElement, shown: boolean): void {
	if (target.hidden === shown) target.hidden = !shown;
}

/** Text that may be cut off, with the whole of it on hover. */
export function setCutText(target: HTMLElement, text: string): void {
	setText(target, text);
	if (target.title !== text) target.title = text;
}

/** Sets an attribute only when it changes. */
export function setAttribute(target: HTMLElement, name: string, value: string): void {
	if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
