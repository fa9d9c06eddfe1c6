/**
 * Our tools in the namespaces of a pod: one waiting ephemeral container for each pod, kind and run, in which every change is made
 * by exec. It needs no privileged daemon and nothing from the target's image. It can never be removed from its pod.
 */
import type { ClusterApi, ExecOutcome, ObjectReference } from "../../kubernetes.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { until } from "../../std/wait.ts";
import { CONTAINER_PREFIX, shortName } from "./marks.ts";
import type { PodContainerStatus, PodObject, SecurityContext } from "./objects.ts";

/** "network": the pod's network as root with NET_ADMIN. "process": the processes of one container, as its own user. */
export type ToolsKind = { readonly is: "network" } | { readonly is: "process"; readonly container: string };

/** The container ends by itself after this time, even when no process is left to end it. */
const LIFE_SECONDS = 4 * 3600;
const START_MS_MAX = 30_000;
const EXEC_MS_MAX = 10_000;
const END_FILE = "/tmp/gameday-end";

export class Tools {
  readonly #api: ClusterApi;
  readonly #image: string | undefined;
  readonly #run: string;
  readonly #ready = new Map<string, Promise<string>>();

  constructor(api: ClusterApi, image: string | undefined, runId: string) {
    this.#api = api;
    this.#image = image;
    this.#run = shortName(runId);
  }

  /** Runs a command with our tools in the pod; the first one for a pod and kind adds the container (about 1 s). */
  async exec(
    pod: PodObject,
    kind: ToolsKind,
    argv: readonly string[],
    { stdin, signal }: { readonly stdin?: string; readonly signal: AbortSignal },
  ): Promise<ExecOutcome> {
    const container = await this.#container(pod, kind, signal);
    const where = { namespace: pod.metadata.namespace ?? "", pod: pod.metadata.name, container };
    const options = { deadlineMs: EXEC_MS_MAX, ...(stdin === undefined ? {} : { stdin }) };
    return await this.#api.exec(where, argv, options, signal);
  }

  /** Returns whether a container of ours is in the pod already, so that something may have been changed through it. */
  has(pod: PodObject, kind: ToolsKind): boolean {
    return this.#ready.has(this.#key(pod, kind)) || runningTools(pod, kind) !== undefined;
  }

  #container(pod: PodObject, kind: ToolsKind, signal: AbortSignal): Promise<string> {
    const key = this.#key(pod, kind);
    const known = this.#ready.get(key) ?? this.#add(pod, kind, signal);
    this.#ready.set(key, known);
    known.catch(() => this.#ready.delete(key));
    return known;
  }

