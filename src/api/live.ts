/**
 * The live state of a run, and the frames of its stream. A page holds one LiveState: the frame `snapshot` replaces it, and every
 * other frame changes a named part of it. Nothing here is a verdict; only the evidence is judged.
 */
import { z } from "zod";
import { PHASES } from "../timeline.ts";
import { verdictSchema } from "../verdict/schema.ts";
import { atMs, count, statusWord, targetReference, text } from "./basic.ts";
import { loadNowSchema, permissionsSchema, runResourceSchema } from "./run.ts";
import { SECOND_COLUMNS, type SecondColumn } from "./second-columns.ts";

const figure = z.number().nullable().describe("null means no data, which is not 0");

const ofColumns = <Value extends z.ZodType>(value: Value) =>
  z.object(Object.fromEntries(SECOND_COLUMNS.map((name) => [name, value])) as Record<SecondColumn, Value>);
/** The figures of one second of a run, never smoothed. Latency is that of answered requests that did not fail. */
export const secondFiguresSchema = ofColumns(figure);
export type SecondFigures = z.infer<typeof secondFiguresSchema>;
/** Equally long columns. The value at index i belongs to the second that begins (fromS + i) * 1000 ms after the run began. */
export const secondsSchema = z.object({ fromS: count, columns: ofColumns(z.array(figure)) });
export type Seconds = z.infer<typeof secondsSchema>;

export const laneState = z.enum(["up", "down", "no-data"]);
export const laneOutageSchema = z.object({
  fromMs: atMs.describe("when the first failed beat was sent"),
  toMs: atMs.nullable().describe("when the first success after it was answered; null while it lasts"),
  failures: count,
});
export type LaneOutage = z.infer<typeof laneOutageSchema>;
/** One stream of probes: a class of users on a kept or a fresh connection. */
export const laneSchema = z.object({
  id: text.describe("class/connection"),
  class: text,
  connection: z.enum(["kept", "fresh"]),
  state: laneState,
  fromMs: atMs,
  lastMs: atMs.describe("when the last beat was answered"),
  outages: z.array(laneOutageSchema).describe("the last 2,000"),
  outagesLeftOut: count,
  gaps: z
    .array(z.object({ fromMs: atMs, toMs: atMs, because: text }))
    .describe("spans without data, neither up nor down"),
});
export type Lane = z.infer<typeof laneSchema>;

const stamp = atMs.nullable();
export const experimentState = z.enum([
  "planned",
  "injecting",
  "held",
  "healing",
  "recovering",
  "over",
  "aborted",
  "skipped",
]);
export const liveExperimentSchema = z.object({
  index: count.describe("its number in the API, from 1"),
  name: text,
  fault: text,
  byHand: z.boolean(),
  state: experimentState,
  because: text.nullable(),
  targets: z.array(targetReference),
  standing: z.array(targetReference),
  holdMs: atMs,
  together: z.int().nullable(),
  beganMs: stamp,
  commandedMs: stamp,
  bitMs: stamp,
  firstFailureMs: stamp,
  healCommandedMs: stamp,
  healedMs: stamp,
  recoveredMs: stamp.describe("the time since which users have been served again; it may still change"),
  endedMs: stamp,
  healsByItselfMs: stamp.describe("when the hold ends"),
  witnesses: z.array(z.object({ atMs, edge: text, target: text, says: text })).describe("the last 50"),
  notHealed: z.array(text),
  verdict: z.object({ status: statusWord, because: text }).nullable(),
});
export type LiveExperiment = z.infer<typeof liveExperimentSchema>;

const measured = z
  .object({ lower: z.number().nullable(), upper: z.number().nullable(), value: z.number().nullable() })
  .nullable();
export const liveObjectiveSchema = z.object({
  id: text,
  says: text,
  measure: text,
  unit: text,
  over: z.record(text, text),
  bound: z.record(text, z.number()),
  asked: text.describe("the bound in words, such as under 30 s"),
  soFar: measured,
  margin: z
    .number()
    .nullable()
    .describe("the share of the bound that is left: 1 if nothing is used, 0 at the bound, below 0 if it is missed"),
  state: z
    .enum(["open", "met-so-far", "missed-so-far", "pass", "unknown", "fail"])
    .describe("pass, unknown and fail only once the run is judged"),
  because: text,
  asOfMs: atMs.nullable().describe("when soFar was computed"),
  trend: z
    .array(z.object({ atMs, lower: z.number().nullable(), upper: z.number().nullable() }))
    .describe(
      "what was measured at earlier moments, oldest first; at most 60, and none of a run that was opened later",
    ),
});
export type LiveObjective = z.infer<typeof liveObjectiveSchema>;

