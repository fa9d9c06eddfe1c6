/** Writes docs/guide/faults.md from the catalogue of faults. */
import { mkdirSync, writeFileSync } from "node:fs";
import { FAULTS } from "../src/fault/catalogue.ts";
import { faultsGuide } from "../src/fault/guide.ts";

const page = new URL("../docs/guide/faults.md", import.meta.url);
mkdirSync(new URL(".", page), { recursive: true });
writeFileSync(page, faultsGuide(FAULTS));
