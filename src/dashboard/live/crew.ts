/** The load's workers as they last reported, each with why its latencies may not be trusted. Pure. */
import type { WorkerRow } from "../../api/live.ts";
import type { Interval } from "../../interval.ts";
import { CPU_MAX, LOOP_DELAY_MS_MAX, SEND_LAG_MS_MAX } from "../../objective/generator.ts";
import type { TimelineEvent } from "../../timeline.ts";

const WORKERS_MAX = 1_000;

export class CrewFold {
  readonly #workers = new Map<string, WorkerRow>();

  event(event: TimelineEvent): void {
    if (event.type !== "worker") return;
    const state = event.edge === "joined" ? "running" : event.edge;
    const known = this.#workers.get(event.worker) ?? newWorker(event.worker);
    const users = state === "running" ? known.users : 0;
    this.#set({ ...known, state, users, lastMs: Math.max(known.lastMs, event.atMs) });
  }

  interval({ worker, users, health, toMs }: Interval): void {
    const known = this.#workers.get(worker) ?? newWorker(worker);
    if (toMs < known.lastMs && known.state !== "running") return;
    this.#set({
      ...known,
      users,
      cpu: health.cpu,
      rssBytes: health.rssBytes,
      loopDelayMs: health.loopDelayMsP99,
      sendLagMs: health.sendLagMsP50,
      lastMs: toMs,
      trouble: troubleOf(health),
    });
  }

  /** Returns the workers in the order in which they joined. */
  rows(): WorkerRow[] {
    return [...this.#workers.values()];
  }

  get users(): number {
    return this.rows().reduce((sum, { users }) => sum + users, 0);
  }

  #set(row: WorkerRow): void {
    if (this.#workers.has(row.name) || this.#workers.size < WORKERS_MAX) this.#workers.set(row.name, row);
  }
}

function newWorker(name: string): WorkerRow {
  return {
    name,
    state: "running",
    users: 0,
    cpu: 0,
    rssBytes: 0,
    loopDelayMs: 0,
    sendLagMs: 0,
    lastMs: 0,
    trouble: null,
  };
}

function troubleOf({ cpu, loopDelayMsP99, sendLagMsP50 }: Interval["health"]): string | null {
  if (cpu > CPU_MAX) return `its core is full (${Math.round(cpu * 100)} %)`;
  if (loopDelayMsP99 > LOOP_DELAY_MS_MAX) return `its loop is late by ${Math.round(loopDelayMsP99)} ms`;
  if (sendLagMsP50 > SEND_LAG_MS_MAX) return `it sends ${Math.round(sendLagMsP50)} ms late`;
  return null;
}
