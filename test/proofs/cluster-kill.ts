/** Kills a run on the test cluster with SIGKILL, and checks from outside of Gameday what ends without it, and when. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LEASE } from "../../src/platform/kubernetes/lease.ts";
import { CORDONED_BY, REAPER, TABLE_PREFIX } from "../../src/platform/kubernetes/marks.ts";
import type { NodeObject, PodObject } from "../../src/platform/kubernetes/objects.ts";
import { UNDO_LIST, type UndoListObject } from "../../src/platform/kubernetes/undo-list.ts";
import type { Json } from "../../src/std/json.ts";
import { type Random, seededRandom } from "../../src/std/random.ts";
import { NAMESPACE, type PlanDocument, type TestCluster } from "./cluster.ts";

const VICTIM = join(import.meta.dirname, "cluster-victim.ts");
const EXPIRES_MS = 10_000;
const HOLD_MS = 6_000;
/** What is undone by the reaper is undone within this time after its expiry, or after the API is back. */
export const UNDONE_WITHIN_MS = 30_000;
const API_AWAY_MS = 20_000;
const LOOK_MS = 500;
const WHOLE_MS_MAX = 150_000;
const VICTIM_MS_MAX = 90_000;

/** One fault for each capability, and for each way in which its change ends without us. */
export const KILLED_FAULTS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  "kill-leader": { selector: { role: "redis" } },
  "kill-member": {},
  "kill-replicas": { selector: { role: "app", count: 1 } },
  freeze: { selector: { role: "redis", leader: true } },
  "drain-node": { selector: { role: "node", count: 1 } },
  "partition-node": { selector: { role: "node", count: 1 } },
  "packet-loss": { selector: { role: "node", count: 1 } },
  // Narrow enough for the databases' own traffic to meet the limit, since there are no users.
  bandwidth: { selector: { role: "node", count: 1 }, parameters: { kilobitsPerSecond: 16 } },
  "connection-reset": { selector: { role: "node", count: 1 } },
  "dns-failure": { selector: { role: "node", count: 1 } },
  "cpu-pressure": { selector: { role: "app", count: 1 } },
  "memory-pressure": { selector: { role: "app", count: 1 } },
  "rolling-restart": { selector: { role: "app", count: 1 }, parameters: { graceMs: 2_000 } },
};
const NAMES = Object.keys(KILLED_FAULTS);

/** The printed line that begins each moment, and the longest delay after it until the kill. */
const MOMENTS = {
  bit: { begins: /^bit /m, withinMs: 2_000 },
  commanded: { begins: /^commanded /m, withinMs: 400 },
  heal: { begins: /^(heal-commanded|healed) /m, withinMs: 400 },
} as const;
export type Moment = keyof typeof MOMENTS;
const MOMENT_NAMES = Object.keys(MOMENTS) as Moment[];

/** What else is lost together with the tool. */
export type Scene = "the tool" | "the tool and a reaper's node" | "the tool, and the API server for 20 s";

const HARD: readonly { readonly fault: string; readonly moment: Moment; readonly scene: Scene }[] = [
  { fault: "drain-node", moment: "bit", scene: "the tool and a reaper's node" },
  { fault: "partition-node", moment: "bit", scene: "the tool, and the API server for 20 s" },
  { fault: "drain-node", moment: "bit", scene: "the tool, and the API server for 20 s" },
  { fault: "kill-leader", moment: "bit", scene: "the tool and a reaper's node" },
  { fault: "freeze", moment: "bit", scene: "the tool, and the API server for 20 s" },
  { fault: "kill-leader", moment: "bit", scene: "the tool, and the API server for 20 s" },
];

export interface ClusterKill {
  readonly fault: string;
  readonly moment: Moment;
  readonly scene: Scene;
  /** Milliseconds from the line that begins the moment. */
  readonly afterMs: number;
  readonly expiresAfterMs: number;
  /** What was in force when the tool was dead. */
  readonly inForce: readonly string[];
  /** From the kill until nothing of ours was in force; null when something stayed. */
  readonly endedMs: number | null;
  /** From the return of the API server until nothing of ours was in force; only where it was away. */
  readonly endedAfterReturnMs?: number;
  /** From the kill until the whole shop was healthy; null when it never was. */
  readonly wholeMs: number | null;
  readonly left: readonly string[];
  /** Ephemeral containers of ours on pods that live on: they can never be removed, and do nothing. */
  readonly marks: number;
}

