/**
 * Creates the Job of a load in the cluster, watches it until its workers have joined and while they work, and removes it with
 * all that it owns.
 */

import type { PodTrouble } from "../../kubernetes/pod-trouble.ts";
import { demandRights } from "../../kubernetes/rights.ts";
import type { KubernetesApi, KubernetesEvent, KubernetesObject, Pod } from "../../kubernetes.ts";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { pause, until } from "../../std/wait.ts";
import { jobOf, nameOf, partsOf, RIGHTS, selectorOf, type WorkersSpec } from "./manifests.ts";
import { JobView, type Sight } from "./view.ts";

const LOOK_MS = 1_000;
const LOG_LINES = 12;
/** Pods end within their grace period, except those of a lost node. Those are deleted by force after this time. */
const ENDING_MS = 8_000;
const GONE_MS_MAX = 20_000;

/** The server's answers by which it is certain that nothing was created. */
const REFUSALS = new Set(["unauthorized", "forbidden", "not-found", "invalid"].map((reason) => `kubernetes-${reason}`));

export interface WorkersJobOptions {
  readonly api: KubernetesApi;
  readonly spec: WorkersSpec;
  readonly onNote: (says: string) => void;
  /** Called once, when waiting for the workers has become hopeless. */
  readonly onHopeless: (because: GamedayError) => void;
}

export class WorkersJob {
  readonly #options: WorkersJobOptions;
  readonly #view: JobView;
  readonly #ended = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #joined = false;
  #made = false;

  constructor(options: WorkersJobOptions) {
    this.#options = options;
    this.#view = new JobView(options.spec.workers);
  }

