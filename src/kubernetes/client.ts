/** The port to a real cluster: kubeconfig, watches, exec and port-forward through @kubernetes/client-node. */
import type {
  ClusterApi,
  ContainerReference,
  ExecOutcome,
  Forward,
  Kind,
  KubernetesObject,
  LogOptions,
  ObjectReference,
  PatchOptions,
  PodReference,
  RemoveOptions,
  Right,
  WatchListener,
  Where,
} from "../kubernetes.ts";
import { hasCode } from "../std/errors.ts";
import { ClusterLogin, loadKubeConfig } from "./cluster-login.ts";
import { execInContainer, type PodExecOptions } from "./exec.ts";
import { forwardPort } from "./forward.ts";
import type { Call } from "./path.ts";
import { Requests } from "./requests.ts";
import { watchObjects } from "./watch.ts";

/**
 * Reads KUBECONFIG, ~/.kube/config or the pod's service account. Throws GamedayError when there is none, or when the context does
 * not exist.
 */
export async function connectKubernetes(context: string | undefined): Promise<ClusterApi> {
  return new Client(await ClusterLogin.open(() => loadKubeConfig(context)));
}

const PATCH_TYPES = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;
/** A complete list is requested in pages. */
const PAGE_LIMIT = 500;
const PAGES_MAX = 200;

class Client implements ClusterApi {
  readonly context: string;
  readonly namespace: string;
  readonly server: string;
  readonly #login: ClusterLogin;
  readonly #requests: Requests;

  constructor(login: ClusterLogin) {
    this.#login = login;
    this.#requests = new Requests(login);
    this.server = login.config.getCurrentCluster()?.server ?? "";
    this.context = login.config.getCurrentContext();
    this.namespace = login.config.getContextObject(this.context)?.namespace ?? "default";
  }

  async create<T extends KubernetesObject>(object: T, options: { dryRun?: boolean } = {}): Promise<T> {
    const { kind, metadata } = object;
    const namespace = metadata.namespace ?? this.namespace;
    const query = options.dryRun === true ? { dryRun: "All" } : {};
    const call = { verb: "create" as const, kind, namespace, name: metadata.name };
    return parse<T>(await this.#requests.ask(call, "POST", { query, body: object }));
  }

  /** The server forgets a list of many pages after some minutes (410); it is then asked for once more, from its start. */
  async list(kind: Kind, where: Where): Promise<readonly KubernetesObject[]> {
    try {
      return await this.#pages(kind, where);
    } catch (thrown) {
      if (!hasCode(thrown, "kubernetes-gone")) throw thrown;
      return await this.#pages(kind, where);
    }
  }

  async #pages(kind: Kind, { namespace, labels, fields }: Where): Promise<readonly KubernetesObject[]> {
    const query = {
      limit: String(PAGE_LIMIT),
      ...(labels === undefined ? {} : { labelSelector: labels }),
      ...(fields === undefined ? {} : { fieldSelector: fields }),
    };
    const items: KubernetesObject[] = [];
    let next = "";
    for (let page = 0; page < PAGES_MAX; page++) {
      const asked = next === "" ? query : { ...query, continue: next };
      const text = await this.#requests.ask({ verb: "list", kind, namespace }, "GET", { query: asked });
      const list = parse<{ items: readonly KubernetesObject[]; metadata?: { continue?: string } }>(text);
      items.push(...list.items);
      next = list.metadata?.continue ?? "";
      if (next === "") break;
    }
    return items;
  }

