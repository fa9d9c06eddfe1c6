/** verdict.json as a zod schema, the source of schema/verdict.json. src/verdict.ts is the contract; a test keeps both the same. */
import { z } from "zod";

const text = z.string();
const count = z.int().min(0);
const status = z.enum(["pass", "unknown", "fail"]);
const atMs = z.number();

const findingWitness = z.object({
  says: text,
  id: text.exactOptional(),
  atMs: atMs.exactOptional(),
  detail: z.json().exactOptional(),
});
const figures = z.record(text, z.number());
const finding = z.object({
  checker: text,
  object: text,
  status,
  because: text,
  witnesses: z.array(findingWitness),
  figures,
  byExperiment: z.record(text, figures).exactOptional(),
});

const recovery = {
  state: z.enum(["recovered", "no-outage-seen", "not-recovered", "no-data"]),
  lowerMs: z.number().min(0),
  upperMs: z.number().min(0).nullable().describe("null if no upper end is proven"),
  says: text,
  timedFrom: z.literal("heal").exactOptional().describe("users failed only after the tool's own heal"),
};
const healedBy = z.enum(["platform", "gameday", "nobody"]);
const stamp = z.object({ atMs, witness: z.object({ atMs, says: text, source: text }).nullable() });
const bracket = z.object({ lowerMs: atMs.nullable(), upperMs: atMs.nullable() });

const target = z.object({ id: text, role: text, node: text });

const experiment = z.object({
  name: text,
  fault: text,
  status,
  because: text,
  usersRecovered: z.object({ status, because: text }),
  targets: z.array(target),
  standing: z.array(target).exactOptional().describe("what else stood on the nodes that were hit"),
  commandedAtMs: atMs.nullable(),
  bite: stamp.nullable(),
  firstFailureAtMs: atMs.nullable(),
  heal: stamp.nullable(),
  healedBy,
  recovery: z.record(text, z.object({ ...recovery, healedBy, connections: z.record(text, z.object(recovery)) })),
  outages: z.array(
    z.object({
      class: text,
      connection: z.enum(["kept", "fresh"]),
      begin: bracket,
      end: bracket.nullable(),
      failures: count,
    }),
  ),
  writes: z.object({
    acknowledged: count,
    acknowledgedLastSecond: count,
    lost: count,
    recovered: count,
    duplicated: count,
    unknown: count,
  }),
  rpo: z.object({ lostWrites: count.nullable(), seconds: z.number().nullable(), says: text }),
});

const measured = z
  .union([
    z.object({ lower: z.number(), upper: z.number().nullable(), value: z.number().exactOptional() }),
    z.object({ value: z.number() }),
  ])
  .nullable();

const objective = z.object({
  id: text,
  says: text,
  status,
  measure: text,
  unit: text,
  measured,
  bound: z.object({
    under: z.number().exactOptional(),
    atMost: z.number().exactOptional(),
    atLeast: z.number().exactOptional(),
    over: z.number().exactOptional(),
    equals: z.number().exactOptional(),
    unequal: z.number().exactOptional(),
  }),
  because: text,
  explanation: z
    .object({ expected: text, seen: text, when: text, witnesses: z.array(text), likelyCauses: z.array(text) })
    .nullable(),
});

export const verdictSchema = z.object({
  version: z.int().min(1),
  runId: text,
  plan: text,
  verdict: status,
  exitCode: z.int(),
  sentence: text,
  validity: z.array(finding),
  notTested: z.array(z.object({ what: text, because: text })),
  findings: z.array(finding),
  experiments: z.array(experiment),
  objectives: z.array(objective),
  manualInterventions: count,
});