export const requestRowSchema = z.object({
  name: text,
  requests: count,
  failed: count,
  perSecond: z.number().describe("over the last 3 whole seconds"),
  failedPerSecond: z.number(),
  meanMs: figure,
  p50Ms: figure,
  p95Ms: figure,
  p99Ms: figure,
  maxMs: figure,
});
export type RequestRow = z.infer<typeof requestRowSchema>;
export const failureRowSchema = z.object({
  name: text,
  error: text,
  count,
  firstMs: atMs,
  lastMs: atMs,
  example: text.nullable().describe("one failure of this kind as it was recorded; null if none was"),
});
export type FailureRow = z.infer<typeof failureRowSchema>;
export const workerRowSchema = z.object({
  name: text,
  state: z.enum(["running", "lost", "left"]),
  users: count,
  cpu: z.number().describe("share of one core"),
  rssBytes: count,
  loopDelayMs: z.number(),
  sendLagMs: z.number(),
  lastMs: atMs,
  trouble: text.nullable().describe("why its latencies may not be trusted"),
});
export type WorkerRow = z.infer<typeof workerRowSchema>;
/** Rows are the 200 with the most requests; the resource of the same name has all. */
const table = <Row extends z.ZodType>(row: Row) => z.object({ rows: z.array(row), total: count });
export const requestTableSchema = table(requestRowSchema);
export const failureTableSchema = table(failureRowSchema);
export type RequestTable = z.infer<typeof requestTableSchema>;
export type FailureTable = z.infer<typeof failureTableSchema>;

export const logEntrySchema = z.object({
  seq: count.describe("line of the timeline, from 1"),
  atMs,
  kind: text.describe("the event's type"),
  says: text.nullable().describe("one line for people; null for an event that is only recorded"),
  event: z.record(text, z.json()).describe("the event as the timeline has it"),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

export const sentenceSchema = z.object({
  level: z.enum(["waiting", "fine", "fault", "down", "ending", "pass", "unknown", "fail", "died"]),
  says: text,
});
export type LiveSentence = z.infer<typeof sentenceSchema>;
export const roleLeaderSchema = z.object({
  role: text,
  target: text.nullable().describe("null if no target leads, or if the leader is not known"),
  sinceMs: atMs,
  spans: z.array(z.object({ target: text, fromMs: atMs, toMs: atMs.nullable() })),
});
export type RoleLeader = z.infer<typeof roleLeaderSchema>;

/** The parts of the state that a frame `state` replaces whole. */
export const liveParts = {
  run: runResourceSchema,
  sentence: sentenceSchema,
  phases: z.array(z.object({ phase: z.enum(PHASES), fromMs: atMs, toMs: stamp })),
  strip: z
    .array(z.object({ kind: z.enum(["phase", "experiment"]), name: text, expectedMs: atMs }))
    .describe("the plan as a strip, in order, with expected lengths"),
  experiments: z.array(liveExperimentSchema),
  leaders: z.array(roleLeaderSchema),
  replicas: z.object({ current: count, ready: count, wanted: count, atMs }).nullable(),
  marks: z.array(z.object({ atMs, says: text, by: text })).describe("moments that people marked"),
  controls: permissionsSchema,
  load: loadNowSchema.nullable(),
  totals: z
    .object({ requests: count, failed: count, p50Ms: figure, p95Ms: figure, p99Ms: figure, usersMost: figure })
    .nullable()
    .describe("of the whole run, once it is over; null before"),
  shownFromMs: atMs.describe("the time from which requests and failures are counted (reset)"),
};
export const liveStateSchema = z.object({
  ...liveParts,
  nowMs: atMs,
  seconds: secondsSchema,
  lanes: z.array(laneSchema),
  objectives: z.array(liveObjectiveSchema).describe("missed first, then open, then met"),
  requests: requestTableSchema,
  failures: failureTableSchema,
  workers: z.array(workerRowSchema),
  events: z.array(logEntrySchema).describe("the last 300, oldest first"),
  verdict: verdictSchema.nullable(),
});
export type LiveState = z.infer<typeof liveStateSchema>;

/** The frames by their name (`event:` of the stream). Every one carries the run's clock. */
export const FRAMES = {
  snapshot: liveStateSchema,
  second: z.object({
    nowMs: atMs,
    atS: count.describe("the second to set; later seconds may arrive before it, and it may be set again"),
    values: secondFiguresSchema,
  }),
  lanes: z.object({
    nowMs: atMs,
    lanes: z.array(laneSchema.omit({ outages: true, outagesLeftOut: true })).describe("all lanes, without outages"),
  }),
  event: z.object({ nowMs: atMs, entry: logEntrySchema }),
  outage: z.object({
    nowMs: atMs,
    lane: text,
    outage: laneOutageSchema.describe("replaces the outage with the same fromMs, or is added"),
  }),
  rows: z.object({
    nowMs: atMs,
    requests: requestTableSchema.describe("changed rows by name, and the number of all"),
    failures: failureTableSchema.describe("changed rows by name and error"),
    workers: z.array(workerRowSchema).describe("all workers"),
    isWhole: z.boolean().describe("if true, rows that are not named are gone (after a reset)"),
  }),
  objective: z.object({ nowMs: atMs, objectives: z.array(liveObjectiveSchema).describe("all of them, in order") }),
  state: z.object({ nowMs: atMs, ...z.object(liveParts).partial().shape }),
  verdict: z.object({ nowMs: atMs, verdict: verdictSchema }),
  gone: z.object({ nowMs: atMs, because: text.describe("the run folder was deleted, or cannot be read any more") }),
} as const;
export type FrameName = keyof typeof FRAMES;
export type LiveFrame = {
  [Name in FrameName]: { readonly event: Name; readonly data: z.infer<(typeof FRAMES)[Name]> };
}[FrameName];
