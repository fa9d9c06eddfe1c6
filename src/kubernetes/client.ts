/** The port to a real cluster: kubeconfig and logging in by @kubernetes/client-node, requests by Node. */
import { request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { KubernetesApi, KubernetesObject, RemoveOptions, Right, Where } from "../kubernetes.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { type Call, pathOf } from "./path.ts";
import { answerTrouble } from "./refused.ts";

const DEADLINE_MS = 15_000;

/** Reads KUBECONFIG, ~/.kube/config or the pod's own account. Throws GamedayError when there is none, or no such context. */
export async function connectKubernetes(context: string | undefined): Promise<KubernetesApi> {
  const { KubeConfig } = await import("@kubernetes/client-node"); // 0.8 s: only for who asks for it
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (cause) {
    throw noConfig(messageOf(cause), cause);
  }
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context)) throw noConfig(`no context "${context}", but ${known.join(", ") || "none"}`);
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw noConfig(`no cluster for its context "${config.getCurrentContext()}"`);
  return new Client(config, cluster.server);
}

function noConfig(got: string, cause?: unknown): GamedayError {
  return new GamedayError({
    code: "kubernetes-config",
    expected: "a kubeconfig that names the cluster (KUBECONFIG, ~/.kube/config, --context)",
    got,
    hint: "kubectl config get-contexts",
    cause,
  });
}

class Client implements KubernetesApi {
  readonly context: string;
  readonly namespace: string;
  readonly server: string;
  readonly #config: KubeConfig;

  constructor(config: KubeConfig, server: string) {
    this.#config = config;
    this.server = server;
    this.context = config.getCurrentContext();
    this.namespace = config.getContextObject(this.context)?.namespace ?? "default";
  }

  async create<T extends KubernetesObject>(object: T, options: { dryRun?: boolean } = {}): Promise<T> {
    const { kind, metadata } = object;
    const namespace = metadata.namespace ?? this.namespace;
    const query = options.dryRun === true ? { dryRun: "All" } : {};
    const text = await this.#ask({ verb: "create", kind, namespace, name: metadata.name }, "POST", {
      query,
      body: object,
    });
    return JSON.parse(text) as T;
  }

  async list(
    kind: KubernetesObject["kind"],
    { namespace, labels, fields }: Where,
  ): Promise<readonly KubernetesObject[]> {
    const query = {
      ...(labels === undefined ? {} : { labelSelector: labels }),
      ...(fields === undefined ? {} : { fieldSelector: fields }),
    };
    const text = await this.#ask({ verb: "list", kind, namespace }, "GET", { query });
    return (JSON.parse(text) as { items: readonly KubernetesObject[] }).items;
  }

  async remove(
    kind: KubernetesObject["kind"],
    namespace: string,
    name: string,
    options: RemoveOptions = {},
  ): Promise<boolean> {
    const { graceSeconds } = options;
    const body = {
      propagationPolicy: "Background",
      ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    };
    try {
      await this.#ask({ verb: "delete", kind, namespace, name }, "DELETE", { body });
      return true;
    } catch (thrown) {
      if (thrown instanceof GamedayError && thrown.code === "kubernetes-not-found") return false;
      throw thrown;
    }
  }

  log(namespace: string, pod: string, lines: number): Promise<string> {
    const query = { tailLines: String(lines) };
    return this.#ask({ verb: "get", kind: "Pod", namespace, name: pod, subresource: "log" }, "GET", { query });
  }

  async mayI(namespace: string, { verb, group, resource, subresource }: Right): Promise<boolean> {
    const attributes = { namespace, verb, group, resource, ...(subresource === undefined ? {} : { subresource }) };
    const body = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: attributes },
    };
    const text = await this.#ask({ verb: "create", kind: "SelfSubjectAccessReview", namespace }, "POST", { body });
    return (JSON.parse(text) as { status?: { allowed?: boolean } }).status?.allowed === true;
  }

  /** The body of a good answer. */
  async #ask(
    call: Call,
    method: string,
    { query = {}, body }: { query?: Readonly<Record<string, string>>; body?: unknown },
  ): Promise<string> {
    const url = new URL(this.server.replace(/\/$/, "") + pathOf(call, method));
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    let answer: Answer;
    try {
      const options: RequestOptions = {};
      await this.#config.applyToHTTPSOptions(options); // each time: tokens expire
      answer = await send(url, { ...options, method }, body === undefined ? undefined : JSON.stringify(body));
    } catch (cause) {
      throw unreachable(this.server, this.context, cause);
    }
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    throw answerTrouble(call, answer, this.context);
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send(url: URL, options: RequestOptions, body: string | undefined): Promise<Answer> {
  const request = url.protocol === "http:" ? requestHttp : requestHttps;
  const length = Buffer.byteLength(body ?? "");
  // Without its length Node sends the body of a DELETE so that servers do not see it, and a Job's pods would stay.
  const headers = {
    ...options.headers,
    accept: "application/json, */*",
    "content-type": "application/json",
    "content-length": length,
  };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const asking = request(url, { ...options, headers, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    asking.on("error", (cause) => reject(signal.aborted ? new Error(`no answer in ${DEADLINE_MS / 1000} s`) : cause));
    asking.end(body);
  });
}

function unreachable(server: string, context: string, cause: unknown): GamedayError {
  if (cause instanceof GamedayError) return cause;
  return new GamedayError({
    code: "kubernetes-unreachable",
    expected: `the Kubernetes API at ${server} (context ${context}) to answer`,
    got: messageOf(cause) || "no connection",
    hint: `kubectl --context ${context} version`,
    exitCode: ExitCode.notReady,
    cause,
  });
}
