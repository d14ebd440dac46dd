/** A button that opens a short list of actions, as the menus of VS Code do: arrows, Home, End, Escape. */
import { element, icon, setAttribute, setShown } from "../dom.ts";

export interface MenuItem {
	label: string;
	testId: string;
	run(): void;
	/** false: left out for now */
	available(): boolean;
}

export class Menu {
	readonly element: HTMLElement;
	private readonly button: HTMLButtonElement;
	private readonly list = element("div", { class: "menu", role: "menu", hidden: "" });
	private readonly items: readonly { item: MenuItem; element: HTMLButtonElement }[];

	constructor(label: string, iconName: string, testId: string, items: readonly MenuItem[]) {
		this.button = element(
			"button",
			{
				type: "button",
				class: "icon",
				title: label,
				"aria-label": label,
				"aria-haspopup": "menu",
				"aria-expanded": "false",
				"data-testid": testId,
			},
			icon(iconName),
		);
		this.items = items.map((item) => ({
			item,
			element: element(
				"button",
				{ type: "button", class: "menu-item", role: "menuitem", tabindex: "-1", "data-testid": item.testId },
				item.label,
			),
		}));
		setAttribute(this.list, "aria-label", label);
		for (const { item, element: entry } of this.items) {
			entry.addEventListener("click", () => {
				this.close(true);
				item.run();
			});
			this.list.append(entry);
		}
		this.element = element("span", { class: "menu-place" }, this.button, this.list);
		this.button.addEventListener("click", () => (this.list.hidden ? this.open() : this.close(true)));
		this.button.addEventListener("keydown", (event) => {
			if (event.key !== "ArrowDown" || !this.list.hidden) return;
			event.preventDefault();
			this.open();
		});
		this.list.addEventListener("keydown", (event) => this.onKey(event));
		this.element.addEventListener("focusout", (event) => {
			if (!this.element.contains(event.relatedTarget as Node | null)) this.close(false);
		});
	}

	/** Shows the button as long as there is something to do. */
	render(): void {
		const any = this.items.some(({ item }) => item.available());
		if (this.button.disabled === any) this.button.disabled = !any;
	}

	private open(): void {
		for (const { item, element: entry } of this.items) setShown(entry, item.available());
		setShown(this.list, true);
		setAttribute(this.button, "aria-expanded", "true");
		this.shown[0]?.focus();
	}

	private close(back: boolean): void {
		if (this.list.hidden) return;
		setShown(this.list, false);
		setAttribute(this.button, "aria-expanded", "false");
		if (back) this.button.focus();
	}

	private get shown(): HTMLButtonElement[] {
		return this.items.flatMap(({ element: entry }) => (entry.hidden ? [] : [entry]));
	}

	private onKey(event: KeyboardEvent): void {
		const { shown } = this;
		const at = shown.indexOf(document.activeElement as HTMLButtonElement);
		const targets: Record<string, number> = {
			ArrowDown: (at + 1) % shown.length,
			ArrowUp: (at - 1 + shown.length) % shown.length,
			Home: 0,
			End: shown.length - 1,
		};
		if (event.key === "Escape") {
			event.stopPropagation();
			this.close(true);
		} else if (event.key in targets) shown[targets[event.key]]?.focus();
		else return;
		event.preventDefault();
	}
}
