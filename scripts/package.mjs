import { runScript } from "./bootstrap.mjs";

runScript("scripts/package.ts");
