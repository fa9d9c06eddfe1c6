/** `gameday load --kubernetes`: the coordinator runs here, its workers as pods of a Job that is created and removed with it. */
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { World } from "../../cli.ts";
import { connectKubernetes } from "../../kubernetes/client.ts";
import type { KubernetesApi } from "../../kubernetes.ts";
import { manifestsOf, nameOf, SCRIPTS_FOLDER, selectorOf, type WorkersSpec } from "../../load/job/manifests.ts";
import { gatherScripts, pathOnWorkers, rootOf } from "../../load/job/script-files.ts";
import { WorkersJob } from "../../load/job/workers-job.ts";
import type { RunningState } from "../../load/wire/envelope.ts";
import type { LoadPlan } from "../../plan.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { addressTowardsCluster } from "./advertise.ts";
import type { LoadFlags, LoadJob } from "./flags.ts";
import { joinUrlOf, LISTEN_ALL } from "./kubernetes-flags.ts";

/** What is known of a load whose workers are pods. */
export type PodsJob = Pick<LoadJob, "plan" | "durationMs">;

/** The flags that decide where the pods of a load run, and how they reach this machine. */
export type PodsFlags = Pick<
  LoadFlags,
  | "kubernetes"
  | "namespace"
  | "context"
  | "image"
  | "listen"
  | "advertise"
  | "scriptPath"
  | "workerCpu"
  | "workerMemory"
  | "token"
  | "joinWithin"
> & {
  /** The pods are kept off the nodes of pods with these labels, as far as there are other nodes. */
  readonly keepOff?: WorkersSpec["keepOff"];
};

/** The lifetime of the pods if the duration of the load is unknown, so that they do not stay forever. */
const UNKNOWN_DURATION_MS = 86_400_000;
const SLACK_MS = 600_000;

export function newToken(): string {
  return randomBytes(16).toString("hex");
}

/** Returns the plan as workers see it: their scripts are in another folder than ours. */
export function planOnWorkers(plan: LoadPlan, flags: Pick<LoadFlags, "scriptPath" | "kubernetes">): LoadPlan {
  const folder = flags.scriptPath ?? (flags.kubernetes === true ? SCRIPTS_FOLDER : undefined);
  if (folder === undefined) return plan;
  const root = rootOf(plan.scenarios.map(({ file }) => file));
  return {
    ...plan,
    scenarios: plan.scenarios.map((each) => ({ ...each, file: pathOnWorkers(each.file, root, folder) })),
  };
}

interface SpecOfRun {
  readonly runId: string;
  readonly namespace: string;
  readonly token: string;
  /** The address of this machine that the cluster reaches, if it is known. */
  readonly towards?: string | null;
}

/** Returns the specification of the workers. `job` has the scripts at their local paths. */
export function workersSpec(
  job: PodsJob,
  flags: PodsFlags,
  { runId, namespace, token, towards = null }: SpecOfRun,
): WorkersSpec {
  const { plan, durationMs } = job;
  const aliveMs = (durationMs ?? UNKNOWN_DURATION_MS) + plan.gracefulStopMs + SLACK_MS;
  return {
    runId,
    namespace,
    workers: plan.workers,
    image: flags.image ?? "",
    joinUrl: joinUrlOf(flags, networkInterfaces(), towards),
    token,
    cpu: flags.workerCpu,
    memory: flags.workerMemory,
    aliveSecondsMax: Math.ceil(aliveMs / 1000),
    ...(flags.keepOff === undefined ? {} : { keepOff: flags.keepOff }),
    scripts: flags.scriptPath === undefined ? gatherScripts(plan.scenarios.map(({ file }) => file)) : null,
  };
}

