export type SurfaceName = "bowl" | "rosenbrock" | "saddle" | "doubleWell" | "plateau";

/** A cost over two parameters with its gradient, in float64. */
export interface Surface {
	cost(x: number, y: number): number;
	/** [dJ/dx, dJ/dy] */
	gradient(x: number, y: number): [number, number];
}

/**
 * The known surfaces that an optimizer's path is shown on.
 * @param a and @param b curvatures of the bowl; the others have none
 */
export function surface(name: SurfaceName, a = 1, b = 10): Surface {
	switch (name) {
		case "bowl":
			return { cost: (x, y) => (a * x * x + b * y * y) / 2, gradient: (x, y) => [a * x, b * y] };
		case "rosenbrock":
			return {
				cost: (x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
				gradient: (x, y) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
			};
		case "saddle":
			return { cost: (x, y) => (x * x - y * y) / 2, gradient: (x, y) => [x, -y] };
		case "doubleWell":
			return { cost: (x, y) => x ** 4 / 4 - (x * x) / 2 + (y * y) / 2, gradient: (x, y) => [x ** 3 - x, y] };
		case "plateau":
			return {
				cost: (x, y) => 1 - Math.exp(-(x * x + y * y) / 2),
				gradient: (x, y) => [x * Math.exp(-(x * x + y * y) / 2), y * Math.exp(-(x * x + y * y) / 2)],
			};
	}
}

export const surfaceNames: readonly SurfaceName[] = ["bowl", "rosenbrock", "saddle", "doubleWell", "plateau"];
