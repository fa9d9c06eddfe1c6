/**
 * Runs real failovers on an attached lab, and compares the product's recovery interval of each with what an independent witness
 * observed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RunRecord } from "../../src/evidence.ts";
import type { ExperimentVerdict } from "../../src/experiment.ts";
import type { Json } from "../../src/std/json.ts";
import type { HealedBy } from "../../src/timeline.ts";
import type { Verdict } from "../../src/verdict.ts";
import type { Ended } from "../e2e/gameday.ts";
import { type AttachedLab, SHOP_PROBES, shopPlan } from "./attached-lab.ts";
import { latest, recoveryOf, replicasMet, streamsOf, type WitnessSample } from "./truth.ts";

const WITNESS = join(import.meta.dirname, "witness.ts");
const CLASSES = ["order-write", "session-write"] as const;
/** 1 sent its writes to whichever replica the proxy chose; 2 meets each replica in each of its rounds (decisions/0090). */
const WITNESS_VERSION = 2;
/** 1 ended with the first success after the last failure of a stream; 2 ends with the second (decisions/0300). */
const INTERVAL_VERSION = 2;
const REPLICAS = ["n1-1", "n2-1", "n3-1"] as const;
/** Within this time before the fault, the witness must have met every replica. */
const MET_WITHIN_MS = 1_000;

/** One fault, the class of users that it hits, and how long it is held. */
export interface Failover {
  readonly fault: string;
  readonly target: Json;
  readonly class: (typeof CLASSES)[number];
  readonly hold: string;
}

const DATABASE: Failover = { fault: "kill-leader", target: { role: "postgres" }, class: "order-write", hold: "15s" };
const REDIS: Failover = { fault: "kill-leader", target: { role: "redis" }, class: "session-write", hold: "9s" };
const OTHERS: readonly Failover[] = [
  { fault: "kill-member", target: { role: "postgres", leader: false, count: 1 }, class: "order-write", hold: "8s" },
  { fault: "partition-node", target: { role: "postgres", leader: true }, class: "order-write", hold: "18s" },
  { fault: "kill-member", target: { role: "redis", leader: false, count: 1 }, class: "session-write", hold: "8s" },
  { fault: "partition-node", target: { role: "redis", leader: true }, class: "session-write", hold: "12s" },
];

/** Returns the failovers of the n-th game day: two of each database, and in turn one of another kind. */
export function failoversOf(number: number): readonly Failover[] {
  return [DATABASE, REDIS, DATABASE, REDIS, OTHERS[number % OTHERS.length] as Failover];
}

/** The comparison of one failover. All times except the width are milliseconds since the bite. */
export interface Comparison {
  readonly fault: string;
  readonly target: string;
  readonly class: string;
  /**
   * The middle of the witness's bracket, and half its width: the truth certainly lies in between. Both are 0 when no request
   * failed.
   */
  readonly truthMs: number | null;
  readonly truthErrorMs: number;
  readonly witnessFailures: number;
  /** The product's interval. */
  readonly lowerMs: number;
  readonly upperMs: number | null;
  readonly widthMs: number | null;
  /** The promotion according to the log of the promoted member; null when none was promoted. Users cannot be served before it. */
  readonly promotedMs: number | null;
  readonly inside: boolean;
  /**
   * What ended the outage according to the product, and when the tool healed the fault: this tells a late failover from none at
   * all.
   */
  readonly healedBy: HealedBy;
  readonly healMs: number;
  /** The version of the witness, and of the product's interval; rows without one are of the first. */
  readonly witness: number;
  readonly interval: number;
  /** When each replica that the witness met before the fault served for good: the middle of its bracket; 0 if it never failed. */
  readonly servedMs: Readonly<Record<string, number | null>>;
}

/** A witness that knows the truth less precisely than the product must know it proves nothing either way. */
export const TRUTH_ERROR_MS_MAX = 125;

type Known = Pick<Comparison, "promotedMs" | "truthErrorMs"> &
  Partial<Pick<Comparison, "witness" | "interval" | "servedMs">>;

