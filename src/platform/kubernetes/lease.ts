/**
 * The lease keeps a second run out of a namespace: the run that creates it holds it, renews it, and deletes it in the end. A
 * lease that was not renewed for its duration belongs to a run that died, and is taken over. Expiry counts from when we first saw
 * the lease unchanged, by our own clock: clocks of two machines are never compared.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ClusterApi, KubernetesObject } from "../../kubernetes.ts";
import type { Clock } from "../../std/clock.ts";
import { ExitCode, GamedayError, hasCode } from "../../std/errors.ts";
import { MANAGED_BY } from "./marks.ts";

/** The name of the Lease, one in each namespace. */
export const LEASE = "gameday";
/** A lease that was not renewed for so long may be taken over. */
export const LEASE_SECONDS = 15;
const RENEW_MS = 4_000;
const LOOK_MS = 500;

interface LeaseObject extends KubernetesObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
  };
}

export interface LeaseOptions {
  readonly api: ClusterApi;
  readonly namespace: string;
  /** "ann@laptop run-id", which is shown to a second run. */
  readonly holder: string;
  readonly clock: Clock;
  /** Default: RENEW_MS. */
  readonly renewMs?: number;
}

/** A lease, held until it is disposed. `lost` gives the reason once another holder has it. */
export class Lease implements AsyncDisposable {
  readonly #options: LeaseOptions;
  readonly #end = new AbortController();
  #lease: LeaseObject;
  #renewing: Promise<void>;
  lost: string | null = null;

  private constructor(options: LeaseOptions, lease: LeaseObject) {
    this.#options = options;
    this.#lease = lease;
    this.#renewing = this.#renew();
  }

  /**
   * Takes the lease. Throws GamedayError "kubernetes-busy" while another run holds it; waits for the expiry of one that is no
   * longer renewed.
   */
  static async take(options: LeaseOptions, signal: AbortSignal): Promise<Lease> {
    const { api, namespace } = options;
    const reference = { kind: "Lease" as const, namespace, name: LEASE };
    const there = (await api.get(reference, signal)) as LeaseObject | null;
    if (there === null) return new Lease(options, await create(options));
    await outlived(options, there, signal);
    const mine = { ...there, spec: specOf(options) };
    return new Lease(options, await api.replace(mine, signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#renewing;
    const { resourceVersion } = this.#lease.metadata;
    const only = resourceVersion === undefined ? {} : { resourceVersion }; // the lease of another run is left alone
    await this.#options.api.remove("Lease", this.#options.namespace, LEASE, only).catch(() => undefined); // it expires
  }

  /**
   * Renews the lease until the end. While the API server is away nobody can take it either, so only a conflict shows whether another run
   * has it.
   */
  async #renew(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted && this.lost === null) {
      await delay(this.#options.renewMs ?? RENEW_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        this.#lease = await this.#options.api.replace({ ...this.#lease, spec: specOf(this.#options) }, signal);
      } catch (thrown) {
        if (hasCode(thrown, "kubernetes-conflict")) await this.#conflict(signal).catch(() => undefined);
        else if (hasCode(thrown, "kubernetes-not-found")) this.lost = "it was deleted";
      }
    }
  }

  /** Another run has changed the lease, or we have, and the answer to that was lost on its way. */
  async #conflict(signal: AbortSignal): Promise<void> {
    const { api, namespace, holder } = this.#options;
    const now = (await api.get({ kind: "Lease", namespace, name: LEASE }, signal)) as LeaseObject | null;
    if (now?.spec?.holderIdentity === holder) this.#lease = now;
    else this.lost = now === null ? "it was deleted" : `it is held by ${now.spec?.holderIdentity ?? "nobody"}`;
  }
}

async function create(options: LeaseOptions): Promise<LeaseObject> {
  const { api, namespace } = options;
  const metadata = { name: LEASE, namespace, labels: MANAGED_BY };
  const lease: LeaseObject = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: specOf(options) };
  try {
    return await api.create(lease);
  } catch (thrown) {
    if (hasCode(thrown, "kubernetes-conflict")) throw busy(namespace, "another run");
    throw thrown;
  }
}

/** Resolves once the lease was not renewed for its whole duration. */
async function outlived({ api, namespace, clock }: LeaseOptions, seen: LeaseObject, signal: AbortSignal) {
  const sinceMs = clock.nowMs();
  const durationMs = (seen.spec?.leaseDurationSeconds ?? LEASE_SECONDS) * 1_000;
  const reference = { kind: "Lease" as const, namespace, name: LEASE };
  while (clock.nowMs() - sinceMs < durationMs) {
    await delay(LOOK_MS, undefined, { signal });
    const now = (await api.get(reference, signal)) as LeaseObject | null;
    if (now?.metadata.resourceVersion !== seen.metadata.resourceVersion)
      throw busy(namespace, now?.spec?.holderIdentity ?? "a run that has just ended");
  }
}

/** Kubernetes requires microseconds, which Date does not have. */
function specOf({ holder }: LeaseOptions) {
  const now = new Date().toISOString().replace("Z", "000Z");
  return { holderIdentity: holder, leaseDurationSeconds: LEASE_SECONDS, acquireTime: now, renewTime: now };
}

function busy(namespace: string, holder: string): GamedayError {
  return new GamedayError({
    code: "kubernetes-busy",
    expected: `nobody else to have a game day in namespace ${namespace}`,
    got: `the Lease "${LEASE}" is held by ${holder}`,
    hint: `kubectl -n ${namespace} get lease ${LEASE} -o yaml; a run that died lets go after ${LEASE_SECONDS} s`,
    exitCode: ExitCode.notReady,
  });
}

/**
 * Removes the lease of a run that died: one that is not renewed while it is looked at. Returns whether a run is alive, whose lease
 * stays.
 */
export async function removeDeadLease(api: ClusterApi, namespace: string, signal: AbortSignal): Promise<boolean> {
  const reference = { kind: "Lease" as const, namespace, name: LEASE };
  const seen = await api.get(reference, signal);
  if (seen === null) return false;
  await delay(RENEW_MS + LOOK_MS * 2, undefined, { signal });
  const { resourceVersion } = (await api.get(reference, signal))?.metadata ?? {};
  if (resourceVersion === undefined) return false;
  if (resourceVersion !== seen.metadata.resourceVersion) return true;
  await api.remove("Lease", namespace, LEASE, { resourceVersion });
  return false;
}
