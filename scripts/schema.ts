/** `node scripts/schema.ts`: writes schema/*.json; with --check it writes nothing and exits 1 when one of them is stale. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { jsonSchemas } from "./reference/json-schemas.ts";

const check = process.argv.includes("--check");
for (const [name, text] of jsonSchemas()) {
  const path = new URL(`../schema/${name}`, import.meta.url);
  const stale = !existsSync(path) || readFileSync(path, "utf8") !== text;
  if (!stale) continue;
  console.log(`${check ? "stale" : "wrote"} schema/${name}`);
  if (check) process.exitCode = 1;
  else writeFileSync(path, text);
}
