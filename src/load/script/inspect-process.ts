/** Entry point of the process that loads one user module and reports to its parent what the module contains. */

import { loadError } from "../../scenario/load-error.ts";
import { loadProbes, loadScenario, loadScenarioOrProbes } from "../../scenario/module.ts";
import type { ProbeDefinition, ScenarioDefinition } from "../../scenario.ts";
import { type Hosts, parseHosts } from "../../std/hosts.ts";
import { type ErrorText, errorText } from "../wire/error-text.ts";
import { guardProcess } from "./guard.ts";

/** What a module contains. */
export interface ScriptFacts {
  /** The description for a line of `gameday check`. */
  readonly says: string;
  /** Name of the scenario; null when the module has probes. */
  readonly scenario: string | null;
  /** Addresses that the module assigns to host names. */
  readonly hosts: Hosts;
  readonly probes: readonly { readonly class: string; readonly object: string }[];
}

export type Inspected = ScriptFacts | { readonly error: ErrorText };

const LOADERS: Readonly<Record<string, (file: string) => Promise<ScenarioDefinition | readonly ProbeDefinition[]>>> = {
  scenario: loadScenario,
  probes: loadProbes,
  either: loadScenarioOrProbes,
};

async function inspected(kind = "either", file = ""): Promise<Inspected> {
  try {
    const found = await LOADERS[kind]?.(file);
    if (found === undefined) throw new RangeError(`expected scenario, probes or either, got "${kind}"`);
    const probes = isProbes(found) ? found.map((probe) => ({ class: probe.class, object: probe.object })) : [];
    const hosts = isProbes(found) ? {} : parseHosts(found.hosts ?? {});
    return { says: describe(found), scenario: isProbes(found) ? null : found.name, hosts, probes };
  } catch (thrown) {
    return { error: errorText(thrown) };
  }
}

function describe(found: ScenarioDefinition | readonly ProbeDefinition[]): string {
  if (isProbes(found)) return `probes of ${found.map(describeProbe).join(", ")}`;
  return describeScenario(found);
}

function describeProbe({ class: name, rate }: ProbeDefinition): string {
  return rate === undefined ? name : `${name} (${rate} a second)`;
}

function isProbes(found: ScenarioDefinition | readonly ProbeDefinition[]): found is readonly ProbeDefinition[] {
  return Array.isArray(found);
}

function describeScenario(definition: ScenarioDefinition): string {
  const hooks = (["setup", "onStart", "login", "run", "onStop", "teardown"] as const).filter(
    (hook) => definition[hook] !== undefined,
  );
  const tasks = definition.tasks?.map(({ name, weight = 1 }) => `${name} (${weight})`) ?? [];
  const does = [...hooks, ...(tasks.length === 0 ? [] : [`tasks ${tasks.join(", ")}`])].join(", ");
  return `scenario "${definition.name}": ${does}`;
}

const { send, exit } = guardProcess();
const [, , kind, file = ""] = process.argv;
// The process exits even when the module has left something running.
const tell = (found: Inspected) => send?.(found, () => exit(0));
process.on("uncaughtException", (thrown) => tell({ error: errorText(loadError(thrown, file)) }));
tell(await inspected(kind, file));
