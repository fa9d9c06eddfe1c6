/** The schema of a plan's YAML, with defaults. The platform's section is validated by the schema of its kind. */
import { z } from "zod";
import { duration } from "./duration.ts";
import { cleanUpSchema, ledgerSourceSchema, ledgersSchema } from "./ledger-schema.ts";
import { loadSchema } from "./load-schema.ts";

const name = z.string().min(1).max(200);
const freeForm = z.record(z.string(), z.json());

/** How a plan chooses targets. */
export const selectorSchema = z.strictObject({
  role: z.string().optional().describe("A role of the platform: postgres, redis, app, or one of your own."),
  leader: z.boolean().optional().describe("If true, only members that lead; if false, only members that do not."),
  node: z.string().optional().describe("The node on which the target stands, or the node itself for a fault on nodes."),
  name: z.string().optional().describe("One target by its name, such as postgres/n2."),
  labels: z.record(z.string(), z.string()).optional().describe("Labels that the target carries, all of them."),
  count: z.int().min(1).optional().describe("How many of the matching targets are hit; chosen by the run's seed."),
  percent: z.number().gt(0).max(100).optional().describe("The same as a percentage, rounded up."),
});

/** A limit on the resolved targets: at most this number at a time, and at most this share of each role. */
const blastRadius = z
  .strictObject({
    count: z.int().min(1).optional().describe("The most targets at a time."),
    percent: z
      .number()
      .gt(0)
      .max(100)
      .optional()
      .describe("The largest share of a role; one target is always allowed."),
  })
  .refine((given) => given.count !== undefined || given.percent !== undefined, "a count, a percent, or both");

const experiment = z.strictObject({
  name: name.describe("The name by which objectives, reports and comparisons refer to the experiment."),
  fault: name.describe("The fault; `gameday faults` lists them."),
  target: selectorSchema
    .default({})
    .describe("Which targets the fault may hit; by default those that the fault is made for."),
  with: freeForm.default({}).describe("The fault's own parameters; the page of faults lists them."),
  hold: duration.default(30_000).describe("How long the fault stays in force before it is healed."),
  recoverWithin: duration
    .default(300_000)
    .describe("How long the platform may take to become healthy again after the fault is healed."),
  settle: duration.default(5_000).describe("The pause after users are served again, before the next experiment."),
  blastRadius: blastRadius.optional().describe("A limit for this experiment; missing keys are taken from the plan."),
  insideProbes: name
    .optional()
    .describe("A file of probes that run on the nodes that the fault hits, as clients inside a cut network."),
});

/** Experiments that are injected at the same moment; each has a bite, a healing and a verdict of its own. */
const together = z.strictObject({
  together: z.array(experiment).min(2).max(10).describe("Experiments that are injected at the same moment."),
});

const claim = z.strictObject({
  object: name.describe("What scenarios and probes record their operations under."),
  checkers: z.array(name).min(1).describe("The checkers that hold the platform to the claim."),
  options: freeForm.default({}).describe("The checkers' options; the page of checkers lists them."),
  ledger: ledgerSourceSchema.optional().describe("Where the objects are read back; some checkers need none."),
  expires: duration.optional().describe("How long an object lives; one that disappears after that is not lost."),
});

const objective = z.strictObject({
  id: name.describe("A short identifier, unique in the plan."),
  says: name.describe("The objective as a sentence for people."),
  measure: name.describe("What is measured; the page of objectives lists the measures."),
  over: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "What it is measured over, such as a class, an experiment, a window or a request, as the measure allows.",
    ),
  under: z.number().optional().describe("The bound: the value must be less. Exactly one of the three bounds is given."),
  atMost: z.number().optional().describe("The bound: the value must be this or less."),
  atLeast: z.number().optional().describe("The bound: the value must be this or more."),
});

const scalingWait = z.strictObject({
  replicas: z.int().min(1).describe("The number of ready replicas to wait for."),
  within: duration.optional().describe("How long that may take; by default it follows from the autoscaler's settings."),
});

