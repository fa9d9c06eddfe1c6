/**
 * The fake's autoscaler: Kubernetes' published algorithm for one CPU utilisation metric. desired = ceil(current x utilisation /
 * target), tolerance 0.1, up by at most max(100 %, 4 pods) a sync, down after the stabilisation window. Source: Kubernetes
 * documentation, "Horizontal Pod Autoscaling", algorithm details and scaling behavior.
 */
import type { Json } from "../../std/json.ts";
import type { Site } from "./site.ts";

const TOLERANCE = 0.1;
const PODS_PER_SYNC = 4;

interface Wanted {
  readonly desired: number;
  /** Percent of the requested CPU; null: no sample. */
  readonly utilisation: number | null;
  readonly limited: boolean;
}

export class Autoscaler {
  readonly #site: Site;
  readonly #min: number;
  /** The recommendations inside the stabilisation window. */
  #recent: { readonly atMs: number; readonly desired: number }[] = [];
  #syncs = 0;
  #desired: number;
  #reported = { current: 0, ready: 0 };

  constructor(site: Site) {
    this.#site = site;
    this.#min = site.behaviour.app.replicas;
    this.#desired = this.#min;
  }

  begin(): void {
    this.#site.agenda.after(this.#site.behaviour.scaling.syncMs, () => {
      this.#sync();
      this.begin();
    });
  }

  /** Reports the replicas when they differ from the last report. */
  look(): void {
    const { fleet, agenda } = this.#site;
    const [current, ready] = [fleet.replicas.length, fleet.ready];
    if (current === this.#reported.current && ready === this.#reported.ready) return;
    this.#reported = { current, ready };
    this.#site.emit({ atMs: agenda.nowMs, type: "replicas", current, ready, desired: this.#desired });
  }

  #sync(): void {
    const wanted = this.#want();
    this.#syncs++;
    this.#desired = wanted.desired;
    this.#report(wanted);
    this.#scaleTo(wanted.desired);
    for (const replica of this.#site.fleet.replicas) replica.requests = 0;
  }

  #want(): Wanted {
    const { scaling } = this.#site.behaviour;
    const current = this.#site.fleet.replicas.length;
    const utilisation = scaling.metrics ? this.#utilisation() : null;
    if (utilisation === null) return { desired: current, utilisation, limited: false };
    const ratio = utilisation / scaling.target;
    const raw = Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(current * ratio);
    const flapped = scaling.flaps && current > this.#min ? raw + (this.#syncs % 2 === 0 ? 2 : -2) : raw;
    const calm = scaling.flaps ? flapped : this.#stabilised(flapped);
    const capped = Math.min(calm, current + Math.max(current, PODS_PER_SYNC));
    const desired = Math.max(this.#min, Math.min(scaling.max, capped));
    return { desired, utilisation, limited: calm > scaling.max };
  }

  /** Returns the share of the requested CPU that was used since the last sync, averaged over ready replicas. */
  #utilisation(): number {
    const { app, scaling } = this.#site.behaviour;
    const used = this.#site.fleet.replicas.reduce(
      (sum, { requests }) => sum + Math.min(app.cpuLimit, (requests * app.cpuMsPerRequest) / scaling.syncMs),
      0,
    );
    return used / Math.max(1, this.#site.fleet.ready) / app.cpuRequest;
  }

  /** Limits scaling down to the most that was wanted within the window; scaling up takes effect at once. */
  #stabilised(desired: number): number {
    const { nowMs } = this.#site.agenda;
    this.#recent.push({ atMs: nowMs, desired });
    this.#recent = this.#recent.filter(({ atMs }) => atMs > nowMs - this.#site.behaviour.scaling.stabilisationMs);
    const current = this.#site.fleet.replicas.length;
    return desired >= current ? desired : Math.min(current, Math.max(...this.#recent.map((one) => one.desired)));
  }

  #scaleTo(desired: number): void {
    const { fleet, behaviour } = this.#site;
    while (fleet.replicas.length < desired) fleet.grow([], fleet.replicas.length < behaviour.scaling.roomFor);
    if (fleet.replicas.length > desired) fleet.shrinkTo(desired);
  }

  #report({ desired, utilisation, limited }: Wanted): void {
    const { fleet, agenda, behaviour } = this.#site;
    const detail: Json = {
      metric: "cpu",
      utilization: utilisation === null ? null : Math.round(utilisation * 1000) / 10,
      target: behaviour.scaling.target * 100,
      min: this.#min,
      max: behaviour.scaling.max,
      conditions: {
        AbleToScale: true,
        ScalingActive: utilisation !== null,
        ScalingLimited: limited,
      },
    };
    const [current, ready] = [fleet.replicas.length, fleet.ready];
    this.#reported = { current, ready };
    this.#site.emit({ atMs: agenda.nowMs, type: "replicas", current, ready, desired, detail });
  }
}
