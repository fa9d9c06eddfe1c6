/** The flags of `gameday load`, also as users of k6 and Locust type them, and the plan that they mean. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { Option } from "commander";
import { isOpenModel } from "../plan/open-model.ts";
import type { ClientPlan, LoadPlan } from "../plan.ts";
import { parseDuration } from "../std/duration.ts";
import { GamedayError, systemReason } from "../std/errors.ts";
import { type KubernetesFlags, kubernetesOptions } from "./load-kubernetes-flags.ts";

export interface LoadFlags extends KubernetesFlags {
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
  readonly quiet?: boolean;
  readonly gracefulStop: string;
  readonly timeout?: string;
  readonly connectTimeout?: string;
  readonly http2?: boolean;
  readonly insecure?: boolean;
  readonly insecureSkipTlsVerify?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}

const several = (value: string, before: string[] | undefined) => [...(before ?? []), value];

export function loadOptions(): Option[] {
  return [
    new Option("-u, --vus <n>", "users at once (default 1)"),
    new Option("--users <n>", "the same, in Locust's word").hideHelp(),
    new Option("-d, --duration <time>", 'how long: "30s", "5m"'),
    new Option("-t, --run-time <time>", "the same, in Locust's words").hideHelp(),
    new Option("-r, --spawn-rate <n>", "users started a second, up to --vus"),
    new Option(
      "-s, --stage <time:target>",
      "a ramp to that many users (or with --rate, arrivals a second); repeat it",
    ).argParser(several),
    new Option("--rate <n[/s|/m|/h]>", "an open model: iterations begun a second, whatever the platform does"),
    new Option("-i, --iterations <n>", "iterations of all users together, instead of a time"),
    new Option("--shared-iterations <n>", "the same, by the executor's name").hideHelp(),
    new Option("--per-vu-iterations <n>", "iterations of each user, instead of a time"),
    new Option("--max-vus <n>", "open model: users at once; arrivals beyond are dropped"),
    new Option("-H, --host <url>", "where the users go: http://127.0.0.1:8080").env("BASE_URL"),
    new Option("--workers <n>", "processes (default: one a core)"),
    new Option("--listen <host:port>", "wait for --workers on other machines instead (gameday worker --join)"),
    new Option("--token <text>", "that those workers must show (or GAMEDAY_TOKEN)").env("GAMEDAY_TOKEN"),
    ...kubernetesOptions(),
    new Option("-e, --env <K=V>", "a value for the script's user.env; repeat it").argParser(several),
    new Option(
      "--threshold <text>",
      '"http_req_duration{name:checkout}: p(99) < 800 abort after 30s"; repeat it',
    ).argParser(several),
    new Option("--json <file>", "the summary as JSON"),
    new Option("-o, --out <folder>", "every interval, operation and event as NDJSON"),
    new Option("--seed <text>", "of the users' randomness (default: a new one, told at the end)"),
    new Option("--graceful-stop <time>", "time for running iterations to end").default("10s"),
    new Option("--timeout <time>", "for a whole answer (default 10s)"),
    new Option("--connect-timeout <time>", "for opening a connection (default 3s)"),
    new Option("--http2", "speak HTTP/2: ALPN over TLS, prior knowledge without"),
    new Option("--insecure", "accept any certificate of the server"),
    new Option("--insecure-skip-tls-verify", "the same, in k6's words").hideHelp(),
    new Option("--cert <file>", "client certificate (PEM)"),
    new Option("--key <file>", "its key (PEM)"),
    new Option("--ca <file>", "authority of the server's certificate (PEM)"),
    new Option("-q, --quiet", "no live view, only the summary"),
    new Option("--headless", "understood from Locust; there is no web page to leave out").hideHelp(),
  ];
}

export interface LoadJob {
  readonly plan: LoadPlan;
  /** How long the load lasts; null: until iterations are used up. */
  readonly durationMs: number | null;
}

export function joinWithinMs({ joinWithin }: LoadFlags, defaultMs: number): number {
  return joinWithin === undefined ? defaultMs : milliseconds("--join-within", joinWithin);
}

export function planOfFlags(scripts: readonly string[], flags: LoadFlags): LoadJob {
  refuseFormats(flags);
  const shape = shapeOf(flags);
  const workers = flags.workers === undefined ? availableParallelism() : whole("--workers", flags.workers);
  const client = clientOf(flags);
  const plan: LoadPlan = {
    scenarios: scripts.map((file) => ({ file: resolve(file), weight: null })),
    executor: shape.executor,
    stages: shape.stages,
    workers,
    gracefulStopMs: milliseconds("--graceful-stop", flags.gracefulStop),
    env: environmentOf(flags.env ?? []),
    thresholds: {},
    ...(shape.iterations === undefined ? {} : { iterations: shape.iterations }),
    ...(shape.startTarget === undefined ? {} : { startTarget: shape.startTarget }),
    ...(flags.maxVus === undefined ? {} : { usersMax: whole("--max-vus", flags.maxVus) }),
    ...(isOpenModel(shape.executor) && shape.durationMs !== null ? { arrivalsEndMs: shape.durationMs } : {}),
    client,
  };
  return { plan, durationMs: shape.durationMs };
}

