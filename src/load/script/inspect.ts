/** Inspects each user module in a process of its own, so that what a module does while it loads affects nothing else. */
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

/** Resolves, in the given order, with what each module contains, or with the error at its place in the module. */
export async function inspectScripts(scripts: readonly Script[]): Promise<(ScriptFacts | GamedayError)[]> {
  return Promise.all(scripts.map(inspect));
}

/** Resolves with the merged `hosts` of all scripts; a script that cannot be loaded is left out. */
export async function hostsOfScripts(files: readonly string[]): Promise<Hosts> {
  const found = await inspectScripts(files.map((file) => ({ file, kind: "scenario" })));
  return Object.assign({}, ...found.map((one) => (one instanceof GamedayError ? {} : one.hosts)));
}

/** Does the same as inspectScripts, but throws the first error of any of them. */
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
    // The process may end without a message, for example when nothing settles an await at the module's top level.
    child.once("close", (code, signal) => resolve(neverLoads(file, endOf(code, signal, child.killed))));
  });
}

function endOf(code: number | null, signal: NodeJS.Signals | null, byUs: boolean): string {
  if (byUs) return `no end of loading within ${LOADING_MS_MAX / 1000} s`;
  if (code === 13) return "a top-level await that nothing settles";
  return signal === null ? `the end of its process with exit code ${code}` : `the end of its process by ${signal}`;
}
