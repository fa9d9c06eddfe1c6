/**
 * The test cluster with the jewelry shop on it, for proofs that run game days on a real Kubernetes: it is brought up if it is not, the
 * shop is applied, and everything that a row of a track record says about the cluster is read from its API.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { connectKubernetes } from "../../src/kubernetes/client.ts";
import type { ClusterApi } from "../../src/kubernetes.ts";
import { kubernetesConfig } from "../../src/platform/kubernetes/config.ts";
import { isPresent, type NodeObject, type PodObject } from "../../src/platform/kubernetes/objects.ts";
import { KubernetesPlatform } from "../../src/platform/kubernetes/platform.ts";
import type { HealthLine } from "../../src/platform.ts";
import { type Clock, monotonicClock } from "../../src/std/clock.ts";
import type { Json } from "../../src/std/json.ts";
import { until } from "../../src/std/wait.ts";
import { ROOT, start } from "../e2e/gameday.ts";

const CLUSTER = join(ROOT, "test/cluster/cluster");
const IMAGES = join(ROOT, "test/cluster/images");
export const NAMESPACE = "shop";
export const SHOP_ON_KUBERNETES = join(ROOT, "examples/jewelry-shop/kubernetes");
export const QUICK_PLAN = join(SHOP_ON_KUBERNETES, "quick.yaml");
const IMAGES_OF_SHOP = ["postgres", "redis", "shop"] as const;
const ALL_IMAGES = [...IMAGES_OF_SHOP, "gameday"] as const;
/** From nothing to a healthy shop: images of the stores are large, and PostgreSQL has to begin its cluster. */
const WHOLE_MS_MAX = 240_000;
/** How long a state of the cluster that a proof has arranged may take to show. */
const STATE_MS_MAX = 120_000;

export type PlanDocument = Readonly<Record<string, Json>>;

