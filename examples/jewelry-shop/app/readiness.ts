/**
 * Readiness describes this replica, not its stores. A store that is unavailable is unavailable to all replicas alike: if each of
 * them left the proxy because of it, no replica would remain for requests that do not need it. So a store that was reached once
 * and is unavailable now is reported, but is no obstacle. The obstacles are:
 *
 * - a store was never reached: the replica is not up yet;
 * - its own connections to a store fail while a connection that only this check uses works, for longer than any recovery takes;
 * - no store can be reached for as long: either the replica is cut off, or nothing would work here anyway;
 * - the replica is closing.
 */
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "./errors.ts";

/** One store with two checks: `own` uses the connections that requests use, `witness` one that nothing else uses. */
export interface Line {
  readonly store: string;
  readonly own: () => Promise<unknown>;
  readonly witness: () => Promise<unknown>;
}

/** What is wrong, by the name of the store or of the shop. */
export type Troubles = Readonly<Record<string, string>>;

export interface Condition {
  /** Empty when the replica is ready. */
  readonly obstacles: Troubles;
  /** Stores that are unavailable to everybody, as far as this replica can see. */
  readonly away: Troubles;
}

export interface Readiness {
  check(): Promise<Condition>;
  /** Makes the replica not ready from now on, whatever the state of the stores: the shop is closing. */
  drain(): void;
}

export interface Times {
  /** For how long a successful check is reused. */
  readonly ageMs: number;
  /** The longest that a caller waits for a check; after that the last result answers, because the proxy's timeout is short. */
  readonly waitMs: number;
  /** Longer than the shop's connections need to recover after a failover. */
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

/** The state of one store as this replica knows it. */
class View {
  readonly line: Line;
  reached = false;
  trouble: string | null = "it was not reached yet";
  /** Since when each check has found the store unavailable, or the fault on our side; infinity when the last check did not. */
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

/** Troubles that have lasted since `sinceMs` or earlier are obstacles if they are the replica's own. */
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
