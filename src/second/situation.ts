/** The parts of a second that come from the timeline: phase, replicas, leaders, faults in force, and which workers are at work. */
import { LEADING } from "../timeline/leaders.ts";
import type { Phase, TimelineEvent } from "../timeline.ts";
import { SecondsCourse } from "./course.ts";

type EventOf<Type extends TimelineEvent["type"]> = Extract<TimelineEvent, { type: Type }>;

interface InForce {
  readonly experiment: string;
  readonly fromMs: number;
  /** The changes that are in force, by target and capability. */
  readonly changes: Set<string>;
  toMs: number;
}

export class Situation {
  readonly #phase = new SecondsCourse<Phase | null>();
  readonly #replicas = new SecondsCourse<EventOf<"replicas">>();
  readonly #leaders = new Map<string, SecondsCourse<string | null>>();
  readonly #workers = new Map<string, SecondsCourse<boolean>>();
  #faults: InForce[] = [];

  event(event: TimelineEvent): void {
    switch (event.type) {
      case "phase":
        return this.#phase.set(event.atMs, event.edge === "begin" ? event.phase : null);
      case "replicas":
        return this.#replicas.set(event.atMs, event);
      case "role":
        return this.#role(event);
      case "worker":
        return this.#courseOf(this.#workers, event.worker).set(event.atMs, event.edge === "joined");
      case "fault":
        return this.#fault(event);
    }
  }

  /** Counts a worker as being at work from its first report on, if no event said that it joined. */
  reports(worker: string, fromMs: number): void {
    if (!this.#workers.has(worker)) this.#courseOf(this.#workers, worker).set(fromMs, true);
  }

  phaseBefore(atMs: number): Phase | null {
    return this.#phase.before(atMs) ?? null;
  }

  replicasBefore(atMs: number): { readonly ready: number; readonly desired: number } | null {
    return this.#replicas.before(atMs) ?? null;
  }

  leadersBefore(atMs: number): Record<string, string | null> {
    const known = [...this.#leaders].flatMap(([group, course]) => {
      const leader = course.before(atMs);
      return leader === undefined ? [] : [[group, leader] as const];
    });
    return Object.fromEntries(known);
  }

  /** Returns the workers that are at work at the end of a second. One that left or was lost within it may not report about it. */
  workersBefore(atMs: number): string[] {
    return [...this.#workers].filter(([, course]) => course.before(atMs) === true).map(([worker]) => worker);
  }

  faultsWithin(fromMs: number, toMs: number): string[] {
    const inForce = this.#faults.filter((fault) => fault.fromMs < toMs && fault.toMs >= fromMs);
    return [...new Set(inForce.map(({ experiment }) => experiment))];
  }

  forgetBefore(atMs: number): void {
    for (const course of [this.#phase, this.#replicas, ...this.#leaders.values(), ...this.#workers.values()])
      course.forgetBefore(atMs);
    this.#faults = this.#faults.filter(({ toMs }) => toMs >= atMs);
  }

  #role({ atMs, role, target, is, was }: EventOf<"role">): void {
    const course = this.#courseOf(this.#leaders, role);
    if (LEADING.has(is)) course.set(atMs, target);
    // A successor may be seen before the old leader is: then the group keeps its new leader.
    else if (LEADING.has(was) && course.before(Number.POSITIVE_INFINITY) === target) course.set(atMs, null);
  }

  #fault({ atMs, experiment, edge, target, capability }: EventOf<"fault">): void {
    const change = `${target}\n${capability ?? ""}`;
    const open = this.#faults.find(
      (fault) => fault.experiment === experiment && fault.toMs === Number.POSITIVE_INFINITY,
    );
    if (edge === "bit") {
      if (open === undefined) this.#faults.push(begun(experiment, atMs, change));
      else open.changes.add(change);
    } else if (edge === "healed" && open !== undefined) {
      open.changes.delete(change);
      if (open.changes.size === 0) open.toMs = atMs;
    }
  }

  #courseOf<T>(courses: Map<string, SecondsCourse<T>>, key: string): SecondsCourse<T> {
    const known = courses.get(key);
    if (known !== undefined) return known;
    const fresh = new SecondsCourse<T>();
    courses.set(key, fresh);
    return fresh;
  }
}

function begun(experiment: string, fromMs: number, change: string): InForce {
  return { experiment, fromMs, toMs: Number.POSITIVE_INFINITY, changes: new Set([change]) };
}
