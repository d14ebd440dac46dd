/**
 * The controls, made of VS Code's webview toolkit. The toolkit is no longer developed, so this is the only file that
 * knows it: the rest of the panel would not notice another one.
 */
import {
	type Button,
	type Dropdown,
	type Option,
	provideVSCodeDesignSystem,
	type TextField,
	vsCodeButton,
	vsCodeDropdown,
	vsCodeOption,
	vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { icon } from "./dom.ts";

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());

export interface ButtonControl {
	element: HTMLElement;
	setDisabled(disabled: boolean): void;
}

interface ButtonOptions {
	label: string;
	testId: string;
	onClick(): void;
	icon?: string;
	/** primary: the one thing to do next; icon: the label becomes the tooltip */
	appearance: "primary" | "secondary" | "icon";
}

export function makeButton(options: ButtonOptions): ButtonControl {
	const button = document.createElement("vscode-button") as Button;
	// before the appearance: a button that looks like an icon and has no label yet is called "Icon Button" by the toolkit
	if (options.appearance === "icon") button.setAttribute("aria-label", options.label);
	button.appearance = options.appearance;
	button.dataset.testid = options.testId;
	if (options.appearance === "icon") {
		button.title = options.label;
		button.append(icon(options.icon ?? "circle"));
	} else {
		if (options.icon !== undefined) {
			const start = icon(options.icon);
			start.slot = "start";
			button.append(start);
		}
		button.append(options.label);
	}
	button.addEventListener("click", () => {
		if (!button.disabled) options.onClick();
	});
	return {
		element: button,
		setDisabled: (disabled) => {
			if (button.disabled !== disabled) button.disabled = disabled;
		},
	};
}

export interface Choice {
	value: string;
	label: string;
}

export interface DropdownControl {
	element: HTMLElement;
	/** Shows the choices with `value` chosen; leaves an open list alone. */
	show(choices: readonly Choice[], value: string): void;
	setDisabled(disabled: boolean): void;
}

export function makeDropdown(options: {
	label: string;
	testId: string;
	onChange(value: string): void;
}): DropdownControl {
	const dropdown = document.createElement("vscode-dropdown") as Dropdown;
	dropdown.ariaLabel = options.label;
	dropdown.setAttribute("aria-label", options.label);
	dropdown.dataset.testid = options.testId;
	let shown = "";
	let wanted = "";
	dropdown.addEventListener("change", () => {
		// setting the value from code may be reported, too
		if (dropdown.value === wanted || dropdown.value === "") return;
		wanted = dropdown.value;
		describe();
		options.onChange(wanted);
	});
	function describe(): void {
		const chosen = [...dropdown.children].find((child) => (child as Option).value === wanted);
		dropdown.title = chosen?.textContent ?? "";
	}
	return {
		element: dropdown,
		show(choices, value) {
			if (dropdown.open) return;
			const key = JSON.stringify(choices);
			if (key === shown && value === wanted && dropdown.value === value) return;
			wanted = value;
			if (key !== shown) {
				shown = key;
				dropdown.replaceChildren(
					...choices.map((choice) => {
						const option = document.createElement("vscode-option") as Option;
						option.value = choice.value;
						option.setAttribute("value", choice.value);
						option.title = choice.label;
						option.textContent = choice.label;
						if (choice.value === value) option.setAttribute("selected", "");
						return option;
					}),
				);
			}
			dropdown.value = value;
			// the toolkit takes in new options only after this task, and then chooses by itself
			requestAnimationFrame(() => {
				if (!dropdown.open && dropdown.value !== wanted) dropdown.value = wanted;
			});
			describe();
		},
		setDisabled: (disabled) => {
			if (dropdown.disabled !== disabled) dropdown.disabled = disabled;
		},
	};
}

export interface TextControl {
	element: HTMLElement;
	readonly text: string;
	setText(text: string): void;
	setPlaceholder(text: string): void;
	/** Marks the field as wrong, or as right again; called at every render. */
	setInvalid(message: string | undefined): void;
	hasFocus(): boolean;
	focus(): void;
}

export function makeTextField(options: {
	label: string;
	testId: string;
	onInput(): void;
	/** Enter, or the focus went elsewhere */
	onCommit(): void;
	onEnter(): void;
}): TextControl {
	const field = document.createElement("vscode-text-field") as TextField;
	field.setAttribute("aria-label", options.label);
	field.dataset.testid = options.testId;
	field.spellcheck = false;
	field.addEventListener("input", () => options.onInput());
	field.addEventListener("change", () => options.onCommit());
	field.addEventListener("blur", () => options.onCommit());
	field.addEventListener("keydown", (event) => {
		if ((event as KeyboardEvent).key === "Enter") options.onEnter();
	});
	return {
		element: field,
		get text() {
			return field.value ?? "";
		},
		setText: (text) => {
			if (field.value !== text) field.value = text;
		},
		setPlaceholder: (text) => {
			if (field.placeholder !== text) field.placeholder = text;
		},
		setInvalid: (message) => {
			field.classList.toggle("invalid", message !== undefined);
			if (message === undefined) field.removeAttribute("aria-invalid");
			else if (!field.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
			// here and not once: the toolkit names the field "Text field" when it is put into the document
			const label = message === undefined ? options.label : `${options.label}. ${message}`;
			if (field.getAttribute("aria-label") !== label) field.setAttribute("aria-label", label);
		},
		hasFocus: () => document.activeElement === field,
		focus: () => field.focus(),
	};
}
