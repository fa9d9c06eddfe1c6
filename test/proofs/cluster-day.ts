/** One whole game day on the test cluster, as a row of docs/track-record/kubernetes.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readNdjson } from "../../src/std/ndjson.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import type { Verdict } from "../../src/verdict.ts";
import { MachineLoad, type TestCluster } from "./cluster.ts";

const LOOK_MS = 1_000;
/** A machine that is busier than this may slow the cluster down by itself. */
export const SATURATED_PERCENT = 97;

export interface ClassFigures {
  readonly class: string;
  readonly lowerMs: number | null;
  readonly upperMs: number | null;
}

export interface ClusterExperiment {
  readonly name: string;
  readonly fault: string;
  readonly targets: readonly string[];
  readonly status: string;
  /** The uids of the shop's pods just before the fault and at the end of the experiment, by name. */
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  /** The recovery of each class of users, in milliseconds after the bite. */
  readonly recovery: readonly ClassFigures[];
  readonly lost: number;
  readonly acknowledged: number;
}

export interface ClusterDay {
  readonly plan: string;
  readonly server: string;
  readonly nodes: readonly string[];
  readonly namespaceUid: string;
  readonly verdict: string;
  readonly exitCode: number | null;
  readonly sentence: string;
  /** Load workers that joined; with `load.pods` each is a pod of the Job. */
  readonly workers: number;
  /** The ready replicas in the order in which they were first seen: 3, 4, 5, 4, 3. */
  readonly replicas: readonly number[];
  readonly experiments: readonly ClusterExperiment[];
  readonly objectives: readonly { readonly id: string; readonly status: string; readonly because: string }[];
  readonly residue: readonly string[];
  readonly machine: { readonly loadBefore: number; readonly busyPercent: number };
}

/** Plays the plan as the user of the kubeconfig and returns its row. `keep` is the run folder. */
export async function playOnCluster(
  cluster: TestCluster,
  plan: string,
  { seed, keep, kubeconfig }: { readonly seed: string; readonly keep: string; readonly kubeconfig: string },
): Promise<ClusterDay> {
  const machine = new MachineLoad();
  const seen: Sight[] = [];
  const run = cluster.start(["run", plan, "--seed", seed, "--out", keep], kubeconfig);
  const beganMs = Date.now();
  let over = false;
  const ended = run.ended.finally(() => {
    over = true;
  });
  while (!over) {
    const uids = await cluster.podUids().catch(() => null); // an API that is away for a moment is no reason to stop looking
    if (uids !== null) seen.push({ atMs: Date.now() - beganMs, uids });
    await Promise.race([ended, delay(LOOK_MS)]);
  }
  const { code, stdout, stderr } = await ended;
  const verdict = verdictIn(keep, `${stdout}\n${stderr}`);
  const timeline = [...readNdjson<TimelineEvent>(join(keep, "timeline.ndjson"))];
  return {
    plan: verdict.plan,
    ...(await cluster.identity()),
    verdict: verdict.verdict,
    exitCode: code,
    sentence: verdict.sentence,
    workers: new Set(timeline.flatMap((event) => (event.type === "worker" ? [event.worker] : []))).size,
    replicas: replicasIn(timeline),
    experiments: experimentsIn(verdict, timeline, seen),
    objectives: verdict.objectives.map(({ id, status, because }) => ({ id, status, because })),
    residue: timeline.flatMap((event) => (event.type === "residue" ? [`${event.what} (${event.where})`] : [])),
    machine: machine.read(),
  };
}

interface Sight {
  readonly atMs: number;
  readonly uids: Readonly<Record<string, string>>;
}

function experimentsIn(
  { experiments }: Verdict,
  timeline: readonly TimelineEvent[],
  seen: readonly Sight[],
): ClusterExperiment[] {
  return experiments.map(({ name, fault, targets, status, recovery, writes }) => {
    const edge = (edges: readonly string[]) =>
      timeline.find((event) => event.type === "experiment" && event.experiment === name && edges.includes(event.edge))
        ?.atMs ?? 0;
    return {
      name,
      fault,
      targets: targets.map(({ id }) => id),
      status,
      before: seen.findLast(({ atMs }) => atMs <= edge(["begin", "aborted"]))?.uids ?? {},
      after: seen.find(({ atMs }) => atMs >= edge(["end", "aborted"]))?.uids ?? {},
      recovery: Object.entries(recovery).map(([each, { lowerMs, upperMs }]) => ({ class: each, lowerMs, upperMs })),
      lost: writes.lost,
      acknowledged: writes.acknowledged,
    };
  });
}

function replicasIn(timeline: readonly TimelineEvent[]): number[] {
  const ready = timeline.flatMap((event) => (event.type === "replicas" ? [event.ready] : []));
  return ready.filter((count, index) => count !== ready[index - 1]);
}

function verdictIn(folder: string, output: string): Verdict {
  try {
    return JSON.parse(readFileSync(join(folder, "verdict.json"), "utf8")) as Verdict;
  } catch {
    throw new Error(`expected a verdict of the game day, got none:\n${output.slice(-4_000)}`);
  }
}
