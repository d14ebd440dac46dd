/** Formulas as trees, so that one formula is written out in every library's language. */

export type Operator = "+" | "-" | "*" | "/" | "**" | "<" | ">=" | "<=";
export type FunctionName = "sqrt" | "cos" | "floor" | "sign" | "largest";

/** A number, a name, or what is made of them; the branches of a choice are [if true, else]. */
export type Expression =
	| number
	| string
	| { operator: Operator; left: Expression; right: Expression }
	| { name: FunctionName; of: Expression[] }
	| { when: Expression; branches: [Expression, Expression] };

/** One line of a formula: what the name stands for from there on. */
export type Line = [name: string, value: Expression];

const infix =
	(operator: Operator) =>
	(first: Expression, ...rest: Expression[]): Expression =>
		rest.reduce((left, right) => ({ operator, left, right }), first);

export const add = infix("+");
export const subtract = infix("-");
export const multiply = infix("*");
export const divide = infix("/");
export const power = infix("**");
export const less = infix("<");
export const atLeast = infix(">=");
export const atMost = infix("<=");
export const call = (name: FunctionName, ...of: Expression[]): Expression => ({ name, of });
export const when = (condition: Expression, yes: Expression, no: Expression): Expression => ({
	when: condition,
	branches: [yes, no],
});

/** How a language writes what is not an operator. */
export interface Dialect {
	functions: Record<FunctionName, string>;
	choose(condition: string, yes: string, no: string): string;
	/** names that stand for tensors, where operators do not work on those */
	tensors?: ReadonlySet<string>;
}

const STRENGTH: Record<Operator, number> = { "<": 0, ">=": 0, "<=": 0, "+": 1, "-": 1, "*": 2, "/": 2, "**": 3 };
const METHODS: Partial<Record<Operator, string>> = { "+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow" };

/** @returns the text of an expression, with the brackets that it needs */
export function write(expression: Expression, dialect: Dialect): string {
	if (typeof expression === "number") return String(expression);
	if (typeof expression === "string") return expression;
	if ("name" in expression) return writeCall(expression, dialect);
	if ("when" in expression) {
		const [condition, yes, no] = [expression.when, ...expression.branches].map((part) => write(part, dialect));
		return dialect.choose(condition, yes, no);
	}
	const { operator, left, right } = expression;
	if (isTensor(left, dialect) || isTensor(right, dialect)) return writeMethod(operator, left, right, dialect);
	const within = (part: Expression, tied: boolean) => {
		const strength = strengthOf(part);
		const bracketed = strength < STRENGTH[operator] || (tied && strength === STRENGTH[operator]);
		return bracketed ? `(${write(part, dialect)})` : write(part, dialect);
	};
	const isPower = operator === "**";
	return `${within(left, isPower)} ${operator} ${within(right, operator === "-" || operator === "/")}`;
}

function strengthOf(expression: Expression): number {
	if (typeof expression !== "object" || "name" in expression)
		return typeof expression === "number" && expression < 0 ? 0 : 4;
	return "when" in expression ? -1 : STRENGTH[expression.operator];
}

function writeCall({ name, of }: Extract<Expression, { name: FunctionName }>, dialect: Dialect): string {
	const [first, ...rest] = of.map((part) => write(part, dialect));
	if (!isTensor(of[0], dialect)) return `${dialect.functions[name]}(${[first, ...rest].join(", ")})`;
	return `${first}.${name === "largest" ? "maximum" : name}(${rest.join(", ")})`;
}

/** a.mul(b): a number before a tensor changes its place where it may. */
function writeMethod(operator: Operator, left: Expression, right: Expression, dialect: Dialect): string {
	const method = METHODS[operator];
	const [first, second] = [write(left, dialect), write(right, dialect)];
	if (isTensor(left, dialect)) return `${first}.${method}(${second})`;
	return operator === "+" || operator === "*" ? `${second}.${method}(${first})` : `tf.${method}(${first}, ${second})`;
}

function isTensor(expression: Expression, dialect: Dialect): boolean {
	if (!dialect.tensors || typeof expression === "number") return false;
	if (typeof expression === "string") return dialect.tensors.has(expression);
	return partsOf(expression).some((part) => isTensor(part, dialect));
}

function partsOf(expression: Exclude<Expression, number | string>): Expression[] {
	if ("operator" in expression) return [expression.left, expression.right];
	return "name" in expression ? expression.of : [expression.when, ...expression.branches];
}

/** @returns the names in an expression, each once, in order */
export function namesIn(expression: Expression): string[] {
	if (typeof expression === "number") return [];
	if (typeof expression === "string") return [expression];
	return [...new Set(partsOf(expression).flatMap(namesIn))];
}
