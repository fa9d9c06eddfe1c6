/** A run as the API lists it and as its page needs it. */
import { z } from "zod";
import { PHASES } from "../timeline.ts";
import { atMs, count, instant, runId, statusWord, text } from "./basic.ts";
import { CONTROL_NAMES } from "./controls.ts";

/**
 * - running, stopping (it heals and winds down), judging: the process of the run is alive.
 * - ended: it has a verdict. died: its process ended without one. damaged: the folder cannot be read.
 */
export const runState = z.enum(["running", "stopping", "judging", "ended", "died", "damaged"]);

export const runSummarySchema = z.object({
  id: runId,
  kind: z.enum(["game-day", "load"]),
  state: runState,
  plan: text,
  platform: text,
  seed: text,
  startedAt: instant.nullable(),
  durationMs: atMs.nullable(),
  phase: z.enum(PHASES).nullable(),
  verdict: statusWord.nullable(),
  sentence: text.nullable().describe("the verdict in one sentence; null before the run is judged"),
  trouble: text.nullable().describe("why the folder is damaged, or why the run died"),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** What one control may do now. */
export const permissionSchema = z.object({
  allowed: z.boolean(),
  because: text.nullable().describe("why it is not allowed now, in words; null if it is allowed"),
});
export const permissionsSchema = z.record(z.enum(CONTROL_NAMES), permissionSchema);
export type Permissions = z.infer<typeof permissionsSchema>;

/** The load as it can be changed: `version` is the ETag that a change must name in If-Match. */
export const loadNowSchema = z.object({
  unit: z.enum(["users", "arrivals-per-second"]),
  target: z.number().min(0).nullable().describe("the users or arrivals a second that the run intends now"),
  planned: z.number().min(0).describe("what the plan intends at full load"),
  users: count.describe("users alive now"),
  changedByHand: z.boolean(),
  version: text,
});
export type LoadNow = z.infer<typeof loadNowSchema>;

export const runResourceSchema = runSummarySchema.extend({
  nowMs: atMs.describe("the run's clock now; the end of the run once it is over"),
  expectedMs: atMs.nullable().describe("how long the plan takes, as estimated"),
  command: text,
  tool: text,
  environment: z.record(text, z.json()),
  manualInterventions: count,
  controllable: z.boolean().describe("whether the run listens to controls"),
  controls: permissionsSchema,
  load: loadNowSchema.nullable(),
  files: z.array(z.object({ name: text, bytes: count, type: text })),
  links: z.record(text, text),
});
export type RunResource = z.infer<typeof runResourceSchema>;

export const runListSchema = z.object({
  runs: z.array(runSummarySchema),
  next: text.nullable().describe("the path of the next page; null on the last one"),
});
export type RunList = z.infer<typeof runListSchema>;
