/** Follows a Job's pods from poll to poll: which troubles are new, how long each has lasted, and whether one is hopeless. */

import { type PodTrouble, podTrouble } from "../../kubernetes/pod-trouble.ts";
import type { KubernetesEvent, Pod } from "../../kubernetes.ts";

export interface Sight {
  readonly pod: string;
  readonly trouble: PodTrouble;
}

interface Seen extends Sight {
  readonly sinceMs: number;
}

/** How long a Job may stay without pods: its controller retries, and a quota may be freed. */
const NO_PODS_PATIENCE_MS = 10_000;

export class JobView {
  readonly #workers: number;
  #seen = new Map<string, Seen>();
  #names: readonly string[] = [];
  #phases: readonly string[] = [];
  #blind: string | null = null;
  readonly #told = new Set<string>();

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Takes the current pods and events, and returns the troubles that are new. */
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

  /**
   * Returns the lines that tell people of new troubles. Pods of a Job fail for the same reason one after another, so a trouble that may
   * still pass is told once, by its reason alone: its whole text is in the error that ends the waiting.
   */
  tell(news: readonly Sight[]): string[] {
    const passing = ({ trouble }: Sight) => trouble.patienceMs !== null && trouble.patienceMs > 0;
    const fresh = news.filter((sight) => !passing(sight) || !this.#told.has(causeOf(sight.trouble)));
    for (const { trouble } of fresh) this.#told.add(causeOf(trouble));
    const brief = (sight: Sight) => ({ ...sight, trouble: { ...sight.trouble, says: sight.trouble.reason } });
    return told(fresh.map((sight) => (passing(sight) ? brief(sight) : sight)));
  }

  /** Records that the cluster could not be queried. */
  blind(because: string): void {
    this.#blind = because;
  }

  /** Returns the first trouble that has lasted for longer than its patience; null when waiting may still help. */
  hopeless(nowMs: number): Sight | null {
    const over = ({ sinceMs, trouble }: Seen) => trouble.patienceMs !== null && nowMs - sinceMs >= trouble.patienceMs;
    return [...this.#seen.values()].find(over) ?? null;
  }

  /** The Kubernetes reason of the first current trouble; null when there is none. */
  get reason(): string | null {
    return [...this.#seen.values()][0]?.trouble.reason ?? null;
  }

  /** The state for people: "1 of 2 pods Running, 1 of 2 pods Pending; a: Unschedulable: 0/3 nodes are available". */
  get summary(): string {
    const counts = Map.groupBy(this.#phases, (phase) => phase);
    const phases = [...counts].map(([phase, pods]) => `${pods.length} of ${this.#workers} pods ${phase}`).join(", ");
    const blind = this.#blind === null ? [] : [`the cluster does not tell: ${this.#blind}`];
    return [phases || "no pods", ...told(this.#seen.values()), ...blind].join("; ");
  }
}

/** Returns the cause of a trouble. Kubernetes reports a failed pull as ErrImagePull and ImagePullBackOff in turn. */
function causeOf({ reason }: PodTrouble): string {
  return /ImagePull/.test(reason) ? "pull" : reason;
}

/** Returns a line for each distinct message: "a (and 3 more): OOMKilled". */
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
