/** A Job's pods as they are seen again and again: what is new, for how long it has been so, and whether there is still hope. */

import { type PodTrouble, podTrouble } from "../../kubernetes/pod-trouble.ts";
import type { KubernetesEvent, Pod } from "../../kubernetes.ts";

export interface Sight {
  readonly pod: string;
  readonly trouble: PodTrouble;
}

interface Seen extends Sight {
  readonly sinceMs: number;
}

/** The Job's controller tries again, and a quota may be freed. */
const NO_PODS_PATIENCE_MS = 10_000;

export class JobView {
  readonly #workers: number;
  #seen = new Map<string, Seen>();
  #names: readonly string[] = [];
  #phases: readonly string[] = [];
  #blind: string | null = null;

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Takes what is there now; gives the troubles that were not there before. */
  look(pods: readonly Pod[], events: readonly KubernetesEvent[], nowMs: number): Sight[] {
    this.#blind = null;
    this.#phases = pods.map(({ status }) => status?.phase ?? "Pending");
    const before = this.#seen;
    const names = pods.map(({ metadata }) => metadata.name);
    const gone = this.#names.filter((name) => !names.includes(name)).map(goneSight);
    this.#names = names;
    const sights = [...gone, ...pods.flatMap(sightOf), ...withoutPods(events)];
    this.#seen = new Map();
    const news: Sight[] = [];
    for (const sight of sights) {
      const key = `${sight.pod} ${causeOf(sight.trouble)}`;
      const known = before.get(key);
      if (known === undefined) news.push(sight);
      this.#seen.set(key, { ...sight, sinceMs: known?.sinceMs ?? nowMs });
    }
    return news;
  }

  /** The cluster could not be asked. */
  blind(because: string): void {
    this.#blind = because;
  }

  /** The first trouble that has lasted for longer than it may; null: wait on. */
  hopeless(nowMs: number): Sight | null {
    const over = ({ sinceMs, trouble }: Seen) => trouble.patienceMs !== null && nowMs - sinceMs >= trouble.patienceMs;
    return [...this.#seen.values()].find(over) ?? null;
  }

  /** What is wrong at this moment, in one word of Kubernetes; null: nothing. */
  get reason(): string | null {
    return [...this.#seen.values()][0]?.trouble.reason ?? null;
  }

  /** "2 pods Running; pod a: Unschedulable: 0/3 nodes are available (and 1 more)". */
  get summary(): string {
    const counts = Map.groupBy(this.#phases, (phase) => phase);
    const phases = [...counts].map(([phase, pods]) => `${pods.length} of ${this.#workers} pods ${phase}`).join(", ");
    const blind = this.#blind === null ? [] : [`the cluster does not tell: ${this.#blind}`];
    return [phases || "no pods", ...told(this.#seen.values()), ...blind].join("; ");
  }
}

/** A pull that fails is now called ErrImagePull, now ImagePullBackOff: the same trouble. */
function causeOf({ reason }: PodTrouble): string {
  return /ImagePull/.test(reason) ? "pull" : reason;
}

/** "a (and 3 more): OOMKilled", a line for each thing that is said. */
export function told(sights: Iterable<Sight>): string[] {
  return [...Map.groupBy(sights, ({ trouble }) => trouble.says)].map(([says, alike]) => {
    const more = alike.length === 1 ? "" : ` (and ${alike.length - 1} more)`;
    return `${alike[0]?.pod}${more}: ${says}`;
  });
}

function sightOf(pod: Pod): Sight[] {
  const trouble = podTrouble(pod);
  return trouble === null ? [] : [{ pod: pod.metadata.name, trouble }];
}

function goneSight(pod: string): Sight {
  return { pod, trouble: { reason: "Gone", says: "Gone: somebody deleted it", patienceMs: 0, hasLog: false } };
}

function withoutPods(events: readonly KubernetesEvent[]): Sight[] {
  return events.slice(-1).map(({ reason = "FailedCreate", message = "" }) => ({
    pod: "(no pod)",
    trouble: { reason, says: `${reason}: ${message}`, patienceMs: NO_PODS_PATIENCE_MS, hasLog: false },
  }));
}
