export { divergence } from "./divergence.ts";
export { costRose } from "./words.ts";
