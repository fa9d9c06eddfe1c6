/**
 * Checks the commands that a plan names. They are looked up as a run would look them up: on the PATH or from the plan's
 * folder, and executable.
 */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { faultNamed } from "../../fault/catalogue.ts";
import { resolveParameters } from "../../fault/parameter.ts";
import type { Plan } from "../../plan.ts";
import { PARTS } from "../../platform/command.ts";
import type { GivenCommand } from "../../platform/kind.ts";
import { isForbidden, systemReason } from "../../std/errors.ts";
import { platformKind } from "../platforms.ts";
import type { Parsed, PlanProblem } from "./problem.ts";

interface Lookup {
  /** The folder in which they run. */
  readonly folder: string;
  /** PATH of the environment. */
  readonly path: string;
}

/** Finds the commands that cannot be started. */
export function checkCommands({ plan, placeOf }: Parsed, lookup: Lookup): PlanProblem[] {
  return namedBy(plan).flatMap(({ at, argv, folder = lookup.folder, path = lookup.path }) => {
    const trouble = whyNotStarted(argv, folder, path);
    if (trouble === null) return [];
    return {
      code: "plan-no-such-command",
      expected: "a command that can be started",
      got: trouble,
      hint: "it is searched for on the PATH, or from the plan's folder if it has a slash; no shell is involved",
      place: placeOf(at),
    };
  });
}

function namedBy(plan: Plan): GivenCommand[] {
  const ofPlatform = platformKind(plan.platform.kind).givenCommands?.(plan.platform) ?? [];
  const ofExperiments = plan.experiments.flatMap(({ fault, parameters }, index) => {
    if (!faultNamed(fault).needs.includes("command")) return [];
    const resolved = resolveParameters(faultNamed(fault), parameters);
    return PARTS.map((part) => ({ at: ["experiments", index, "with", part], argv: wordsOf(resolved[part]) }));
  });
  const ofProbes = plan.stopWhen.probes.flatMap((probe, index) =>
    "argv" in probe ? [{ at: ["stopWhen", "probes", index, "command"], argv: probe.argv }] : [],
  );
  const shifted = ofPlatform.map((one) => ({ ...one, at: ["platform", ...one.at] }));
  return [...shifted, ...ofExperiments, ...ofProbes].filter(({ argv }) => argv.length > 0);
}

function wordsOf(given: unknown): string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

/**
 * Returns why a command cannot be started; null if it can, as far as that is known. A program name with a placeholder is known
 * only at run time.
 */
function whyNotStarted([program = "", ...words]: readonly string[], folder: string, path: string): string | null {
  if (program.includes("{")) return null;
  if (program.includes("/"))
    return whyNotExecutable(program, resolve(folder, program)) ?? scriptTrouble(program, words, folder);
  const places = path.split(delimiter).filter((place) => place !== "");
  const files = places.map((place) => resolve(folder, place, program));
  if (files.some((file) => whyNotExecutable(program, file) === null)) return scriptTrouble(program, words, folder);
  const locked = files.find(isLocked);
  return locked === undefined ? `"${program}", which is not on the PATH` : whyNotExecutable(program, locked);
}

function isLocked(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return false;
  } catch (thrown) {
    return isForbidden(thrown);
  }
}

function whyNotExecutable(name: string, file: string): string | null {
  try {
    if (!statSync(file).isFile()) return `"${name}", which is not a file`;
    accessSync(file, constants.X_OK);
    return null;
  } catch (thrown) {
    return isForbidden(thrown)
      ? `"${name}", with no permission to execute it (chmod +x)`
      : `"${name}": ${systemReason(thrown)}`;
  }
}

const INTERPRETERS = /(^|\/)(node|deno|bun|python3?|ruby|perl|sh|bash)$/;
const SCRIPT = /^[^-{][^{]*\.([mc]?[jt]s|py|rb|pl|sh)$/;

/** Checks the script that an interpreter is given: its first word, if that looks like a file name. */
function scriptTrouble(program: string, [script = ""]: readonly string[], folder: string): string | null {
  if (!INTERPRETERS.test(program) || !SCRIPT.test(script)) return null;
  try {
    return statSync(resolve(folder, script)).isFile() ? null : `"${script}", which is not a file`;
  } catch (thrown) {
    return `"${program} ${script}", and ${script} is ${systemReason(thrown)}`;
  }
}
