/**
 * Ready is about this replica, not about its stores. A store that is away is away for all replicas alike: if each of them
 * left the proxy for it, nobody would be left to answer what does not need it. So a store that was reached once and is away
 * now is told, and is no obstacle. Obstacles are:
 *
 * - a store that was never reached: the replica is not up yet;
 * - its own connections to a store fail while one that only this look uses works, for longer than any healing takes;
 * - no store can be reached for as long: it is the replica that is cut off, or nothing would work here anyway;
 * - it is closing.
 */
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "./errors.ts";

/** One store: a look at it by the connections that requests use, and one by a connection that nothing else uses. */
export interface Line {
  readonly store: string;
  readonly own: () => Promise<unknown>;
  readonly witness: () => Promise<unknown>;
}

/** By the name of a store, or of the shop: what is wrong with it. */
export type Troubles = Readonly<Record<string, string>>;

export interface Condition {
  /** Empty: ready. */
  readonly obstacles: Troubles;
  /** Stores that are away for everybody, as far as can be seen from here. */
  readonly away: Troubles;
}

export interface Readiness {
  check(): Promise<Condition>;
  /** From now on it is not ready, whatever the stores say: the shop is closing. */
  drain(): void;
}

export interface Times {
  /** So long a look at which all was well is remembered. */
  readonly ageMs: number;
  /** So long a check waits for a look; then it answers by the last one, because the proxy's patience is short. */
  readonly waitMs: number;
  /** Longer than the shop's connections need to heal themselves after a failover. */
  readonly patienceMs: number;
}

export const TIMES: Times = { ageMs: 800, waitMs: 300, patienceMs: 5_000 };

export function readiness(lines: readonly Line[], times: Times = TIMES): Readiness {
  const views = lines.map((line) => new View(line));
  let draining = false;
  let wellUntilMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;
  const look = async () => {
    await Promise.all(views.map((view) => view.look()));
    if (views.every(({ trouble }) => trouble === null)) wellUntilMs = performance.now() + times.ageMs;
    underWay = null;
  };
  return {
    check: async () => {
      if (draining) return { obstacles: { shop: "it is closing" }, away: {} };
      if (performance.now() >= wellUntilMs) {
        underWay ??= look();
        await Promise.race([underWay, delay(times.waitMs, undefined, { ref: false })]);
      }
      return conditionOf(views, performance.now() - times.patienceMs);
    },
    drain: () => {
      draining = true;
    },
  };
}

/** What is known about one store. */
class View {
  readonly line: Line;
  reached = false;
  trouble: string | null = "it was not reached yet";
  /** Since when each look found it away, or found the fault on our side; infinity: the last one did not. */
  awaySinceMs = Number.POSITIVE_INFINITY;
  oursSinceMs = Number.POSITIVE_INFINITY;

  constructor(line: Line) {
    this.line = line;
  }

  async look(): Promise<void> {
    const trouble = await troubleOf(this.line.own);
    const ours = trouble !== null && (await troubleOf(this.line.witness)) === null;
    const away = trouble !== null && !ours;
    this.trouble = trouble;
    this.reached ||= trouble === null;
    this.oursSinceMs = ours ? Math.min(this.oursSinceMs, performance.now()) : Number.POSITIVE_INFINITY;
    this.awaySinceMs = away ? Math.min(this.awaySinceMs, performance.now()) : Number.POSITIVE_INFINITY;
  }
}

/** Troubles that lasted since `sinceMs` or before are obstacles where they are the replica's own. */
function conditionOf(views: readonly View[], sinceMs: number): Condition {
  const cutOff = views.every(({ awaySinceMs }) => awaySinceMs <= sinceMs);
  const isObstacle = (view: View) => !view.reached || view.oursSinceMs <= sinceMs || cutOff;
  const troubled = views.filter(({ trouble }) => trouble !== null);
  return {
    obstacles: named(troubled.filter(isObstacle)),
    away: named(troubled.filter((view) => !isObstacle(view))),
  };
}

function named(views: readonly View[]): Troubles {
  return Object.fromEntries(views.map(({ line, trouble }) => [line.store, trouble ?? ""]));
}

async function troubleOf(look: () => Promise<unknown>): Promise<string | null> {
  try {
    await look();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
