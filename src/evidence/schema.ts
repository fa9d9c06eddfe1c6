/**
 * The zod schemas of the lines of a run folder, for people who make evidence themselves (`gameday seal`) and for the JSON Schemas
 * in schema/. The types in src/*.ts are the contract; `holds` turns a difference between the two into a type error. Objects are
 * open: readers ignore unknown fields.
 */
import { z } from "zod";
import type { RunRecord } from "../evidence.ts";
import type { Operation } from "../history.ts";
import type { Interval } from "../interval.ts";
import type { LedgerLine } from "../ledger.ts";
import type { TimelineEvent } from "../timeline.ts";
import { NOTE_KINDS, PHASES } from "../timeline.ts";

const json = z.json();
const text = z.string();
const count = z.int().min(0);
const milliseconds = z.number().min(0).describe("milliseconds since run start");

/** Returns the schema if it accepts only a `T`; anything else is a type error. */
function holds<T>() {
  return <S extends z.ZodType<T>>(schema: S): S => schema;
}

const outcome = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("ok"), output: json }),
  z.looseObject({ type: z.literal("refused"), code: text }),
  z.looseObject({ type: z.literal("unknown"), code: text }),
]);

export const operationSchema = holds<Operation>()(
  z.looseObject({
    id: text.describe("unique in the run: run/worker/user/sequence"),
    process: text.describe("who did it, one at a time"),
    object: text.describe("the claim's object"),
    kind: text.describe("add, read, write, ... as the checkers of the object understand it"),
    key: text.exactOptional(),
    input: json,
    attempt: z.int().min(1),
    outcome,
    intendedAtMs: milliseconds,
    invokedAtMs: milliseconds,
    completedAtMs: milliseconds.nullable(),
    idWasMade: z
      .literal(true)
      .exactOptional()
      .describe("the script gave no id, so nothing that was sent carries this one"),
    probe: z
      .looseObject({
        class: text,
        connection: z.enum(["kept", "fresh"]),
        everyMs: z.number().gt(0).exactOptional().describe("from beat to beat, if not 50"),
      })
      .exactOptional(),
  }),
);

export const ledgerSchema = holds<LedgerLine>()(
  z.discriminatedUnion("line", [
    z.looseObject({
      line: z.literal("item"),
      read: z.int().min(0),
      object: text,
      id: text,
      count: count.describe("copies; 0 means that the ledger names it as absent"),
      value: json.exactOptional(),
      page: z.int().min(1).exactOptional().describe("page of the answer that showed it; absent if there was one page"),
      row: text.exactOptional().describe("the stored row's own identity"),
    }),
    z.looseObject({
      line: z.literal("end"),
      read: z.int().min(0),
      object: text,
      startedAtMs: milliseconds,
      completedAtMs: milliseconds,
      complete: z.boolean(),
      items: count,
      copies: count.exactOptional().describe("sum of the items' counts; required from version 2 on"),
      pages: z.array(count).exactOptional().describe("items by page"),
      source: text,
      because: text.exactOptional(),
    }),
  ]),
);

export const intervalSchema = holds<Interval>()(
  z.looseObject({
    worker: text,
    epoch: count,
    sequence: count,
    fromMs: milliseconds,
    toMs: milliseconds,
    users: count,
    usersIntended: count,
    dropped: count,
    metrics: z.array(
      z.looseObject({
        metric: text,
        count,
        failed: count,
        sum: z.number(),
        min: z.number(),
        max: z.number(),
        buckets: z.array(z.int()).exactOptional().describe("sparse histogram: [bucket, count, bucket, count, ...]"),
        kind: z.enum(["counter", "gauge"]).exactOptional().describe("of a script's own sums"),
      }),
    ),
    health: z.looseObject({
      loopDelayMsP99: z.number(),
      loopDelayMsMax: z.number(),
      cpu: z.number(),
      rssBytes: z.number(),
      gcPauseMs: z.number(),
      sendLagMsP50: z.number(),
      sendLagMsMax: z.number(),
    }),
    examples: z
      .array(
        z.looseObject({
          name: text,
          error: text,
          atMs: milliseconds,
          method: text,
          url: text,
          status: count.describe("0 if there was no answer"),
          says: text.describe("the beginning of what the server answered, or what the system reported"),
        }),
      )
      .exactOptional()
      .describe("the first failure of each kind that the worker has seen; each is reported once"),
  }),
);

const target = z.looseObject({ id: text, role: text, node: text });
const witness = z.looseObject({ atMs: milliseconds, says: text, source: text });

const traits = z.looseObject({
  stops: z.enum(["nothing", "processes", "machines"]).describe("what does not run while the fault holds"),
  takesLeader: z.boolean().describe("another member is expected to be promoted"),
  recoversOnlyAfterHeal: z.boolean().describe("users may recover only when the fault ends"),
  severs: z
    .boolean()
    .exactOptional()
    .describe("whether it cuts or breaks traffic between nodes; absent if not recorded"),
});