/** Returns the n-th kill: after one of each fault come the hard scenes, then the other moments of each fault. */
export function clusterKillNumbered(number: number): { fault: string; moment: Moment; scene: Scene } {
  const hard = HARD[number - NAMES.length];
  if (hard !== undefined) return hard;
  const plain = number < NAMES.length ? number : number - HARD.length;
  const moment = MOMENT_NAMES[Math.floor(plain / NAMES.length) % MOMENT_NAMES.length] as Moment;
  return { fault: NAMES[plain % NAMES.length] as string, moment, scene: "the tool" };
}

export async function killOnCluster(
  cluster: TestCluster,
  document: PlanDocument,
  what: ReturnType<typeof clusterKillNumbered>,
  seed: string,
): Promise<ClusterKill> {
  const random = seededRandom(seed);
  const { afterMs, atMs } = await shoot(cluster, document, { ...what, random, runId: `kill-${seed}` });
  const hit = await lose(cluster, what.scene);
  const seen = await watchEnd(cluster, atMs, hit);
  await hit.restore();
  const wholeMs = await wholeAgain(cluster, document, atMs);
  const marks = await countMarks(cluster);
  const left = [...seen.left, ...(wholeMs === null ? ["the shop is not whole"] : [])];
  await forget(cluster);
  const { inForce, endedMs } = seen;
  const back =
    hit.backMs !== null && endedMs !== null ? { endedAfterReturnMs: Math.max(0, atMs + endedMs - hit.backMs) } : {};
  return { ...what, afterMs, expiresAfterMs: EXPIRES_MS, inForce, endedMs, ...back, wholeMs, left, marks };
}

interface Shot {
  readonly fault: string;
  readonly moment: Moment;
  readonly random: Random;
  readonly runId: string;
}