/** Prints the manifests (--manifest), for people who may not create objects from here, or who deploy through Git. */
export async function printManifests(world: World, job: LoadJob, flags: LoadFlags): Promise<void> {
  const { stringify } = await import("yaml"); // no other load needs it
  const runId = `load-${randomBytes(4).toString("hex")}`;
  const token = flags.token ?? newToken();
  const spec = workersSpec(job, flags, { runId, namespace: flags.namespace ?? "default", token });
  const objects = manifestsOf(spec).map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }));
  const coordinator = `--listen ${flags.listen ?? LISTEN_ALL} --workers ${spec.workers} --script-path ${flags.scriptPath ?? SCRIPTS_FOLDER}`;
  world.stdout.write(
    `# Workers of a load by gameday. Start the coordinator first (at ${spec.joinUrl}), then apply this; workers give up after 10 s without it:\n` +
      `#   GAMEDAY_TOKEN=... gameday load ... ${coordinator}    # the token of the Secret\n` +
      `# The Job is deleted a minute after its end; to delete everything: kubectl delete job,secret,configmap -n ${spec.namespace} -l ${selectorOf(runId)}\n` +
      objects.join("---\n"),
  );
}

export type CrewWorld = Pick<World, "stderr" | "onInterrupt" | "setExitCode">;

/** A Job in the cluster. Disposing removes it; if something is left, that is reported with the command that removes it. */
export class KubernetesCrew implements AsyncDisposable {
  readonly #world: CrewWorld;
  readonly #api: KubernetesApi;
  readonly #hopeless = new AbortController();
  /** The listener that keeps an impatient Ctrl-C from leaving a Job behind. */
  readonly #listening: Disposable;
  #spec: WorkersSpec;
  #workers: WorkersJob;
  #removing = false;

  private constructor(world: CrewWorld, spec: WorkersSpec, api: KubernetesApi) {
    this.#world = world;
    this.#api = api;
    this.#spec = spec;
    this.#workers = this.#jobOf(spec);
    this.#listening = world.onInterrupt(() => {
      if (this.#removing) world.stderr.write(`gameday: already ending; removing Job ${nameOf(this.#spec.runId)}\n`);
    });
  }

  static async connect(
    world: CrewWorld,
    job: PodsJob,
    flags: PodsFlags,
    { runId, token }: Pick<SpecOfRun, "runId" | "token">,
  ): Promise<KubernetesCrew> {
    const api = await connectKubernetes(flags.context);
    const towards = flags.advertise === undefined ? await addressTowardsCluster(api) : null;
    const namespace = flags.namespace ?? api.namespace;
    return new KubernetesCrew(world, workersSpec(job, flags, { runId, namespace, token, towards }), api);
  }

  /** Aborted if the workers cannot start. */
  get signal(): AbortSignal {
    return this.#hopeless.signal;
  }

  /** Creates the Job and waits with `gather` until its workers have joined. */
  async gather<T>(gather: () => Promise<T>): Promise<T> {
    try {
      await this.#workers.create();
      const given = await gather();
      this.#workers.joined();
      return given;
    } catch (thrown) {
      if (!(thrown instanceof GamedayError) || thrown.code !== "timed-out") throw thrown;
      const { says, hint } = this.#workers.sight;
      throw new GamedayError({
        code: "workers-late",
        expected: thrown.expected,
        got: `${thrown.got}; ${says}`,
        hint,
        exitCode: ExitCode.notReady,
        cause: thrown,
      });
    }
  }

  /** Takes over the workers of a Job that an earlier coordinator created: the Job is ours now, and no other is created. */
  async takeOver(gather: () => Promise<readonly RunningState[] | null>): Promise<readonly RunningState[] | null> {
    const running = await gather();
    this.#spec = { ...this.#spec, runId: running?.[0]?.runId ?? this.#spec.runId };
    this.#workers = this.#jobOf(this.#spec);
    this.#workers.takeOver();
    return running;
  }

  #jobOf(spec: WorkersSpec): WorkersJob {
    return new WorkersJob({
      api: this.#api,
      spec,
      onNote: (says) => this.#world.stderr.write(`${says}\n`),
      onHopeless: (because) => this.#hopeless.abort(because),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#removing = true;
    using _listening = this.#listening;
    const left = await this.#workers.remove();
    const { namespace, runId } = this.#spec;
    if (!this.#workers.made) return;
    if (left.length === 0) return void this.#world.stderr.write(`removed Job ${namespace}/${nameOf(runId)}\n`);
    this.#world.stderr.write(
      `gameday: expected nothing to be left in the cluster, got ${left.join("; ")}\n` +
        `  hint: kubectl delete job,secret,configmap,pod -n ${namespace} -l ${selectorOf(runId)}\n`,
    );
    this.#world.setExitCode(ExitCode.residue);
  }
}