function event<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) {
  return z.looseObject({ atMs: milliseconds, type: z.literal(type), ...shape });
}

export const timelineSchema = holds<TimelineEvent>()(
  z.discriminatedUnion("type", [
    event("phase", { phase: z.enum(PHASES), edge: z.enum(["begin", "end"]) }),
    event("health", {
      moment: z.enum(["before-run", "before-fault", "after-fault", "after-run"]),
      experiment: text.exactOptional(),
      id: text.exactOptional().describe("which check it is; from version 3 on"),
      name: text,
      ok: z.boolean(),
      expected: text,
      seen: text,
    }),
    event("load", { edge: z.enum(["begin", "steady", "ramp-down", "end"]), users: count }),
    event("experiment", {
      experiment: text,
      fault: text,
      edge: z.enum(["begin", "end", "aborted"]),
      targets: z.array(target),
      standing: z.array(target).exactOptional().describe("what else stands on the nodes that are hit"),
      traits: traits.exactOptional().describe("on begin, from version 3 on: what is known about the kind of fault"),
      byHand: z.literal(true).exactOptional().describe("on begin: a person injected it during the run"),
      holdMs: z.number().min(0).exactOptional().describe("on begin of a fault by hand: how long it will be held"),
      because: text.exactOptional(),
    }),
    event("fault", {
      experiment: text,
      edge: z.enum(["commanded", "bit", "not-bitten", "heal-commanded", "healed", "not-healed"]),
      target: text,
      capability: text.exactOptional(),
      witness: witness.exactOptional(),
      because: text.exactOptional(),
    }),
    event("entry", {
      place: z.enum(["outside", "inside"]),
      entry: text,
      answers: z.boolean().nullable().describe("null if it could not be queried"),
      because: text.exactOptional(),
    }),
    event("role", { role: text, target: text, is: text, was: text }),
    event("replicas", { current: count, ready: count, desired: count, detail: json.exactOptional() }),
    event("restart", {
      target: text,
      node: text.exactOptional(),
      reason: text,
      expected: z.boolean(),
      follows: z.array(text).exactOptional().describe("roles whose members make it restart when they are hit"),
    }),
    event("worker", { worker: text, edge: z.enum(["joined", "lost", "left"]), lastSequence: z.int() }),
    event("gap", { source: text, fromMs: milliseconds, toMs: milliseconds, because: text }),
    event("control", {
      command: text,
      by: text.describe("who or what gave the command, in words"),
      condition: text.exactOptional().describe("the name of the stop condition that held; from version 3 on"),
      manual: z.boolean(),
      detail: json.exactOptional().describe("what the command set: the target of a load, or the text of a mark"),
    }),
    event("residue", { what: text, where: text }),
    event("note", {
      source: text,
      says: text,
      kind: z.enum(NOTE_KINDS).exactOptional().describe("what it is about, where that matters; from version 3 on"),
      detail: json.exactOptional(),
    }),
    event("closed", { files: z.record(text, z.looseObject({ bytes: count, sha256: text })) }),
  ]),
);

/** The schema of run.json. The plan inside is in its resolved form; what people write is in the schema of plan.yaml. */
export const runSchema = holds<Omit<RunRecord, "plan">>()(
  z.looseObject({
    version: z.int().min(1),
    runId: text,
    plan: z.looseObject({ name: text, claims: z.array(z.looseObject({})), objectives: z.array(z.looseObject({})) }),
    seed: text,
    command: text,
    startedAt: text.describe("ISO time, UTC"),
    tool: z.looseObject({ name: text, version: text }),
    environment: z.record(text, json),
    closes: z
      .boolean()
      .exactOptional()
      .describe("the timeline ends with a `closed` line; without it something is missing"),
  }),
);

/** The schema of the parts of the resolved plan in run.json that the judge reads. */
export const judgedPlanSchema = z.looseObject({
  name: text,
  platform: z.looseObject({ kind: text }),
  load: z.looseObject({ thresholds: z.record(text, z.array(text)).exactOptional() }).exactOptional(),
  experiments: z.array(
    z.looseObject({
      name: text,
      fault: text,
      holdMs: milliseconds,
      recoverWithinMs: milliseconds,
      settleMs: milliseconds,
    }),
  ),
  claims: z.array(
    z.looseObject({
      object: text,
      checkers: z.array(text),
      options: z.record(text, json),
      source: z.looseObject({ kind: z.enum(["http", "sql", "none"]) }),
    }),
  ),
  objectives: z.array(
    z.looseObject({
      id: text,
      says: text,
      measure: text,
      bound: z.looseObject({
        under: z.number().exactOptional(),
        atMost: z.number().exactOptional(),
        atLeast: z.number().exactOptional(),
      }),
      over: z.record(text, text),
    }),
  ),
});
