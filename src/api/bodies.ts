/** What callers send, and the answers that are no run: every body is strict, so that a misspelled field is refused. */
import { z } from "zod";
import { atMs, count, fileName, givenText, instant, runId, targetReference, text } from "./basic.ts";

/** The longest hold of a fault that is injected by hand, and the longest load that is started from the page. */
export const HOLD_SECONDS_MAX = 3_600;
export const LOAD_SECONDS_MAX = 86_400;
export const USERS_MAX = 1_000_000;

const secondsUpTo = (most: number) => z.number().gt(0).max(most);

export const sessionBody = z.strictObject({ code: z.string().min(1).max(200) });
export const sessionSchema = z.object({
  token: text.nullable().describe("the right to control, for Authorization: Bearer; null if the server is read-only"),
  name: text.describe("the name of this page in the timeline, such as page 2"),
});
export const codeSchema = z.object({ code: text, link: text, expiresAt: instant });

export const healthSchema = z.object({
  ok: z.literal(true),
  version: text,
  readOnly: z.boolean(),
  epoch: text.describe("changes when the server is restarted"),
  running: count.describe("the number of runs in progress"),
  switchOn: z.boolean(),
});

export const startRunBody = z.strictObject({
  plan: fileName,
  seed: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .exactOptional(),
  confirm: z
    .string()
    .max(100)
    .exactOptional()
    .describe("the platform's kind, typed by hand; required unless it is lab or fake"),
});
export const startLoadBody = z.strictObject({
  script: fileName,
  host: z.url({ protocol: /^https?$/ }).max(500),
  users: z.int().min(1).max(USERS_MAX),
  spawnRate: z
    .number()
    .gt(0)
    .max(USERS_MAX)
    .exactOptional()
    .describe("users a second; if absent, all are added at once"),
  seconds: secondsUpTo(LOAD_SECONDS_MAX).exactOptional().describe("if absent, until it is stopped"),
  workers: z.int().min(1).max(64).exactOptional(),
});
export const changeLoadBody = z.union([
  z.strictObject({ users: z.int().min(0).max(USERS_MAX) }),
  z.strictObject({ ratePerSecond: z.number().min(0).max(USERS_MAX) }),
]);
const selector = z.strictObject({
  role: z.string().max(200).exactOptional(),
  leader: z.boolean().exactOptional(),
  node: z.string().max(200).exactOptional(),
  name: z.string().max(200).exactOptional(),
  count: z.int().min(1).max(100).exactOptional(),
});
export const injectBody = z.strictObject({
  fault: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  target: selector.exactOptional(),
  with: z.record(z.string().max(100), z.json()).exactOptional(),
  holdSeconds: secondsUpTo(HOLD_SECONDS_MAX).exactOptional().describe("the default is 30"),
  dryRun: z.boolean().exactOptional().describe("if true, the answer names what would be hit now, and nothing changes"),
  expectTargets: z
    .array(z.string().max(200))
    .max(200)
    .exactOptional()
    .describe("the ids that the dry run named; if others would be hit now, the answer is 409"),
});
export const injectAnswer = z.object({
  name: text.nullable().describe("the name of the experiment; null in a dry run"),
  targets: z.array(targetReference).describe("what is hit, or would be hit now"),
  of: z.record(text, count).describe("how many targets of each of these roles exist"),
  standing: z.array(targetReference).describe("what else runs on the nodes that are hit"),
  healsByItselfAfterMs: atMs,
});
export const becauseBody = z.strictObject({ because: givenText.exactOptional() });
export const stopBody = z.strictObject({
  because: givenText.exactOptional(),
  atOnce: z
    .boolean()
    .exactOptional()
    .describe("if true, a load ends without waiting for its iterations; faults are healed all the same"),
});
export const noteBody = z.strictObject({ says: givenText });
export const switchBody = z.strictObject({ on: z.boolean(), because: givenText.exactOptional() });
export const switchSchema = z.object({
  on: z.boolean(),
  since: instant.nullable(),
  by: text.nullable(),
  because: text.nullable(),
  stopped: z.array(text).describe("the runs that received the command to heal and stop"),
});
export const checkBody = z.strictObject({ plan: fileName, seed: z.string().max(64).exactOptional() });
export const findingSchema = z.object({
  code: text,
  says: text,
  hint: text.nullable(),
  file: text.nullable(),
  line: count.nullable(),
  column: count.nullable(),
});
export const checkAnswer = z.object({
  sound: z.boolean(),
  findings: z.array(findingSchema),
  says: z.array(text).describe("what a run would do, and what it would touch, line by line"),
  platform: text.nullable(),
  expectedMs: atMs.nullable(),
  hasCode: z
    .boolean()
    .describe("whether its faults run commands of the plan, which a server does only with --allow-code"),
  needsConfirm: z.boolean().describe("whether startRun needs the platform's kind as `confirm`"),
});
export type CheckAnswer = z.infer<typeof checkAnswer>;
export const acceptedSchema = z.object({ asked: text, run: runId.nullable(), by: text });
export const plansSchema = z.object({
  folder: text.nullable(),
  plans: z.array(z.object({ file: text, name: text.nullable(), platform: text.nullable(), trouble: text.nullable() })),
});
export const scriptsSchema = z.object({ folder: text.nullable(), scripts: z.array(z.object({ file: text })) });
export const faultsSchema = z.object({
  faults: z.array(
    z.object({
      name: text,
      says: text,
      parameters: z.array(z.object({ name: text, says: text, kind: text, default: z.json(), needed: z.boolean() })),
      supported: z.record(text, z.boolean()).describe("one entry for each kind of platform"),
    }),
  ),
});
export const residueSchema = z.object({
  found: z.array(z.object({ what: text, where: text, since: instant.nullable(), byHand: text.nullable() })),
  running: z.array(text).describe("the runs in progress, whose faults are not residue"),
});
export const operationSchema = z.object({
  id: text,
  what: text,
  state: z.enum(["running", "done", "failed"]),
  says: z.array(text),
  residue: z.array(z.object({ what: text, where: text, since: instant.nullable(), byHand: text.nullable() })),
});
export const comparisonSchema = z.object({
  runs: z.array(runId),
  comparison: z.record(text, z.json()).describe("the same as `gameday compare --json` prints"),
});