/** Starts a victim and kills it. Its time of death is on the clock of `performance`. */
async function shoot(cluster: TestCluster, document: PlanDocument, { fault, moment, random, runId }: Shot) {
  const { begins, withinMs } = MOMENTS[moment];
  const afterMs = random.int(withinMs);
  const given = { fault, ...KILLED_FAULTS[fault], expiresAfterMs: EXPIRES_MS, holdMs: HOLD_MS };
  const argv = [VICTIM, JSON.stringify(document["platform"]), cluster.stateFolder, JSON.stringify(given), runId];
  const child = spawn(process.execPath, argv, {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const printed = new Promise<void>((resolve, reject) => {
    const look = (data: Buffer) => {
      text += data.toString();
      if (begins.test(text)) resolve();
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("close", (code) => reject(new Error(`expected a victim to kill, got exit ${code}:\n${text}`)));
    setTimeout(() => reject(new Error(`expected ${begins} of the victim, got:\n${text}`)), VICTIM_MS_MAX).unref();
  });
  try {
    await printed;
    await delay(afterMs);
  } finally {
    child.kill("SIGKILL");
  }
  return { afterMs, atMs: performance.now() };
}

interface Loss {
  /** When the API server was back; null: it was never away. */
  readonly backMs: number | null;
  restore(): Promise<void>;
}

/** Loses what the scene says. An API server that is away is back when this returns. */
async function lose(cluster: TestCluster, scene: Scene): Promise<Loss> {
  if (scene === "the tool and a reaper's node") {
    const labels = `app=${REAPER}`;
    const reapers = (await cluster.api.list("Pod", { namespace: NAMESPACE, labels })) as readonly PodObject[];
    const node = reapers.find(({ spec }) => spec?.nodeName !== undefined)?.spec?.nodeName ?? "";
    await cluster.cluster(["node-stop", node]);
    return { backMs: null, restore: async () => void (await cluster.cluster(["node-start", node])) };
  }
  if (scene === "the tool") return { backMs: null, restore: async () => undefined };
  await cluster.cluster(["node-cut", "control-plane"]);
  await delay(API_AWAY_MS);
  await cluster.cluster(["node-heal", "control-plane"]);
  return { backMs: performance.now(), restore: async () => undefined };
}

/** Looks until nothing is in force. Each look is at the kernel of the nodes and at the API's own objects, not through Gameday. */
async function watchEnd(cluster: TestCluster, killedMs: number, { backMs }: Loss) {
  const inForce = await inForceNow(cluster).catch(() => ["not known: the API does not answer"]);
  const untilMs = Math.max(killedMs + EXPIRES_MS, backMs ?? 0) + UNDONE_WITHIN_MS + 10_000;
  let left = inForce;
  while (left.length > 0 && performance.now() < untilMs) {
    await delay(LOOK_MS);
    left = await inForceNow(cluster).catch((thrown: unknown) => [`cannot look: ${String(thrown)}`]);
  }
  return { inForce, left, endedMs: left.length === 0 ? Math.round(performance.now() - killedMs) : null };
}

async function inForceNow(cluster: TestCluster): Promise<string[]> {
  const nodes = (await cluster.api.list("Node", { namespace: "" })) as readonly NodeObject[];
  const cordoned = nodes.filter(({ metadata, spec }) => {
    const ours = metadata.annotations?.[CORDONED_BY] !== undefined;
    return ours || spec?.unschedulable === true;
  });
  const names = nodes.map(({ metadata }) => metadata.name);
  const inside = await Promise.all(names.map((name) => inForceOn(cluster, name)));
  return [...cordoned.map(({ metadata }) => `cordon of ${metadata.name}`), ...inside.flat()];
}

/** Looks into every network namespace and at every traced process of a node, from the node itself. */
const LOOK_INSIDE = `seen=""
for p in /proc/[0-9]*; do
  n=$(readlink $p/ns/net) || continue
  case "$seen" in *"$n"*) ;; *) seen="$seen $n"; nsenter -t \${p#/proc/} -n nft list tables 2>/dev/null | grep -o '${TABLE_PREFIX}[0-9a-f]*' ;; esac
  grep -qs '^State:.*tracing stop' $p/status && echo "frozen process \${p#/proc/}"
done; true`;

async function inForceOn(cluster: TestCluster, node: string): Promise<string[]> {
  const text = await cluster.cluster(["exec", node, "sh", "-c", LOOK_INSIDE]).catch(() => ""); // a node that is off has nothing in force
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `${line} on ${node}`);
}

async function wholeAgain(cluster: TestCluster, document: PlanDocument, killedMs: number): Promise<number | null> {
  try {
    await cluster.whole(document, WHOLE_MS_MAX);
    return Math.round(performance.now() - killedMs);
  } catch (thrown) {
    console.error(String(thrown));
    return null;
  }
}

async function countMarks({ api }: TestCluster): Promise<number> {
  const pods = (await api.list("Pod", { namespace: NAMESPACE })) as readonly PodObject[];
  return pods.flatMap(({ spec }) => spec?.ephemeralContainers ?? []).length;
}

/** Removes the dead run's lease and journal, so that the next victim need not wait for them; the reaper stays for it. */
async function forget({ api, stateFolder }: TestCluster): Promise<void> {
  await api.remove("Lease", NAMESPACE, LEASE);
  rmSync(stateFolder, { recursive: true, force: true });
}

/** Returns what is left of a dead run when its reaper has had the time to remove itself. */
export async function leftOfReaper({ api }: TestCluster): Promise<string[]> {
  const reference = (kind: "Deployment" | "Lease" | "ConfigMap", name: string) => ({
    kind,
    namespace: NAMESPACE,
    name,
  });
  const signal = AbortSignal.timeout(10_000);
  const [deployment, lease, list] = await Promise.all([
    api.get(reference("Deployment", REAPER), signal),
    api.get(reference("Lease", LEASE), signal),
    api.get(reference("ConfigMap", UNDO_LIST), signal),
  ]);
  const entries = Object.keys((list as UndoListObject | null)?.data ?? {}).length;
  return [
    ...(deployment === null ? [] : ["the reaper"]),
    ...(lease === null ? [] : ["the lease"]),
    ...(entries === 0 ? [] : [`${entries} entries of the undo list`]),
  ];
}
