/** What is imported while a person's module loads: which files, and by whom, so that an import that fails has a line. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { Place } from "../std/errors.ts";
import { isOurs } from "./thrown.ts";

/** `import "specifier"`, in a file. */
export interface Import {
  readonly specifier: string;
  readonly by: string;
}

const SELF = new URL(import.meta.url.endsWith(".ts") ? "../scenario.ts" : "../scenario.js", import.meta.url).href;
const failed = new WeakMap<object, Import>();
const first = new Map<string, Import>();
const files = new Set<string>();
let hooked = false;

/** Makes "gameday" mean this very package for all modules loaded from now on, and watches them; once per process. */
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

/** The import that this error comes from, when what it names was not found. */
export function failedImport(thrown: unknown): Import | undefined {
  return typeof thrown === "object" && thrown !== null ? failed.get(thrown) : undefined;
}

/** Who imported a file first. */
export function importOf(file: string): Import | undefined {
  return first.get(file);
}

/** All files of persons that were asked for so far, the last first. */
export function importedFiles(): readonly string[] {
  return [...files].reverse();
}

/** Where a file names what it imports. */
export function placeOfImport({ specifier, by }: Import): Place {
  const lines = readFileSync(by, "utf8").split("\n");
  for (const quote of ['"', "'", "`"]) {
    const text = `${quote}${specifier}${quote}`;
    const index = lines.findIndex((line) => line.includes(text));
    if (index >= 0) return { file: by, line: index + 1, column: (lines[index] ?? "").indexOf(text) + 1 };
  }
  return { file: by };
}
