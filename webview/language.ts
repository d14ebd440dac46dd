/** Takes in the words that the host has put into the page, before another module makes a label of them. */
import { setBundle } from "../src/l10n.ts";

setBundle(document.querySelector("#l10n")?.textContent ?? "");
