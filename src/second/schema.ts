/** The zod schema of a line of seconds.ndjson, from which its JSON Schema is made. The type in ../second.ts is the contract. */
import { z } from "zod";
import type { Second } from "../second.ts";
import { PHASES } from "../timeline.ts";

const count = z.int().min(0);
const figure = z.number().min(0).nullable();

/** Returns a figure with its meaning; null means that it is not known. */
function of(says: string) {
  return figure.describe(`${says}; null if not known`);
}

const probe = z.looseObject({
  state: z.enum(["up", "down", "unknown"]).describe("down: a beat that was sent in the second failed"),
  ok: count,
  failed: count,
});

const worker = z.looseObject({
  users: count,
  cpu: z.number().describe("CPU seconds per second: 1 is a whole core"),
  rssBytes: count,
  loopDelayMsP99: z.number(),
  sendLagMsP50: z.number(),
});

export const secondSchema: z.ZodType<Second> = z.looseObject({
  atMs: z.int().min(0).multipleOf(1000).describe("start of the second, in milliseconds since run start"),
  phase: z.enum(PHASES).nullable(),
  workersExpected: count,
  workersReporting: count,
  users: of("users alive"),
  usersIntended: of("users that the load intended"),
  answered: of("HTTP requests with the expected answer, per second"),
  failed: of("other HTTP requests, per second"),
  callsAnswered: of("calls that are not HTTP and succeeded, per second"),
  callsFailed: of("calls that are not HTTP and failed, per second"),
  iterations: of("iterations that ended, per second"),
  dropped: of("arrivals that found no free user, per second"),
  p50Ms: of("median latency of the answered requests, in milliseconds"),
  p95Ms: of("95th percentile of the same"),
  p99Ms: of("99th percentile of the same"),
  replicasReady: count.nullable(),
  replicasWanted: count.nullable(),
  leaders: z.record(z.string(), z.string().nullable()).describe("target that leads, by role"),
  probes: z.record(z.string(), probe).describe("by class/connection"),
  faults: z.array(z.string()).describe("experiments whose fault was in force"),
  workers: z.record(z.string(), worker),
});
