/**
 * Warns of names of requests, groups and objects that no script mentions; only running the scripts could prove that they
 * exist.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ScriptFacts } from "../../load/script/inspect.ts";
import type { Plan } from "../../plan.ts";
import { GamedayError } from "../../std/errors.ts";

const FILES_MAX = 200;
const FILE_BYTES_MAX = 1 << 20;
const IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** Returns one line for each name that occurs nowhere in the plan's scripts and what they import. */
export function unmentioned(plan: Plan, scripts: readonly (ScriptFacts | GamedayError)[]): string[] {
  const files = [...plan.load.scenarios.map(({ file }) => file), ...(plan.probes === null ? [] : [plan.probes.file])];
  const text = textOf(files);
  const probed = scripts.flatMap((one) => (one instanceof GamedayError ? [] : one.probes.map(({ object }) => object)));
  const claims = plan.claims.flatMap(({ object }) =>
    probed.includes(object) || text.includes(object)
      ? []
      : [`claim over "${object}": no probe and no script mentions it`],
  );
  const requests = plan.objectives.flatMap(({ id, over: { name, group } }) => [
    ...(name === undefined || isMentioned(name, text)
      ? []
      : [`objective "${id}": no script mentions a request "${name}"`]),
    ...(group === undefined || text.includes(group)
      ? []
      : [`objective "${id}": no script mentions a group "${group}"`]),
  ]);
  return [...claims, ...requests];
}

/** Returns whether a request is mentioned. A request without a name is counted by method and path, so that its path suffices. */
function isMentioned(name: string, text: string): boolean {
  const path = /^[A-Z]+ (\/[^/?:{]*)/.exec(name)?.[1];
  return text.includes(name) || (path !== undefined && text.includes(path));
}

/** Returns the text of the scripts and of the files that they import by relative path, as far as those can be read. */
function textOf(files: readonly string[]): string {
  const seen = new Set(files);
  const texts: string[] = [];
  for (const file of seen) {
    const text = readFile(file);
    texts.push(text);
    for (const [, path = ""] of text.matchAll(IMPORT)) {
      const found = fileAt(resolve(dirname(file), path));
      if (found !== undefined && seen.size < FILES_MAX) seen.add(found);
    }
  }
  return texts.join("\n");
}

function fileAt(path: string): string | undefined {
  const names = [path, `${path}.ts`, `${path}.js`, `${path}/index.ts`, `${path}/index.js`];
  return names.find((name) => {
    const found = statSync(name, { throwIfNoEntry: false });
    return found?.isFile() === true && found.size <= FILE_BYTES_MAX;
  });
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // a file that cannot be read is reported elsewhere
  }
}
