/**
 * The identity that the cluster sees: a kubeconfig, or the service account of a pod. The library keeps what an exec plugin returned until its
 * stated expiry, and a pod's token for a minute. A server that revokes either earlier answers 401, and then both are asked for again.
 */
import type { KubeConfig } from "@kubernetes/client-node";
import { GamedayError, messageOf } from "../std/errors.ts";

/** A server that refuses every login must not start an exec plugin for each request. */
const RENEWED_EVERY_MS = 2_000;

export class ClusterLogin {
  readonly #load: () => Promise<KubeConfig>;
  readonly #nowMs: () => number;
  #config: KubeConfig;
  #renewedMs = Number.NEGATIVE_INFINITY;
  #renewing: Promise<void> | null = null;

  private constructor(load: () => Promise<KubeConfig>, config: KubeConfig, nowMs: () => number) {
    this.#load = load;
    this.#config = config;
    this.#nowMs = nowMs;
  }

  static async open(load: () => Promise<KubeConfig>, nowMs = () => performance.now()): Promise<ClusterLogin> {
    return new ClusterLogin(load, await load(), nowMs);
  }

  /** The configuration with the newest login. Callers read it for each request and do not keep it. */
  get config(): KubeConfig {
    return this.#config;
  }

  /**
   * Reads the configuration again after a 401 to a request that was made with `refused`. Returns whether the request should be repeated:
   * false when the login was renewed just before, or cannot be read any more.
   */
  async renew(refused: KubeConfig): Promise<boolean> {
    if (refused !== this.#config) return true; // another request has renewed it in the meantime
    if (this.#renewing === null && this.#nowMs() - this.#renewedMs < RENEWED_EVERY_MS) return false;
    this.#renewing ??= this.#read();
    await this.#renewing;
    return refused !== this.#config;
  }

  async #read(): Promise<void> {
    this.#renewedMs = this.#nowMs();
    try {
      this.#config = await this.#load();
    } catch {
      // The configuration cannot be read at this moment; the server's refusal is the error that the caller reports.
    } finally {
      this.#renewing = null;
    }
  }
}

/**
 * Reads KUBECONFIG, ~/.kube/config or the pod's service account. Throws GamedayError when there is none, or when the context does
 * not exist.
 */
export async function loadKubeConfig(context: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node"); // takes 0.8 s, so it is imported only when it is needed
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (cause) {
    throw noConfig(messageOf(cause), cause);
  }
  if (config.getCurrentContext() === NO_CONTEXT) throw noConfig("none, and no service account of a pod either");
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context)) throw noConfig(`no context "${context}", but ${known.join(", ") || "none"}`);
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() === null) throw noConfig(`no cluster for its context "${config.getCurrentContext()}"`);
  return config;
}

/** The name of the context that the library makes up, for a server on this machine, when it finds no configuration at all. */
const NO_CONTEXT = "loaded-context";

function noConfig(got: string, cause?: unknown): GamedayError {
  return new GamedayError({
    code: "kubernetes-config",
    expected: "a kubeconfig that names the cluster (KUBECONFIG, ~/.kube/config, --context)",
    got,
    hint: "kubectl config get-contexts",
    cause,
  });
}