export class TestCluster implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "gameday-cluster-"));
  readonly api: ClusterApi;
  readonly kubeconfig: string;

  private constructor(api: ClusterApi, kubeconfig: string) {
    this.api = api;
    this.kubeconfig = kubeconfig;
  }

  /** Builds what is missing, brings the cluster up if it is not, and loads the images that its nodes need. */
  static async up(images: readonly string[] = ALL_IMAGES): Promise<TestCluster> {
    await must(CLUSTER, ["up"]);
    await must(IMAGES, images);
    return await TestCluster.attach();
  }

  /** Brings the cluster up without the image of Gameday, which only load from pods, a freeze and the reaper need. */
  static withoutGameday(): Promise<TestCluster> {
    return TestCluster.up(IMAGES_OF_SHOP);
  }

  /** Uses the cluster that is up, as it is. */
  static async attach(): Promise<TestCluster> {
    const kubeconfig = (await must(CLUSTER, ["kubeconfig"])).trim();
    process.env["KUBECONFIG"] = kubeconfig;
    return new TestCluster(await connectKubernetes("cluster"), kubeconfig);
  }

  /** Takes the whole cluster down. */
  static async down(): Promise<void> {
    await must(CLUSTER, ["down"]);
  }

  /** Applies an overlay of the shop ("quick", "base") and waits until everything of it is healthy. */
  async deploy(overlay: string): Promise<void> {
    await this.kubectl(["apply", "-k", join(SHOP_ON_KUBERNETES, overlay)]);
    await this.whole();
  }

  kubectl(args: readonly string[]): Promise<string> {
    return must(CLUSTER, ["kubectl", ...args]);
  }

  cluster(args: readonly string[]): Promise<string> {
    return must(CLUSTER, args);
  }

  platform(document: PlanDocument, runId: string, clock: Clock = monotonicClock()): KubernetesPlatform {
    const config = kubernetesConfig.parse(document["platform"]);
    return new KubernetesPlatform({ api: this.api, config, clock, runId, planFolder: ROOT });
  }

  /** Waits until every health line of the plan's platform holds. */
  async whole(document: PlanDocument = readPlan(QUICK_PLAN), withinMs = WHOLE_MS_MAX): Promise<void> {
    await using platform = this.platform(document, "proof");
    const signal = AbortSignal.timeout(withinMs + 10_000);
    let seen = "";
    const healthy = async () => {
      const lines = await platform.health(signal);
      const unmet = lines.filter(({ ok }) => !ok);
      seen = unmet.map(describe).join("; ");
      return lines.length > 0 && seen === "";
    };
    await until(healthy, { what: "a whole shop", deadlineMs: withinMs, everyMs: 1_000, signal, seen: () => seen });
  }

  /** Waits for a state of the cluster. `seen` describes what there is while it does not hold. */
  async until(what: string, holds: () => Promise<boolean>, seen?: () => string): Promise<void> {
    const deadlineMs = STATE_MS_MAX;
    const limits = { what, deadlineMs, everyMs: 500, signal: AbortSignal.timeout(deadlineMs + 10_000) };
    await until(holds, seen === undefined ? limits : { ...limits, seen });
  }

  /** Writes a document into the proof's folder and returns its path. JSON is YAML. */
  write(name: string, document: Json): string {
    return this.writeText(name, `${JSON.stringify(document, null, 1)}\n`);
  }

  writeText(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  gameday(args: readonly string[], kubeconfig = this.kubeconfig) {
    return this.start(args, kubeconfig).ended;
  }

  /**
   * Starts Gameday before everything else on this machine. The cluster shares the machine with the tool that measures it, which a real
   * cluster does not do, and a probe that does not get to run sees nothing.
   */
  start(args: readonly string[], kubeconfig = this.kubeconfig) {
    return start(args, { ...this.#options(kubeconfig), through: ["nice", "-n", "-15"] });
  }

  get stateFolder(): string {
    return join(this.folder, "state");
  }

  #options(kubeconfig: string) {
    return { env: { KUBECONFIG: kubeconfig, GAMEDAY_STATE: this.stateFolder } };
  }

  /** What identifies the cluster in a row of a track record. */
  async identity(): Promise<{ readonly server: string; readonly nodes: string[]; readonly namespaceUid: string }> {
    const nodes = (await this.api.list("Node", { namespace: "" })) as readonly (NodeObject & {
      readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } };
    })[];
    const reference = { kind: "Namespace" as const, namespace: "", name: NAMESPACE };
    const namespace = await this.api.get(reference, AbortSignal.timeout(10_000));
    return {
      server: nodes[0]?.status?.nodeInfo?.kubeletVersion ?? "unknown",
      nodes: nodes.map(({ metadata }) => metadata.name).sort(),
      namespaceUid: namespace?.metadata.uid ?? "none",
    };
  }

  /** Returns the uids of the shop's pods by name, without those of a load. */
  async podUids(): Promise<Record<string, string>> {
    const pods = (await this.api.list("Pod", { namespace: NAMESPACE })) as readonly PodObject[];
    const shop = pods.filter((pod) => isPresent(pod) && pod.metadata.labels?.["app"] !== undefined);
    return Object.fromEntries(shop.map(({ metadata }) => [metadata.name, metadata.uid ?? ""]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function readPlan(file: string): PlanDocument {
  return parse(readFileSync(file, "utf8")) as PlanDocument;
}

export function describe({ name, expected, seen }: HealthLine): string {
  return `${name}: expected ${expected}, got ${seen}`;
}

/** How busy this machine is: evidence about what may slow the cluster down. */
export class MachineLoad {
  readonly before = loadavg()[0] ?? 0;
  readonly #began = cpuTimes();

  /** The share of all cores that was used since this object was made, in percent. */
  read(): { readonly loadBefore: number; readonly busyPercent: number } {
    const now = cpuTimes();
    const [busy, all] = [now.busy - this.#began.busy, now.all - this.#began.all];
    return { loadBefore: this.before, busyPercent: Math.round((100 * busy) / Math.max(1, all)) };
  }
}

function cpuTimes(): { readonly busy: number; readonly all: number } {
  const [, ...fields] = (readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "").trim().split(/\s+/).map(Number);
  const all = fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  return { busy: all - (fields[3] ?? 0) - (fields[4] ?? 0), all };
}

/** Runs a command and returns what it printed. Throws when it fails. */
export function must(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`expected ${command} ${args.join(" ")} to exit 0, got ${code}: ${stderr.slice(-2_000)}`));
    });
  });
}