/**
 * Returns whether a row is a failover whose truth is known: a member was promoted, the witness saw precisely when users were
 * served again, and it met every replica.
 */
export function isFailover(row: Known): boolean {
  const isKnown = row.promotedMs !== null && row.truthErrorMs <= TRUTH_ERROR_MS_MAX;
  return isKnown && (row.witness === undefined || metAll(row));
}

/** Returns whether a row was made by the witness and the interval of today, neither of which may be outside of the other. */
export function isOfToday({ witness, interval }: Pick<Known, "witness" | "interval">): boolean {
  return witness === WITNESS_VERSION && interval === INTERVAL_VERSION;
}

function metAll({ servedMs }: Known): boolean {
  return Object.keys(servedMs ?? {}).length >= REPLICAS.length;
}

/** A platform on which failovers are played under the eyes of a witness. */
export interface AccuracyScene {
  /** Where runs and the witness's samples go. */
  readonly folder: string;
  /** Returns a plan document with these experiments. */
  plan(experiments: Json): Json;
  write(name: string, plan: Json): string;
  gameday(args: readonly string[]): Promise<Ended>;
  /** Where the witness sends its requests, and which replicas it meets there, or each at its own address (witness.ts). */
  witnessed(): Promise<{ readonly endpoint: URL; readonly replicas: readonly string[] }>;
  /** Returns the members' own logs. */
  memberLogs(): Promise<readonly string[]>;
}

export function sceneOfLab(lab: AttachedLab): AccuracyScene {
  return {
    folder: lab.folder,
    plan: (experiments) => shopPlan({ probes: SHOP_PROBES, warmUp: "2s", calm: "4s", experiments }),
    write: (name, plan) => lab.write(name, plan),
    gameday: (args) => lab.gameday(args),
    witnessed: async () => ({ endpoint: await lab.endpoint(), replicas: REPLICAS }),
    memberLogs: async () => logsIn(join(lab.stateFolder, "lab", "log")),
  };
}

/** Plays one game day with several failovers while the witness runs. */
export async function playAndCompare(
  scene: AccuracyScene,
  failovers: readonly Failover[],
  seed: string,
): Promise<Comparison[]> {
  const [out, file] = [join(scene.folder, `run-${seed}`), join(scene.folder, `witness-${seed}.ndjson`)];
  const experiments = failovers.map(({ fault, target, hold }, at) => ({
    name: `${at + 1}`,
    fault,
    target,
    hold,
    settle: "0s",
  }));
  const plan = scene.write(`accuracy-${seed}.yaml`, scene.plan(experiments));
  const witness = await startWitness(await scene.witnessed(), file);
  const { code, stderr } = await scene.gameday(["run", plan, "--seed", seed, "--out", out]);
  await endWitness(witness);
  const { experiments: judged } = JSON.parse(readFileSync(join(out, "verdict.json"), "utf8")) as Verdict;
  const run = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunRecord;
  const originMs = Number(BigInt(String(run.environment["monotonicOriginNs"]))) / 1e6;
  const samples = readSamples(file);
  const promotions = promotionsIn(await scene.memberLogs());
  if (judged.length !== failovers.length)
    throw new Error(`expected ${failovers.length} failovers, got ${judged.length} (exit ${code}): ${stderr}`);
  return judged.map((experiment, at) =>
    compare(experiment, (failovers[at] as Failover).class, { originMs, samples, promotions }),
  );
}

async function startWitness(
  { endpoint, replicas }: Awaited<ReturnType<AccuracyScene["witnessed"]>>,
  file: string,
): Promise<ChildProcess> {
  const { hostname, port } = endpoint;
  const witness = spawn(process.execPath, [WITNESS, hostname, port, file, ...replicas], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (witness.stdout === null) throw new Error("expected a pipe, got none");
  await once(createInterface(witness.stdout), "line");
  return witness;
}

async function endWitness(witness: ChildProcess): Promise<void> {
  witness.kill("SIGTERM");
  if (witness.exitCode === null) await once(witness, "exit");
  if (witness.exitCode !== 0) throw new Error(`expected the witness to end well, got exit ${witness.exitCode}`);
}

function readSamples(file: string): WitnessSample[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as WitnessSample).sort((a, b) => a.sentMs - b.sentMs);
}