  async get(object: ObjectReference, signal: AbortSignal, subresource?: "scale"): Promise<KubernetesObject | null> {
    const call = { verb: "get" as const, ...object, ...(subresource === undefined ? {} : { subresource }) };
    try {
      return parse<KubernetesObject>(await this.#requests.ask(call, "GET", { signal }));
    } catch (thrown) {
      if (hasCode(thrown, "kubernetes-not-found")) return null;
      throw thrown;
    }
  }

  async patch(
    object: ObjectReference,
    body: unknown,
    { type = "merge", subresource, dryRun }: PatchOptions,
    signal: AbortSignal,
  ): Promise<KubernetesObject> {
    const call: Call = { verb: "patch", ...object, ...(subresource === undefined ? {} : { subresource }) };
    const query = dryRun === true ? { dryRun: "All" } : {};
    const content = { query, body, contentType: PATCH_TYPES[type], signal };
    return parse<KubernetesObject>(await this.#requests.ask(call, "PATCH", content));
  }

  async replace<T extends KubernetesObject>(object: T, signal: AbortSignal): Promise<T> {
    const { kind, metadata } = object;
    const namespace = metadata.namespace ?? this.namespace;
    const call = { verb: "update" as const, kind, namespace, name: metadata.name };
    return parse<T>(await this.#requests.ask(call, "PUT", { body: object, signal }));
  }

  async remove(kind: Kind, namespace: string, name: string, options: RemoveOptions = {}): Promise<boolean> {
    const { graceSeconds, uid, resourceVersion } = options;
    const preconditions = {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    const body = {
      propagationPolicy: "Background",
      ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
      ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
    };
    try {
      await this.#requests.ask({ verb: "delete", kind, namespace, name }, "DELETE", { body });
      return true;
    } catch (thrown) {
      if (hasCode(thrown, "kubernetes-not-found")) return false;
      throw thrown;
    }
  }

  async evict(pod: PodReference, options: { readonly graceSeconds?: number }, signal: AbortSignal): Promise<void> {
    const { namespace, pod: name, uid } = pod;
    const deleteOptions = {
      ...(options.graceSeconds === undefined ? {} : { gracePeriodSeconds: options.graceSeconds }),
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace }, deleteOptions };
    const call = { verb: "create" as const, kind: "Pod" as const, namespace, name, subresource: "eviction" };
    await this.#requests.ask(call, "POST", { body, signal, asksAgain: false });
  }

  exec(
    where: ContainerReference,
    argv: readonly string[],
    options: PodExecOptions,
    signal: AbortSignal,
  ): Promise<ExecOutcome> {
    return execInContainer(this.#login, where, argv, { options, signal });
  }

  forward(pod: PodReference, port: number, signal: AbortSignal): Promise<Forward> {
    return forwardPort(this.#login, pod, port, signal);
  }

  log(namespace: string, pod: string, lines: number): Promise<string> {
    return this.logOf({ namespace, pod }, { lines }, new AbortController().signal);
  }

  logOf({ namespace, pod }: PodReference, options: LogOptions, signal: AbortSignal): Promise<string> {
    const { container, sinceTime, lines, timestamps, previous } = options;
    const query = {
      ...(container === undefined ? {} : { container }),
      ...(sinceTime === undefined ? {} : { sinceTime }),
      ...(lines === undefined ? {} : { tailLines: String(lines) }),
      ...(timestamps === true ? { timestamps: "true" } : {}),
      ...(previous === true ? { previous: "true" } : {}),
    };
    const call = { verb: "get" as const, kind: "Pod" as const, namespace, name: pod, subresource: "log" };
    return this.#requests.ask(call, "GET", { query, signal });
  }

  watch(kind: Kind, where: Where, listener: WatchListener, signal: AbortSignal): Promise<void> {
    const nowMs = () => performance.now();
    const source = { login: this.#login, requests: this.#requests, nowMs };
    return watchObjects(source, { kind, where }, listener, signal);
  }

  async mayI(namespace: string, { verb, group, resource, subresource }: Right): Promise<boolean> {
    const attributes = { namespace, verb, group, resource, ...(subresource === undefined ? {} : { subresource }) };
    const body = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: attributes },
    };
    const call = { verb: "create" as const, kind: "SelfSubjectAccessReview" as const, namespace };
    const answer = parse<{ status?: { allowed?: boolean } }>(await this.#requests.ask(call, "POST", { body }));
    return answer.status?.allowed === true;
  }
}

function parse<T>(text: string): T {
  return JSON.parse(text) as T;
}