  /** Creates all objects. When it throws, some of them may exist; remove() removes them. */
  async create(): Promise<void> {
    const { api, spec, onNote } = this.#options;
    await demandRights(api, spec.namespace, RIGHTS);
    const { metadata, apiVersion, kind } = await this.#createJob();
    const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "" };
    await Promise.all(partsOf(spec, owner).map((part) => api.create(part)));
    onNote(`made Job ${spec.namespace}/${metadata.name} of ${spec.workers} workers (context ${api.context})`);
    this.#watching = this.#watch();
  }

  /** An answer may be lost, and the Job exist nevertheless; one that the server refused does not. */
  async #createJob(): Promise<KubernetesObject> {
    this.#made = true;
    try {
      return await this.#options.api.create(jobOf(this.#options.spec));
    } catch (thrown) {
      if (thrown instanceof GamedayError && REFUSALS.has(thrown.code)) this.#made = false;
      throw thrown;
    }
  }

  /** Records that all workers have joined: from now on a pod's trouble is only reported, and the load continues without it. */
  joined(): void {
    this.#joined = true;
  }

  /** Why the workers have not joined yet, and what a person could do. */
  get sight(): { readonly says: string; readonly hint: string } {
    return { says: this.#view.summary, hint: hintOf(this.#view.reason ?? "", this.#options.spec) };
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await this.#look();
      } catch (thrown) {
        this.#view.blind(messageOf(thrown));
      }
      await pause(LOOK_MS, signal).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { onNote, onHopeless } = this.#options;
    const pods = await this.#pods();
    const events = pods.length < this.#options.spec.workers ? await this.#events() : [];
    const news = this.#view.look(pods, events, performance.now());
    if (this.#ended.signal.aborted) return;
    for (const line of this.#view.tell(news)) onNote(`pod ${line}`);
    const hopeless = this.#joined ? null : this.#view.hopeless(performance.now());
    if (hopeless === null) return;
    await this.#tellLog(hopeless);
    this.#ended.abort();
    onHopeless(this.#cannotStart(hopeless.trouble));
  }

  async #pods(): Promise<readonly Pod[]> {
    const { api, spec } = this.#options;
    return (await api.list("Pod", { namespace: spec.namespace, labels: selectorOf(spec.runId) })) as readonly Pod[];
  }

  /** Returns events that explain why the Job gets no pods, such as a quota or a policy; none without the right to read events. */
  async #events(): Promise<readonly KubernetesEvent[]> {
    const { api, spec } = this.#options;
    const fields = `involvedObject.name=${nameOf(spec.runId)},reason=FailedCreate`;
    return (await api
      .list("Event", { namespace: spec.namespace, fields })
      .catch(() => [])) as readonly KubernetesEvent[];
  }

  async #tellLog({ pod, trouble }: Sight): Promise<void> {
    if (!trouble.hasLog) return;
    const { api, spec, onNote } = this.#options;
    const text = await api.log(spec.namespace, pod, LOG_LINES).catch(messageOf);
    if (text.trim() !== "") onNote(`the end of the log of pod ${pod}:\n${text.trimEnd().replaceAll(/^/gm, "  | ")}`);
  }

  #cannotStart({ says, reason }: PodTrouble): GamedayError {
    const { spec } = this.#options;
    return new GamedayError({
      code: "workers-cannot-start",
      expected: `${spec.workers} workers to come from Job ${spec.namespace}/${nameOf(spec.runId)}`,
      got: `${this.#view.summary || says}`,
      hint: hintOf(reason, spec),
      exitCode: ExitCode.notReady,
    });
  }

  /** True when objects of the Job may exist in the cluster. */
  get made(): boolean {
    return this.#made;
  }

  /** Takes over a Job that a previous coordinator created. */
  takeOver(): void {
    this.#made = true;
  }

  /** Removes all objects. Resolves with a line for each that could not be removed. Never throws. */
  async remove(): Promise<readonly string[]> {
    this.#ended.abort();
    await this.#watching;
    if (!this.#made) return [];
    const { api, spec } = this.#options;
    const { runId, namespace } = spec;
    const kinds = ["Job", "Secret", "ConfigMap"] as const;
    const tries = await Promise.allSettled(kinds.map((kind) => api.remove(kind, namespace, nameOf(runId))));
    const left = tries.flatMap((tried, index) =>
      tried.status === "rejected" ? [`${kinds[index]} ${namespace}/${nameOf(runId)}: ${messageOf(tried.reason)}`] : [],
    );
    return [...left, ...(await this.#podsGone().catch((thrown: unknown) => [messageOf(thrown)]))];
  }

  /** Waits until the pods are gone. Pods that cannot end because their node is lost are deleted from the API by force. */
  async #podsGone(): Promise<readonly string[]> {
    const { api, spec } = this.#options;
    const forced = new Set<string>();
    const sinceMs = performance.now();
    let left: readonly Pod[] = [];
    const gone = async () => {
      left = await this.#pods();
      const late = performance.now() - sinceMs > ENDING_MS;
      for (const { metadata } of late ? left : []) {
        if (metadata.deletionTimestamp === undefined || forced.has(metadata.name)) continue;
        forced.add(metadata.name);
        await api.remove("Pod", spec.namespace, metadata.name, { graceSeconds: 0 });
      }
      return left.length === 0;
    };
    const limits = { what: "pods to end", deadlineMs: GONE_MS_MAX, everyMs: 250, signal: new AbortController().signal };
    return await until(gone, limits).then(
      () => [],
      (thrown: unknown) => [
        ...left.map(({ metadata }) => `Pod ${spec.namespace}/${metadata.name}`),
        ...(left.length === 0 ? [messageOf(thrown)] : []),
      ],
    );
  }
}

/** Returns a hint on what a person could do next. */
function hintOf(reason: string, { image, namespace, joinUrl, cpu, memory }: WorkersSpec): string {
  if (/Image/.test(reason)) return `can the nodes pull ${image}? --image names it`;
  if (reason === "FailedCreate") return `kubectl describe resourcequota,limitrange -n ${namespace}`;
  if (reason === "OOMKilled") return `--worker-memory gives a worker more than ${memory}`;
  if (reason === "Unschedulable")
    return `each worker asks for ${cpu} cores and ${memory}: --worker-cpu, --worker-memory, or fewer --workers`;
  return `its pods must reach the coordinator at ${joinUrl} (--advertise), and its image must have gameday`;
}
