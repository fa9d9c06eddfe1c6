/** One user of a load on a server in this process, with all that it counted and recorded, for tests. */
import type { Operation } from "../../history.ts";
import type { ClientPlan } from "../../plan.ts";
import type { ScenarioDefinition } from "../../scenario.ts";
import { monotonicClock } from "../../std/clock.ts";
import { MetricRegistry } from "../count/metrics.ts";
import { Scope } from "../count/scope.ts";
import { networkOf } from "../http/network.ts";
import { sessionSettings } from "../http/session.ts";
import { Alarms } from "../time/alarms.ts";
import { LoadUser } from "../user.ts";
import type { UserWorld } from "./world.ts";

export interface UserRig {
  readonly user: LoadUser;
  readonly world: UserWorld;
  readonly operations: Operation[];
  readonly notes: string[];
  /** Returns the count and the failures of each series since the last call, by metric text. */
  counted(): Record<string, [count: number, failed: number]>;
}

export function userOn(
  baseUrl: string,
  { client = {}, definition = {}, timeoutMs = 2_000 }: UserOptions = {},
): UserRig {
  const registry = new MetricRegistry(() => undefined);
  const operations: Operation[] = [];
  const notes: string[] = [];
  let sequence = 0;
  const world = {
    worker: "w0",
    runId: "r1",
    seed: "1",
    clock: monotonicClock(),
    alarms: new Alarms(() => undefined),
    session: sessionSettings(baseUrl, networkOf(client), { "x-gameday-run": "r1" }, { timeoutMs }),
    http2: client.http2 === true,
    env: {},
    nextSequence: () => sequence++,
    onOperation: (operation: Operation) => operations.push(operation),
    onNote: (_key: string, says: string) => notes.push(says),
  };
  const user = new LoadUser(0, { name: "s", ...definition }, new Scope(registry, { scenario: "s" }, false), world);
  const counted = () =>
    Object.fromEntries(
      registry.take().map(({ metric, count, failed }) => [metric, [count, failed] as [number, number]]),
    );
  return { user, world, operations, notes, counted };
}

export interface UserOptions {
  readonly client?: ClientPlan;
  readonly definition?: Partial<ScenarioDefinition>;
  readonly timeoutMs?: number;
}
