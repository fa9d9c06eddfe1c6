/** The plans and scripts that may be started from the dashboard: those below the folders that the server was started with. */
import { readdirSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { parse } from "yaml";
import type { PlanList, ScriptList } from "../../dashboard.ts";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { isRecord } from "../../std/json.ts";
import { readRegular } from "../../std/regular-file.ts";

export interface Folders {
  /** Absent: nothing of this kind may be started from the dashboard. */
  readonly plansFolder?: string;
  readonly scriptsFolder?: string;
}

const FILES_MAX = 500;
const DEPTH_MAX = 4;
const PLAN = /^[A-Za-z0-9_][A-Za-z0-9._-]*\.ya?ml$/;
const SCRIPT = /^[A-Za-z0-9_][A-Za-z0-9._-]*\.[mc]?[jt]s$/;
const NO_SCRIPT = /\.(test|d|fixture)\.[mc]?[jt]s$/;
const FOLDER = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const PLAN_BYTES_MAX = 4 << 20;

export function listPlans({ plansFolder }: Folders): PlanList {
  if (plansFolder === undefined) return { folder: null, plans: [] };
  const files = filesBelow(plansFolder, (name) => PLAN.test(name));
  return {
    folder: plansFolder,
    plans: files
      .map((file) => describePlan(plansFolder, file))
      .filter(({ name, trouble }) => name !== null || trouble !== null),
  };
}

export function listScripts({ scriptsFolder }: Folders): ScriptList {
  if (scriptsFolder === undefined) return { folder: null, scripts: [] };
  const files = filesBelow(scriptsFolder, (name) => SCRIPT.test(name) && !NO_SCRIPT.test(name));
  return { folder: scriptsFolder, scripts: files.map((file) => ({ file })) };
}

export function planPath({ plansFolder }: Folders, file: string): string {
  return pathWithin(plansFolder, file, { what: "a plan", flag: "--plans" });
}

export function scriptPath({ scriptsFolder }: Folders, file: string): string {
  return pathWithin(scriptsFolder, file, { what: "a script", flag: "--scripts" });
}

/** Returns the path of a file that is really within the folder, links followed. */
function pathWithin(folder: string | undefined, file: string, { what, flag }: { what: string; flag: string }): string {
  if (folder === undefined) throw notGiven(what, flag);
  try {
    const root = realpathSync(folder);
    const path = realpathSync(join(root, file));
    if (path.startsWith(`${root}${sep}`)) return path;
  } catch {
    // reported below, like a file that is elsewhere
  }
  throw new GamedayError({
    code: "no-such-file",
    expected: `${what} below the folder of ${flag}`,
    got: JSON.stringify(file),
  });
}

function notGiven(what: string, flag: string): GamedayError {
  return new GamedayError({
    code: "not-started-from-here",
    expected: `a server that was started with ${flag} FOLDER`,
    got: "a server without it",
    hint: `${what} may be started from the dashboard only below a folder that the server was given`,
    exitCode: ExitCode.notReady,
  });
}

function filesBelow(folder: string, wanted: (name: string) => boolean, prefix = "", depth = 0): string[] {
  if (depth > DEPTH_MAX) return [];
  const files: string[] = [];
  for (const entry of entriesOf(join(folder, prefix))) {
    if (files.length >= FILES_MAX) break;
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isFile() && wanted(entry.name)) files.push(path);
    else if (entry.isDirectory() && FOLDER.test(entry.name) && entry.name !== "node_modules")
      files.push(...filesBelow(folder, wanted, path, depth + 1));
  }
  return files.slice(0, FILES_MAX);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // it was removed, or may not be read
  }
}

/** Describes a YAML file. One that is no plan at all has neither a name nor a trouble. */
function describePlan(folder: string, file: string): PlanList["plans"][number] {
  try {
    const value: unknown = parse(readRegular(join(folder, file), PLAN_BYTES_MAX));
    if (!isRecord(value) || !isRecord(value["platform"])) return { file, name: null, platform: null, trouble: null };
    const text = (one: unknown) => (typeof one === "string" ? one : null);
    return { file, name: text(value["name"]) ?? file, platform: text(value["platform"]["kind"]), trouble: null };
  } catch (thrown) {
    return { file, name: null, platform: null, trouble: messageOf(thrown).slice(0, 300) };
  }
}
