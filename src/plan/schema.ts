/** The schema of a plan's YAML, with defaults. The platform's section is validated by the schema of its kind. */
import { z } from "zod";
import { duration } from "./duration.ts";
import { cleanUpSchema, ledgerSourceSchema, ledgersSchema } from "./ledger-schema.ts";
import { loadSchema } from "./load-schema.ts";

const name = z.string().min(1).max(200);
const freeForm = z.record(z.string(), z.json());

/** How a plan chooses targets. */
export const selectorSchema = z.strictObject({
  role: z.string().optional(),
  leader: z.boolean().optional(),
  node: z.string().optional(),
  name: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  count: z.int().min(1).optional(),
  percent: z.number().gt(0).max(100).optional(),
});

/** A limit on the resolved targets: at most this number at a time, and at most this share of each role. */
const blastRadius = z
  .strictObject({ count: z.int().min(1).optional(), percent: z.number().gt(0).max(100).optional() })
  .refine((given) => given.count !== undefined || given.percent !== undefined, "a count, a percent, or both");

const experiment = z.strictObject({
  name,
  fault: name,
  target: selectorSchema.default({}),
  with: freeForm.default({}),
  hold: duration.default(30_000),
  recoverWithin: duration.default(300_000),
  settle: duration.default(5_000),
  blastRadius: blastRadius.optional(),
  insideProbes: name.optional(),
});

/** Experiments that are injected at the same moment; each has a bite, a healing and a verdict of its own. */
const together = z.strictObject({ together: z.array(experiment).min(2).max(10) });

const claim = z.strictObject({
  object: name,
  checkers: z.array(name).min(1),
  options: freeForm.default({}),
  ledger: ledgerSourceSchema.optional(),
  expires: duration.optional(),
});

const objective = z.strictObject({
  id: name,
  says: name,
  measure: name,
  over: z.record(z.string(), z.string()).default({}),
  under: z.number().optional(),
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
});

const scalingWait = z.strictObject({ replicas: z.int().min(1), within: duration.optional() });

const orOff = <T extends z.ZodType>(schema: T) => z.union([z.literal("off"), schema]);
const stopProbe = z.union([
  z.strictObject({ name, every: duration.default(5_000), for: duration, command: z.array(z.string()).min(1) }),
  z.strictObject({ name, every: duration.default(5_000), for: duration, url: z.url() }),
]);

/** Stop conditions; the first two are on unless they are switched off. */
const stopWhen = z.strictObject({
  notRecovered: orOff(duration).default(300_000),
  syncStandbyMissing: orOff(duration).default(120_000),
  errorRate: z.strictObject({ above: z.number().gt(0).lt(1), for: duration }).optional(),
  latency: z.strictObject({ p95Above: duration, for: duration }).optional(),
  probes: z.array(stopProbe).max(20).default([]),
});

/** Beats a second of a probe stream. */
const beats = z.number().min(1).max(20);

/** The YAML document of a plan. */
export const planSchema = z.strictObject({
  name,
  seed: z.union([z.string(), z.number()]).transform(String).optional(),
  platform: z.looseObject({ kind: z.string() }),
  load: loadSchema,
  probes: z
    .union([
      name,
      z.strictObject({
        file: name,
        rate: z.union([beats, z.record(z.string(), beats)]).optional(),
      }),
    ])
    .optional(),
  warmUp: duration.default(10_000),
  calm: duration.default(10_000),
  plateau: duration.default(0),
  autoscaling: z.strictObject({ up: scalingWait, down: scalingWait }).optional(),
  experiments: z
    .array(z.union([experiment, together]))
    .max(1000)
    .default([]),
  blastRadius: blastRadius.optional(),
  stopWhen: stopWhen.prefault({}),
  claims: z.array(claim).default([]),
  ledger: ledgersSchema,
  cleanUp: cleanUpSchema.optional(),
  objectives: z.array(objective).default([]),
});

export type PlanDocument = z.output<typeof planSchema>;
