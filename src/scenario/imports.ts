/**
 * Records which files are imported while a user's module loads, and by which file, so that a failed import can be
 * reported with its line.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { Place } from "../std/errors.ts";
import { isOurs } from "./thrown.ts";

/** One `import "specifier"` in a file. */
export interface Import {
  readonly specifier: string;
  readonly by: string;
}

const SELF = new URL(import.meta.url.endsWith(".ts") ? "../scenario.ts" : "../scenario.js", import.meta.url).href;
const failed = new WeakMap<object, Import>();
const first = new Map<string, Import>();
const files = new Set<string>();
let hooked = false;

/** Makes "gameday" resolve to this package for all modules loaded from now on, and records their imports; once per process. */
export function hookImports(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === "gameday") return { url: SELF, shortCircuit: true };
      const by = context.parentURL?.startsWith("file:") === true ? fileURLToPath(context.parentURL) : null;
      try {
        const found = next(specifier, context);
        if (by !== null) remember(found.url, { specifier, by });
        return found;
      } catch (thrown) {
        if (by !== null && !isOurs(by) && typeof thrown === "object" && thrown !== null)
          failed.set(thrown, { specifier, by });
        throw thrown;
      }
    },
  });
}

function remember(url: string, imported: Import): void {
  if (!url.startsWith("file:")) return;
  const file = fileURLToPath(url);
  if (isOurs(file)) return;
  files.add(file);
  if (!isOurs(imported.by) && !first.has(file)) first.set(file, imported);
}

/** Returns the import that this error comes from, if what it names was not found. */
export function failedImport(thrown: unknown): Import | undefined {
  return typeof thrown === "object" && thrown !== null ? failed.get(thrown) : undefined;
}

/** Returns the import that loaded a file first. */
export function importOf(file: string): Import | undefined {
  return first.get(file);
}

/** Returns all of the user's files that were imported so far, the last first. */
export function importedFiles(): readonly string[] {
  return [...files].reverse();
}

/** Returns the place in a file at which an import names its module. */
export function placeOfImport({ specifier, by }: Import): Place {
  const lines = readFileSync(by, "utf8").split("\n");
  for (const quote of ['"', "'", "`"]) {
    const text = `${quote}${specifier}${quote}`;
    const index = lines.findIndex((line) => line.includes(text));
    if (index >= 0) return { file: by, line: index + 1, column: (lines[index] ?? "").indexOf(text) + 1 };
  }
  return { file: by };
}