const orOff = <T extends z.ZodType>(schema: T) => z.union([z.literal("off"), schema]);
const stopProbeFields = {
  name: name.describe("The name under which the stop is reported."),
  every: duration.default(5_000).describe("The time between two checks."),
  for: duration.describe("How long it must fail without interruption before the run ends."),
};
const stopProbe = z.union([
  z.strictObject({
    ...stopProbeFields,
    command: z.array(z.string()).min(1).describe("A command, as a list of words, that exits with 0 while all is well."),
  }),
  z.strictObject({ ...stopProbeFields, url: z.url().describe("A URL that answers 2xx while all is well.") }),
]);

/** Stop conditions; the first two are on unless they are switched off. */
const stopWhen = z.strictObject({
  notRecovered: orOff(duration)
    .default(300_000)
    .describe("How long one class of users may go without a single success; or off."),
  syncStandbyMissing: orOff(duration).default(120_000).describe("How long no synchronous standby may exist; or off."),
  errorRate: z
    .strictObject({
      above: z.number().gt(0).lt(1).describe("The share of failed requests, between 0 and 1."),
      for: duration.describe("How long the share must stay above it."),
    })
    .optional()
    .describe("Ends the run when too many requests fail for too long."),
  latency: z
    .strictObject({
      p95Above: duration.describe("The 95th percentile of the response times."),
      for: duration.describe("How long the percentile must stay above it."),
    })
    .optional()
    .describe("Ends the run when responses are too slow for too long."),
  probes: z.array(stopProbe).max(20).default([]).describe("Checks of your own."),
});

/** Beats a second of a probe stream. */
const beats = z.number().min(1).max(20);

/** The YAML document of a plan. */
export const planSchema = z.strictObject({
  name: name.describe("The name of the game day; the run's id begins with it."),
  seed: z
    .union([z.string(), z.number()])
    .transform(String)
    .optional()
    .describe(
      "The same seed makes the same choices of targets and data; by default each run draws one and records it.",
    ),
  platform: z.looseObject({ kind: z.string().describe("lab, external or kubernetes.") }).describe("What is tested."),
  load: loadSchema.describe("The users."),
  probes: z
    .union([
      name,
      z.strictObject({
        file: name.describe("The file, relative to the plan's folder."),
        rate: z
          .union([beats, z.record(z.string(), beats)])
          .optional()
          .describe(
            "Beats a second on each of a class's two streams: one number for all, or one for each class; 1 to 20.",
          ),
      }),
    ])
    .optional()
    .describe("The file of the steady users that measure outages precisely."),
  warmUp: duration.default(10_000).describe("Steady load before the first experiment."),
  calm: duration.default(10_000).describe("Steady load after the last experiment."),
  plateau: duration.default(0).describe("The shortest time for which all users stay."),
  autoscaling: z
    .strictObject({
      up: scalingWait.describe("What the run waits for before the first experiment."),
      down: scalingWait.describe("What the run waits for after the load has ended."),
    })
    .optional()
    .describe("The scaling that the run waits for."),
  experiments: z
    .array(z.union([experiment, together]))
    .max(1000)
    .default([])
    .describe("The experiments, one after another; each begins when the platform is healthy again."),
  blastRadius: blastRadius
    .optional()
    .describe("The most that any experiment may hit at a time; 70 % of a role by default."),
  stopWhen: stopWhen.prefault({}).describe("What ends a run that does harm."),
  claims: z.array(claim).default([]).describe("What must be true of the data that the platform holds in the end."),
  ledger: ledgersSchema.describe("How all ledgers are read."),
  cleanUp: cleanUpSchema.optional().describe("The call that deletes this run's rows."),
  objectives: z.array(objective).default([]).describe("What is good enough, as measures with bounds."),
});

export type PlanDocument = z.output<typeof planSchema>;
