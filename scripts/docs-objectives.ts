/** Writes docs/guide/objectives.md from the catalogue of measures. */
import { writeFileSync } from "node:fs";
import { MEASURES } from "../src/objective/catalogue.ts";
import { objectivesGuide } from "../src/objective/guide.ts";

writeFileSync(new URL("../docs/guide/objectives.md", import.meta.url), objectivesGuide(MEASURES));
