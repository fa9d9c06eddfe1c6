/** The zod schema of stats.json, from which its JSON Schema and its page of reference are made. The type in stats.ts is the contract. */
import { z } from "zod";
import type { Stats } from "./stats.ts";

const count = z.int().min(0);
const ms = z.number().min(0);
const text = z.string();
const latency = ms
  .nullable()
  .describe("milliseconds, of all requests that ended, failed ones too; null if there were none");
const moment = z.number().describe("milliseconds since the run began");

const requests = {
  requests: count,
  failed: count.describe("requests without the expected answer"),
  successPercent: z.number().min(0).max(100).nullable().describe("null if there was no request"),
  meanMs: latency,
  p50Ms: latency,
  p90Ms: latency,
  p95Ms: latency,
  p99Ms: latency,
  maxMs: latency,
};

const plateau = z
  .object({
    fromMs: moment,
    toMs: moment,
    seconds: count.describe("its length in whole seconds"),
    usersFewest: count.describe("the fewest users in any of its seconds, over all workers together"),
    workers: count.describe("load workers that reported users; each is a process of its own"),
    cycleSecondsMean: z
      .number()
      .nullable()
      .describe("from one request of a user to the next on average, think time included"),
  })
  .nullable();

const windowStats = z.object({
  window: text.describe(
    "whole, plateau, outside, scaling, and before:NAME, during:NAME, after:NAME of each experiment",
  ),
  says: text.describe("the window in words"),
  spans: z.array(z.object({ fromMs: moment, toMs: moment })),
  requestsPerSecond: z.number().nullable(),
  ...requests,
});

const point = z.object({
  atMs: moment.describe("the begin of the slice"),
  requestsPerSecond: z.number(),
  failedPerSecond: z.number(),
  p95Ms: latency,
  users: count,
});

const outages = z.object({
  class: text.describe("a class of users that probes stand for"),
  outages: count.describe("outages on both of its connections, over the whole run"),
  longest: z
    .object({
      fromMs: moment.describe("when its first failed probe was sent"),
      lowerMs: ms.describe("it lasted at least so long"),
      upperMs: ms.nullable().describe("and at most so long; null if it did not end"),
    })
    .nullable()
    .describe("null if there was none"),
});

const experiment = z.object({
  name: text,
  requests: count.describe(
    "from its command until it was healed and recovered, or until the next experiment was commanded",
  ),
  failed: count,
  firstFailedMs: moment.nullable().describe("the begin of the first report with a failed request; null if none failed"),
  lastFailedMs: moment.nullable().describe("the end of the last one"),
});

export const statsSchema: z.ZodType<Stats> = z.object({
  version: z.int().min(1),
  plateau: plateau.describe("the load at its full height; null if it was not there for a whole second"),
  windows: z.array(windowStats),
  requests: z.array(z.object({ name: text, ...requests })).describe("by name, over the whole run; at most 200"),
  interruptedByTheEnd: count.exactOptional().describe("requests that the end of the load cut off; in no other figure"),
  sliceMs: ms.describe("the length of each point of `series`; seconds.ndjson and history.csv have each second"),
  series: z.array(point),
  replicas: z.array(z.object({ atMs: moment, ready: count, desired: count })),
  generator: z.record(text, z.number()).describe("how fit the load generator itself was"),
  outages: z.array(outages).exactOptional().describe("absent in files of earlier versions"),
  experiments: z
    .array(experiment)
    .exactOptional()
    .describe("what users' own requests felt; absent in files of earlier versions"),
});
