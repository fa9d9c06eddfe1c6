/**
 * The floors of `src`: every idea (a folder and its `X.ts`) stands on one floor and imports only from floors below, so that the
 * code can be read from the ground floor up and there can be no circle. Type imports count like all others.
 */
import { dirname, join, normalize } from "node:path";

/** Lowest first. Ideas on the same floor do not import each other. */
export const FLOORS: readonly (readonly string[])[] = [
  ["std", "status", "probe"],
  ["history", "interval", "ledger", "range", "autoscaler", "kubernetes"],
  ["checker", "outage", "scenario"],
  ["plan"],
  ["timeline"],
  ["evidence", "experiment", "second", "control"],
  ["objective"],
  ["load", "platform", "validity"],
  ["journal", "verdict"],
  ["api"],
  ["view"],
  ["fault", "output", "report"],
  ["run", "compare"],
  ["dashboard", "page"],
  ["cli"],
  ["world"],
  ["main"],
];

/** The text of each source file by its path from the root of the checkout. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  readonly path: string;
  readonly typeOnly: boolean;
}

/** Returns the idea that a file belongs to: "plan" for src/plan.ts and for src/plan/parse.ts. */
export function ideaOf(file: string): string {
  return (file.split("/")[1] ?? "").replace(/\.ts$/, "");
}

/** Returns what a file imports or re-exports, statically or by a literal `import("...")`. */
export function importsOf(text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm);
  const calls = text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g);
  return [
    ...[...statements].map(([, typeOnly, path = ""]) => ({ path, typeOnly: typeOnly !== undefined })),
    ...[...calls].map(([, path = ""]) => ({ path, typeOnly: false })),
  ];
}

/** Returns the file within the checkout that an import of `file` refers to; undefined for packages and Node's own modules. */
export function importedFile(file: string, path: string): string | undefined {
  return path.startsWith(".") ? normalize(join(dirname(file), path)) : undefined;
}

/** Returns the ideas without a floor, one line each. */
export function ideasWithoutFloor(sources: Sources): string[] {
  return [...new Set([...sources.keys()].map(ideaOf))].filter((idea) => floorOf(idea) < 0);
}

/** Returns the imports of another idea on the same floor or on a higher one, as "file -> file". */
export function importsUpward(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, text] of sources) {
    for (const { path } of importsOf(text)) {
      const target = importedFile(file, path);
      if (target === undefined || ideaOf(target) === ideaOf(file)) continue;
      if (floorOf(ideaOf(target)) >= floorOf(ideaOf(file))) found.push(`${file} -> ${target}`);
    }
  }
  return found;
}

function floorOf(idea: string): number {
  return FLOORS.findIndex((ideas) => ideas.includes(idea));
}
