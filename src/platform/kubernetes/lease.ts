/**
 * The lease keeps a second run out of a namespace: the run that creates it holds it, renews it, and deletes it in the end. A
 * lease that was not renewed for its duration belongs to a run that died, and is taken over. Expiry counts from when we first saw
 * the lease unchanged, by our own clock: clocks of two machines are never compared.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ClusterApi, KubernetesObject } from "../../kubernetes.ts";
import type { Clock } from "../../std/clock.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { MANAGED_BY } from "./marks.ts";

const NAME = "gameday";
const DURATION_SECONDS = 15;
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
}

/** A lease, held until it is disposed. `lost` gives the reason once another holder has it or it could not be renewed in time. */
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
    const reference = { kind: "Lease" as const, namespace, name: NAME };
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
    await this.#options.api.remove("Lease", this.#options.namespace, NAME, only).catch(() => undefined); // it expires
  }

  async #renew(): Promise<void> {
    const { signal } = this.#end;
    let renewedMs = this.#options.clock.nowMs();
    while (!signal.aborted && this.lost === null) {
      await delay(RENEW_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        this.#lease = await this.#options.api.replace({ ...this.#lease, spec: specOf(this.#options) }, signal);
        renewedMs = this.#options.clock.nowMs();
      } catch (thrown) {
        if (thrown instanceof GamedayError && thrown.code === "kubernetes-conflict") this.lost = thrown.got;
        else if (this.#options.clock.nowMs() - renewedMs > DURATION_SECONDS * 1_000)
          this.lost = `it could not be renewed for ${DURATION_SECONDS} s`;
      }
    }
  }
}

async function create(options: LeaseOptions): Promise<LeaseObject> {
  const { api, namespace } = options;
  const metadata = { name: NAME, namespace, labels: MANAGED_BY };
  const lease: LeaseObject = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: specOf(options) };
  try {
    return await api.create(lease);
  } catch (thrown) {
    if (thrown instanceof GamedayError && thrown.code === "kubernetes-conflict") throw busy(namespace, "another run");
    throw thrown;
  }
}

/** Resolves once the lease was not renewed for its whole duration. */
async function outlived({ api, namespace, clock }: LeaseOptions, seen: LeaseObject, signal: AbortSignal) {
  const sinceMs = clock.nowMs();
  const durationMs = (seen.spec?.leaseDurationSeconds ?? DURATION_SECONDS) * 1_000;
  const reference = { kind: "Lease" as const, namespace, name: NAME };
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
  return { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, acquireTime: now, renewTime: now };
}

function busy(namespace: string, holder: string): GamedayError {
  return new GamedayError({
    code: "kubernetes-busy",
    expected: `nobody else to have a game day in namespace ${namespace}`,
    got: `the Lease "${NAME}" is held by ${holder}`,
    hint: `kubectl -n ${namespace} get lease ${NAME} -o yaml; a run that died lets go after ${DURATION_SECONDS} s`,
    exitCode: ExitCode.notReady,
  });
}
