/** Checks scripts for `gameday check`: that they load, what they contain, and whether their types are right. */
import { relative } from "node:path";
import type { World } from "../../cli.ts";
import { inspectScripts, type Script, type ScriptFacts } from "../../load/script/inspect.ts";
import type { Plan } from "../../plan.ts";
import { checkTypes } from "../../scenario/type-check.ts";
import { GamedayError } from "../../std/errors.ts";

const ERRORS_MAX = 20;

/** Returns the modules that a plan names, each once. */
export function scriptsOf(plan: Plan): Script[] {
  const probes = plan.experiments.flatMap(({ insideProbes }) => insideProbes ?? []);
  if (plan.probes !== null) probes.unshift(plan.probes.file);
  return [
    ...once(plan.load.scenarios.map(({ file }) => file)).map((file) => ({ file, kind: "scenario" as const })),
    ...once(probes).map((file) => ({ file, kind: "probes" as const })),
  ];
}

function once(files: readonly string[]): string[] {
  return [...new Set(files)];
}

/**
 * Prints a line about each script, and the errors on the standard error. `further` returns the errors of the plan that names
 * the scripts. Returns false if there was any error.
 */
export async function checkScripts(
  world: World,
  scripts: readonly Script[],
  further: (found: readonly (ScriptFacts | GamedayError)[]) => readonly GamedayError[] = () => [],
  report?: ReportError,
): Promise<boolean> {
  const found = await inspectScripts(scripts);
  const errors: GamedayError[] = [...further(found)];
  const says = new Set<string>();
  for (const [index, { file }] of scripts.entries()) {
    const what = found[index];
    if (what instanceof GamedayError) errors.push(what);
    else {
      world.stdout.write(`${relative(world.cwd, file)}: ${what?.says}\n`);
      const types = await checkTypes(file, world.self[0] ?? "node");
      errors.push(...types.errors);
      says.add(types.says);
    }
  }
  for (const line of says) world.stdout.write(`${line}\n`);
  return printErrors(world, errors, report);
}

/** Called with every error that a check finds, for a caller that is no terminal. */
export type ReportError = (error: GamedayError) => void;

/** Prints the errors on the standard error, up to a bound. Returns whether there was none. */
export function printErrors(world: World, errors: readonly GamedayError[], report?: ReportError): boolean {
  for (const error of errors) report?.(error);
  for (const error of errors.slice(0, ERRORS_MAX)) world.stderr.write(`gameday: ${error.describe()}\n`);
  if (errors.length > ERRORS_MAX) world.stderr.write(`gameday: and ${errors.length - ERRORS_MAX} more errors\n`);
  return errors.length === 0;
}
