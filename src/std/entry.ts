import { fileURLToPath } from "node:url";

/**
 * Returns the file of a program beside one of our modules: `entryBeside(import.meta.url, "./process")`; .ts in a checkout, .js
 * when built.
 */
export function entryBeside(moduleUrl: string, name: string): string {
  return fileURLToPath(new URL(`${name}${moduleUrl.endsWith(".ts") ? ".ts" : ".js"}`, moduleUrl));
}