/** k6's --out names a format; ours is always lines of JSON. */
function refuseFormats({ out }: LoadFlags): void {
  const format = /^(json|csv|influxdb|cloud|experimental-[a-z-]+)(=|$)/.exec(out ?? "");
  if (format === null) return;
  throw new GamedayError({
    code: "bad-flag",
    expected: "--out FOLDER",
    got: `"${out}"`,
    hint: "--out FOLDER writes every interval, operation and event as NDJSON; --json FILE writes the summary",
  });
}

interface Shape {
  readonly executor: string;
  readonly stages: LoadPlan["stages"];
  readonly durationMs: number | null;
  readonly iterations?: number;
  /** Of ramps: where they begin. */
  readonly startTarget?: number;
}

function shapeOf(flags: LoadFlags): Shape {
  const users = whole("--vus", flags.vus ?? flags.users ?? "1");
  const durationText = flags.duration ?? flags.runTime;
  const durationMs = durationText === undefined ? null : milliseconds("--duration", durationText);
  const open = flags.rate === undefined ? null : rateOf(flags.rate);
  const iterations = iterationsOf(flags);
  if (iterations !== null) return iterationsShape(iterations, users, durationMs);
  if (flags.stage !== undefined) {
    const started = flags.vus ?? flags.users;
    const startTarget = open ?? (started === undefined ? 0 : users);
    return stagedShape(flags.stage.flatMap((text) => text.split(",")).map(stageOf), open !== null, startTarget);
  }
  const lastsMs = durationMs ?? 10_000;
  if (open !== null)
    return { executor: "constant-arrival-rate", stages: [{ durationMs: lastsMs, target: open }], durationMs: lastsMs };
  if (flags.spawnRate !== undefined) return spawned(users, number("--spawn-rate", flags.spawnRate), lastsMs);
  return { executor: "constant-vus", stages: [{ durationMs: lastsMs, target: users }], durationMs: lastsMs };
}

interface Iterations {
  readonly executor: string;
  readonly iterations: number;
}

/** As in k6, --iterations are those of all users together. */
function iterationsOf(flags: LoadFlags): Iterations | null {
  const shared = flags.iterations ?? flags.sharedIterations;
  const each = flags.perVuIterations;
  if (shared !== undefined && each !== undefined) throw wrong("one of --iterations and --per-vu-iterations", "both");
  if (each !== undefined) return { executor: "per-vu-iterations", iterations: whole("--per-vu-iterations", each) };
  return shared === undefined ? null : { executor: "shared-iterations", iterations: whole("--iterations", shared) };
}

function iterationsShape({ executor, iterations }: Iterations, users: number, durationMs: number | null): Shape {
  return { executor, stages: [{ durationMs: durationMs ?? 600_000, target: users }], durationMs, iterations };
}

function stagedShape(stages: LoadPlan["stages"], open: boolean, startTarget: number): Shape {
  const durationMs = stages.reduce((sum, stage) => sum + stage.durationMs, 0);
  return { executor: open ? "ramping-arrival-rate" : "ramping-vus", stages, durationMs, startTarget };
}

function spawned(users: number, perSecond: number, durationMs: number): Shape {
  const rampMs = perSecond > 0 ? Math.round((users / perSecond) * 1000) : 0;
  const stages = [
    { durationMs: rampMs, target: users },
    { durationMs: Math.max(0, durationMs - rampMs), target: users },
  ];
  return { executor: "ramping-vus", stages, durationMs };
}

function stageOf(text: string): { durationMs: number; target: number } {
  const [duration = "", target = ""] = text.split(":");
  const durationMs = parseDuration(duration);
  if (durationMs === undefined || !/^\d+(\.\d+)?$/.test(target)) throw wrong('--stage like "1m:100"', `"${text}"`);
  return { durationMs, target: Number(target) };
}

/** Arrivals a second. */
function rateOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(?:\/(s|m|h))?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw wrong('--rate like "500/s" or "30/m"', `"${text}"`);
  return Number(count) / (unit === "m" ? 60 : unit === "h" ? 3600 : 1);
}

function clientOf(flags: LoadFlags): ClientPlan {
  const tls = {
    ca: pemOf("--ca", flags.ca),
    certificate: pemOf("--cert", flags.cert),
    key: pemOf("--key", flags.key),
  };
  const insecure = flags.insecure === true || flags.insecureSkipTlsVerify === true;
  return {
    ...(flags.timeout === undefined ? {} : { timeoutMs: milliseconds("--timeout", flags.timeout) }),
    ...(flags.connectTimeout === undefined
      ? {}
      : { connectTimeoutMs: milliseconds("--connect-timeout", flags.connectTimeout) }),
    ...(flags.http2 === true ? { http2: true } : {}),
    tls: { ...definedOnly(tls), ...(insecure ? { insecure } : {}) },
  };
}

function pemOf(flag: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw wrong(`${flag} to name a PEM file`, `${file}: ${systemReason(thrown)}`);
  }
}

function definedOnly(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function environmentOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals <= 0) throw wrong("-e K=V", `"${pair}"`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function whole(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw wrong(`${flag} as a whole number from 1 to 1,000,000`, `"${text}"`);
  return value;
}

function number(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw wrong(`${flag} as a number`, `"${text}"`);
  return value;
}

/** Locust's users write seconds without a unit; so a bare number is seconds here. */
function milliseconds(flag: string, text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (value === undefined) throw wrong(`${flag} as a time such as "30s" or "5m"`, `"${text}"`);
  return value;
}

function wrong(expected: string, got: string): GamedayError {
  return new GamedayError({ code: "bad-flag", expected, got, hint: "gameday load --help" });
}
