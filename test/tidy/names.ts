/** Exported types have one name each: a name that means two things makes a reader look at the import to know which is meant. */
import type { Sources } from "./floors.ts";

const DECLARED = /^export (?:declare )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm;
/** `export { type A, B as C } from`, and `export type { A } from`: the same thing under another path, or under another name. */
const PASSED_ON = /^export (?:type )?\{([^}]*)\}/gm;

/** Returns the type names that are declared and exported by more than one file, one line each: "Name: file, file". */
export function sharedTypeNames(sources: Sources): string[] {
  const files = new Map<string, string[]>();
  for (const [file, text] of sources) {
    for (const name of new Set([...declaredIn(text), ...renamedIn(text)]))
      files.set(name, [...(files.get(name) ?? []), file]);
  }
  return [...files]
    .filter(([, where]) => where.length > 1)
    .map(([name, where]) => `${name}: ${where.join(", ")}`)
    .sort();
}

function declaredIn(text: string): string[] {
  return [...text.matchAll(DECLARED)].map(([, name = ""]) => name);
}

/** Returns the names that a file gives to what another file declares: `Outcome` of `export { type Result as Outcome }`. */
function renamedIn(text: string): string[] {
  return [...text.matchAll(PASSED_ON)].flatMap(([, list = ""]) =>
    [...list.matchAll(/\sas\s+(\w+)/g)].map(([, name = ""]) => name).filter((name) => /^[A-Z][a-z]/.test(name)),
  );
}