  #key({ metadata }: PodObject, kind: ToolsKind): string {
    return `${metadata.uid}/${kind.is === "process" ? kind.container : "network"}`;
  }

  async #add(pod: PodObject, kind: ToolsKind, signal: AbortSignal): Promise<string> {
    const { namespace = "", name } = pod.metadata;
    const reference = { kind: "Pod" as const, namespace, name };
    const now = ((await this.#api.get(reference, signal)) as PodObject | null) ?? pod;
    const running = runningTools(now, kind);
    if (running !== undefined) return running; // left by an earlier process of this run, or by another run
    const container = toolsContainer(now, kind, { image: this.#demandImage(), run: this.#run });
    await this.#api.patch(
      reference,
      { spec: { ephemeralContainers: [container] } },
      { type: "strategic", subresource: "ephemeralcontainers" },
      signal,
    );
    await this.#started(reference, container.name, signal);
    return container.name;
  }

  async #started(reference: ObjectReference, container: string, signal: AbortSignal): Promise<void> {
    let status: PodContainerStatus | undefined;
    const began = async () => {
      const now = (await this.#api.get(reference, signal)) as PodObject | null;
      status = now?.status?.ephemeralContainerStatuses?.find((one) => one.name === container);
      return status?.state?.running !== undefined || status?.state?.terminated !== undefined;
    };
    const seen = () => status?.state?.waiting?.reason ?? "not started";
    const what = `container ${container} in pod ${reference.name}`;
    await until(began, { what, deadlineMs: START_MS_MAX, signal, seen });
    if (status?.state?.running === undefined) throw ended(reference.name, container, status);
  }

  #demandImage(): string {
    if (this.#image !== undefined) return this.#image;
    throw new GamedayError({
      code: "kubernetes-no-image",
      expected: "the plan's platform.image, an image of Gameday that the nodes can pull",
      got: "none",
      hint: "network faults, freeze and pressure run in an ephemeral container of that image beside the target",
      exitCode: ExitCode.usage,
    });
  }
}

/** Returns a container of ours of this kind that is still waiting in the pod. */
function runningTools({ status }: PodObject, kind: ToolsKind): string | undefined {
  const own = ownNames(kind);
  return status?.ephemeralContainerStatuses?.find(({ name, state }) => own.test(name) && state?.running !== undefined)
    ?.name;
}

/** Returns whether a container of ours of this kind was ever added to the pod, so that something may have been changed by it. */
export function hadTools({ spec }: PodObject, kind: ToolsKind): boolean {
  const own = ownNames(kind);
  return spec?.ephemeralContainers?.some(({ name }) => own.test(name)) ?? false;
}

function ownNames(kind: ToolsKind): RegExp {
  return new RegExp(`^${CONTAINER_PREFIX}[0-9a-f]+-${suffixOf(kind)}(-\\d+)?$`);
}

function suffixOf(kind: ToolsKind): string {
  return kind.is === "network" ? "net" : shortName(kind.container).slice(0, 6);
}

/** Returns a name that no container of the pod has: one that has ended can be neither used nor removed. */
function freshName({ spec }: PodObject, kind: ToolsKind, run: string): string {
  const base = `${CONTAINER_PREFIX}${run}-${suffixOf(kind)}`;
  const taken = new Set(spec?.ephemeralContainers?.map(({ name }) => name));
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}

/** Returns the ephemeral container in the form that the API accepts. */
export function toolsContainer(
  pod: PodObject,
  kind: ToolsKind,
  { image, run }: { readonly image: string; readonly run: string },
) {
  const loop = `until [ -e ${END_FILE} ]; do sleep 1; done`;
  const command = ["timeout", String(LIFE_SECONDS), "sh", "-c", loop];
  const base = { name: freshName(pod, kind, run), image, imagePullPolicy: "IfNotPresent", command };
  if (kind.is === "network") return { ...base, securityContext: NETWORK_CONTEXT };
  return {
    ...base,
    targetContainerName: kind.container,
    securityContext: { ...userOf(pod, kind.container), ...NO_RIGHTS },
  };
}

const NO_RIGHTS = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const NETWORK_CONTEXT = {
  ...NO_RIGHTS,
  runAsUser: 0,
  runAsNonRoot: false,
  capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] },
};

/**
 * Returns the user of the container's processes as far as the pod's spec defines it: signals reach only processes of the same
 * user.
 */
function userOf({ spec }: PodObject, container: string): SecurityContext {
  const own = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(({ name }) => name === container);
  const { runAsUser, runAsGroup } = { ...spec?.securityContext, ...own?.securityContext };
  return {
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
  };
}

function ended(pod: string, container: string, status: PodContainerStatus | undefined): GamedayError {
  const { reason = "Error", message = "", exitCode = -1 } = status?.state?.terminated ?? {};
  return new GamedayError({
    code: "kubernetes-tools-ended",
    expected: `our container ${container} to wait in pod ${pod}`,
    got: `${reason}, exit code ${exitCode}${message === "" ? "" : `: ${message}`}`,
    hint: "the image needs sh, timeout, sleep, date and nft",
    exitCode: ExitCode.notReady,
  });
}
