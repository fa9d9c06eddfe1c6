/** The flags of `gameday load`, including those that users of k6 and Locust type, and the plan that they mean. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { Option } from "commander";
import { isOpenModel } from "../../plan/open-model.ts";
import type { LoadPlan } from "../../plan.ts";
import { type ClientFlags, clientOf, clientOptions } from "./client-flags.ts";
import { refuseConflicts } from "./conflicts.ts";
import { foreignOptions } from "./foreign-flags.ts";
import { type KubernetesFlags, kubernetesOptions } from "./kubernetes-flags.ts";
import { shapeOf } from "./shape.ts";
import { environmentOf, lasting, milliseconds, several, unitNotes, whole } from "./values.ts";

export interface LoadFlags extends KubernetesFlags, ClientFlags {
  readonly vus?: string;
  readonly users?: string;
  readonly duration?: string;
  readonly runTime?: string;
  readonly spawnRate?: string;
  readonly stage?: string[];
  readonly rate?: string;
  readonly iterations?: string;
  readonly sharedIterations?: string;
  readonly perVuIterations?: string;
  readonly maxVus?: string;
  readonly host?: string;
  readonly workers?: string;
  readonly listen?: string;
  readonly token?: string;
  readonly env?: string[];
  readonly threshold?: string[];
  readonly json?: string;
  readonly out?: string;
  readonly seed?: string;
  readonly dashboard?: boolean;
  readonly quiet?: boolean;
  readonly onlySummary?: boolean;
  readonly gracefulStop: string;
}

export function loadOptions(): Option[] {
  return [
    new Option("-u, --vus <n>", "users at once (default 1)"),
    new Option("--users <n>", "the same, under Locust's name").hideHelp(),
    new Option("-d, --duration <time>", 'how long the load lasts: "30s", "5m"'),
    new Option("-t, --run-time <time>", "the same, under Locust's name").hideHelp(),
    new Option("-r, --spawn-rate <n>", "users started per second, up to --vus"),
    new Option(
      "-s, --stage <time:target>",
      "a ramp to that many users (or with --rate, arrivals a second); may be repeated",
    ).argParser(several),
    new Option("--rate <n[/s|/m|/h]>", "an open model: iterations started per second, whatever the platform does"),
    new Option("-i, --iterations <n>", "iterations of all users together, instead of a duration"),
    new Option("--shared-iterations <n>", "the same, under the executor's name").hideHelp(),
    new Option("--per-vu-iterations <n>", "iterations of each user, instead of a duration"),
    new Option("--max-vus <n>", "open model: the most users at once; further arrivals are dropped"),
    new Option("-H, --host <url>", "where the users go: http://127.0.0.1:8080").env("BASE_URL"),
    new Option("--workers <n>", "number of processes (default: one per core)"),
    new Option("--listen <host:port>", "wait for --workers on other machines instead (gameday worker --join)"),
    new Option("--token <text>", "the token that those workers must show (or GAMEDAY_TOKEN)").env("GAMEDAY_TOKEN"),
    ...kubernetesOptions(),
    new Option("-e, --env <K=V>", "a value for the script's user.env; may be repeated").argParser(several),
    new Option(
      "--threshold <text>",
      '"http_req_duration{name:checkout}: p(99) < 800 abort after 30s"; may be repeated',
    ).argParser(several),
    new Option("--json <file>", "write the summary as JSON; - for the standard output"),
    new Option("-o, --out <folder>", "write a folder with the evidence, the verdict and report.html"),
    new Option("--dashboard", "show the load on the dashboard, in a folder below runs unless --out names one"),
    new Option("--seed <text>", "the seed of the users' random choices (default: a new one, printed at the end)"),
    new Option("--graceful-stop <time>", "time that running iterations have to end").default("10s"),
    ...clientOptions(),
    new Option("-q, --quiet", "no live view, only the summary"),
    new Option("--only-summary", "the same, under Locust's name").hideHelp(),
    ...foreignOptions(),
    new Option("--headless", "accepted for Locust's users; there is no web page to omit").hideHelp(),
  ];
}

export interface LoadJob {
  readonly plan: LoadPlan;
  /** Notes about flags that may not mean what their author thinks. */
  readonly notes: readonly string[];
  /** How long the load lasts; null: until the iterations are used up. */
  readonly durationMs: number | null;
}

export function joinWithinMs({ joinWithin }: Pick<LoadFlags, "joinWithin">, defaultMs: number): number {
  return joinWithin === undefined ? defaultMs : lasting("--join-within", joinWithin);
}

/** Returns the load that the flags describe. `env` may name proxies. */
export function planOfFlags(
  scripts: readonly string[],
  flags: LoadFlags,
  env: Readonly<Record<string, string | undefined>> = {},
): LoadJob {
  refuseConflicts(flags);
  const shape = shapeOf(flags);
  const workers = workersOf(flags);
  const client = clientOf(flags, env);
  const plan: LoadPlan = {
    scenarios: scripts.map((file) => ({ file: resolve(file), weight: null })),
    executor: shape.executor,
    stages: shape.stages,
    workers,
    gracefulStopMs: milliseconds("--graceful-stop", flags.gracefulStop),
    env: environmentOf(flags.env ?? []),
    thresholds: thresholdsOf(flags.threshold ?? []),
    ...(shape.iterations === undefined ? {} : { iterations: shape.iterations }),
    ...(shape.startTarget === undefined ? {} : { startTarget: shape.startTarget }),
    ...(flags.maxVus === undefined ? {} : { usersMax: whole("--max-vus", flags.maxVus) }),
    ...(isOpenModel(shape.executor) && shape.durationMs !== null ? { arrivalsEndMs: shape.durationMs } : {}),
    client,
  };
  return { plan, durationMs: shape.durationMs, notes: notesOf(flags) };
}

/** The most workers on one machine. Each is a process of some 50 MB, so that a larger number is probably a mistake. */
const WORKERS_A_CORE_MAX = 16;
const WORKERS_HERE_MAX = 64;

function workersOf({ workers, listen, kubernetes }: LoadFlags): number {
  const cores = availableParallelism();
  if (workers === undefined) return cores;
  if (listen !== undefined || kubernetes === true) return whole("--workers", workers);
  return whole("--workers", workers, Math.max(WORKERS_HERE_MAX, WORKERS_A_CORE_MAX * cores));
}

/** Returns notes about values that may not mean what their author thinks. */
function notesOf(flags: LoadFlags): string[] {
  const stages = flags.stage?.flatMap((text) => text.split(",")).map((text) => text.split(":")[0]?.trim());
  return [
    ...unitNotes("--timeout", [flags.timeout], "wait"),
    ...unitNotes("--connect-timeout", [flags.connectTimeout], "wait"),
    ...unitNotes("--graceful-stop", [flags.gracefulStop], "wait"),
    ...unitNotes("--duration", [flags.duration, flags.runTime], "load"),
    ...unitNotes("--stage", stages ?? [], "load"),
  ];
}

/** Returns the thresholds by metric, as a plan has them. */
function thresholdsOf(lines: readonly string[]): LoadPlan["thresholds"] {
  const parts = lines.map(
    (line) => [line.slice(0, line.lastIndexOf(":")), line.slice(line.lastIndexOf(":") + 1)] as const,
  );
  const metrics = [...new Set(parts.map(([metric]) => metric))];
  return Object.fromEntries(
    metrics.map((metric) => [metric, parts.filter(([other]) => other === metric).map(([, expression]) => expression)]),
  );
}