interface Seen {
  readonly originMs: number;
  readonly samples: readonly WitnessSample[];
  readonly promotions: readonly number[];
}

/** Puts both sides on the clock of the product's run, then counts both from its bite. */
function compare(experiment: ExperimentVerdict, name: string, { originMs, samples, promotions }: Seen): Comparison {
  const { commandedAtMs, bite, heal, firstFailureAtMs, recovery, fault, targets } = experiment;
  const product = recovery[name];
  if (commandedAtMs === null || bite === null || heal === null || product === undefined)
    throw new Error(`expected a bite, a heal and a recovery of ${name}, got: ${experiment.because}`);
  // As in the verdict: from the bite, or from users' first failure if that came earlier.
  const biteMs = Math.max(commandedAtMs, Math.min(bite.atMs, firstFailureAtMs ?? bite.atMs));
  const [fromMs, toMs] = [commandedAtMs + originMs, heal.atMs + originMs];
  const streams = streamsOf(samples, name);
  const truthOf = (some: readonly WitnessSample[][]) => latest(some.map((stream) => recoveryOf(stream, fromMs, toMs)));
  const truth = truthOf(streams);
  const met = replicasMet(samples, name, fromMs - MET_WITHIN_MS, fromMs);
  const since = (atMs: number) => Math.round((atMs - originMs - biteMs) * 10) / 10;
  const promoted = promotions.find((atMs) => atMs >= fromMs && atMs < toMs);
  const { lowerMs, upperMs } = product;
  const endsOf = (of: typeof truth) =>
    of === null ? ([0, 0] as const) : ([since(of.lowerMs), of.upperMs === null ? null : since(of.upperMs)] as const);
  const [low, high] = endsOf(truth);
  const servedMs = (replica: string) => {
    const [from, to] = endsOf(truthOf(streams.filter(([sample]) => sample?.replica === replica)));
    return to === null ? null : (from + to) / 2;
  };
  const promotedMs = promoted === undefined ? null : since(promoted);
  return {
    fault,
    target: targets.map(({ id }) => id).join(", "),
    class: name,
    truthMs: high === null ? null : (low + high) / 2,
    truthErrorMs: high === null ? 0 : (high - low) / 2,
    witnessFailures: truth?.failures ?? 0,
    lowerMs: Math.round(lowerMs * 10) / 10,
    upperMs: upperMs === null ? null : Math.round(upperMs * 10) / 10,
    widthMs: upperMs === null ? null : Math.round((upperMs - lowerMs) * 10) / 10,
    promotedMs,
    healedBy: product.healedBy,
    healMs: since(toMs),
    witness: WITNESS_VERSION,
    interval: INTERVAL_VERSION,
    servedMs: Object.fromEntries(met.map((replica) => [replica, servedMs(replica)])),
    inside: high !== null && upperMs !== null && lowerMs <= high && low <= upperMs && (promotedMs ?? 0) <= upperMs,
  };
}

/**
 * Returns when members were promoted according to their own logs, on CLOCK_MONOTONIC, ascending. The logs give the time of day to
 * the millisecond.
 */
function promotionsIn(texts: readonly string[]): number[] {
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - Date.now();
  const lines = texts.flatMap((text) => text.split("\n"));
  return lines
    .flatMap(promotedAt)
    .map((atMs) => atMs + offsetMs)
    .sort((a, b) => a - b);
}

function logsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(postgres|redis)-n\d\.log$/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

function promotedAt(line: string): number[] {
  const postgres = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC .*LOG: {2}selected new timeline ID/.exec(line);
  if (postgres) return [Date.parse(`${postgres[1]}T${postgres[2]}Z`)];
  const redis = /^\d+:\w (\d+ \w+ \d{4} \d\d:\d\d:\d\d\.\d{3}) \* MASTER MODE enabled/.exec(line);
  return redis ? [Date.parse(redis[1] as string)] : [];
}
