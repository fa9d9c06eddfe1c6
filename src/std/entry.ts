import { fileURLToPath } from "node:url";

/** The file of a program beside a module of ours: `entryBeside(import.meta.url, "./process")`; .ts in a checkout, .js when built. */
export function entryBeside(moduleUrl: string, name: string): string {
  return fileURLToPath(new URL(`${name}${moduleUrl.endsWith(".ts") ? ".ts" : ".js"}`, moduleUrl));
}
