/** Looks at users' modules in a process of its own, so that what one does while it loads reaches nobody. */
import { fork } from "node:child_process";
import { neverLoads } from "../../scenario/load-error.ts";
import { entryBeside } from "../../std/entry.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Hosts } from "../../std/hosts.ts";
import { fromErrorText } from "../wire/error-text.ts";
import type { Inspected, ScriptFacts } from "./inspect-process.ts";

const ENTRY = entryBeside(import.meta.url, "./inspect-process");
export const LOADING_MS_MAX = 20_000;

export type ScriptKind = "scenario" | "probes" | "either";

export interface Script {
  readonly file: string;
  readonly kind: ScriptKind;
}

export type { ScriptFacts } from "./inspect-process.ts";

/** What each module is; or what is wrong with it, at its place. In the order given. */
export async function inspectScripts(scripts: readonly Script[]): Promise<(ScriptFacts | GamedayError)[]> {
  return Promise.all(scripts.map(inspect));
}

/** The `hosts` of all of them together; those of a script that cannot be loaded are left out. */
export async function hostsOfScripts(files: readonly string[]): Promise<Hosts> {
  const found = await inspectScripts(files.map((file) => ({ file, kind: "scenario" })));
  return Object.assign({}, ...found.map((one) => (one instanceof GamedayError ? {} : one.hosts)));
}

/** As inspectScripts, but throws the first thing that is wrong with any of them. */
export async function requireScripts(scripts: readonly Script[]): Promise<ScriptFacts[]> {
  const found = await inspectScripts(scripts);
  return found.map((each) => {
    if (each instanceof GamedayError) throw each;
    return each;
  });
}

function inspect({ file, kind }: Script): Promise<ScriptFacts | GamedayError> {
  const child = fork(ENTRY, [kind, file], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
    timeout: LOADING_MS_MAX,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve) => {
    child.once("message", (message) => {
      const found = message as Inspected;
      resolve("error" in found ? fromErrorText(found.error) : found);
    });
    child.once("error", (error) => resolve(neverLoads(file, error.message)));
    // It may end before it has told anything: process.exit() at its top level, or an await that nothing settles.
    child.once("close", (code, signal) => resolve(neverLoads(file, endOf(code, signal, child.killed))));
  });
}

function endOf(code: number | null, signal: NodeJS.Signals | null, byUs: boolean): string {
  if (byUs) return `no end of loading within ${LOADING_MS_MAX / 1000} s`;
  if (code === 13) return "a top-level await that nothing settles";
  return signal === null ? `the end of its process with exit code ${code}` : `the end of its process by ${signal}`;
}
