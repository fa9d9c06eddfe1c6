/** What a script measures: checks, groups and custom metrics. Nothing is counted after its user was cut off. */
import { type CustomKind, countCustom, notCounted } from "../count/custom-metric.ts";
import type { Series } from "../count/metrics.ts";
import type { Session } from "../http/session.ts";
import type { Groups } from "./groups.ts";
import type { UserWorld } from "./world.ts";

export class Measures {
  readonly #groups: Groups;
  readonly #session: Session;
  readonly #world: UserWorld;

  constructor(groups: Groups, session: Session, world: UserWorld) {
    this.#groups = groups;
    this.#session = session;
    this.#world = world;
  }

  /** Counts a check, unless the end of the user may have cut off the answer that is checked. */
  check(name: string, holds: boolean): void {
    if (this.#session.closed) return;
    const series = this.#groups.scope.check(name);
    series.record(holds ? 1 : 0);
    if (!holds) series.failed++;
  }

  async group<T>(name: string, body: () => Promise<T>): Promise<T> {
    const inner = this.#groups.scope.group(name);
    const startedMs = performance.now();
    try {
      return await this.#groups.within(inner, body);
    } finally {
      if (!this.#session.closed) inner.custom("group_duration", "", true).record(performance.now() - startedMs);
    }
  }

  rate(name: string, happened: boolean): void {
    const series = this.custom("rate", name, happened ? 1 : 0);
    if (!happened && series !== null) series.failed++;
  }

  /** Counts a custom metric. Returns null, and counts nothing, after the user was cut off: its script cannot know of that. */
  custom(kind: CustomKind, name: string, value: number): Series | null {
    if (this.#session.closed) return null;
    const counted = countCustom(this.#groups.scope, kind, name, value);
    if (typeof counted !== "string") return counted;
    const { key, says } = notCounted(name, counted);
    this.#world.onNote(key, says);
    return null;
  }
}
