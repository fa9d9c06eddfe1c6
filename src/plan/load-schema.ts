/** The schema of `load` in a plan: six executors by k6's names, each with k6's own options. */
import { z } from "zod";
import { GamedayError } from "../std/errors.ts";
import { parseHosts } from "../std/hosts.ts";
import { duration } from "./duration.ts";
import type { ExecutorKind, ExecutorOption, OptionProblem } from "./executor.ts";
import { EXECUTORS, executorNamed } from "./executors.ts";

const name = z.string().min(1).max(200);
const users = z.int().min(1).max(1_000_000);
const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, 'a quantity as Kubernetes writes it, such as "500m" or "1Gi"');
const perUnit = z.number().min(0).max(10_000_000);

const EXECUTOR_NAMES = EXECUTORS.map(({ name: executor }) => executor) as [string, ...string[]];
const OWN_OPTIONS = [...new Set(EXECUTORS.flatMap(({ allowed }) => allowed))];

/** As in k6, a threshold is a text, or an object if it may end the load. */
const threshold = z.union([
  z.string(),
  z
    .strictObject({
      threshold: z.string(),
      abortOnFail: z.boolean().default(false),
      delayAbortEval: z.string().optional(),
    })
    .transform(({ threshold: text, abortOnFail, delayAbortEval }) =>
      abortOnFail ? `${text} abort${delayAbortEval === undefined ? "" : ` after ${delayAbortEval}`}` : text,
    ),
]);

const fields = z.strictObject({
  scenarios: z
    .array(
      z.strictObject({
        file: name.describe("The script, relative to the plan's folder."),
        weight: z
          .number()
          .gt(0)
          .optional()
          .describe("The script's share of the users; the default is the script's own weight, or 1."),
      }),
    )
    .min(1)
    .max(100)
    .describe("What users do."),
  executor: z.enum(EXECUTOR_NAMES).default("ramping-vus").describe("How users or arrivals are scheduled, as in k6."),
  vus: users.optional().describe("users at once; for ramping-vus short for one ramp to so many, which are then held"),
  rampUp: duration.optional().describe("for ramping-vus with vus: how long that ramp takes; default 5s"),
  duration: duration
    .optional()
    .describe(
      "for constant executors: the shortest duration of the load, which also lasts until the experiments are over",
    ),
  stages: z
    .array(
      z.strictObject({
        duration: duration.describe("How long the line to the target takes."),
        target: perUnit.describe("The users, or iterations in each timeUnit, at its end."),
      }),
    )
    .min(1)
    .max(1000)
    .optional()
    .describe("straight lines between targets; the last is held until the load ends"),
  startVUs: z.int().min(0).max(1_000_000).optional().describe("for ramping-vus: the users at the start; default 0"),
  rate: perUnit.gt(0).optional().describe("iterations started in each timeUnit"),
  startRate: perUnit
    .optional()
    .describe("for ramping-arrival-rate: iterations started in each timeUnit at the start; default 0"),
  timeUnit: duration.optional().describe("the unit of rate, startRate and the stages' targets; default 1s"),
  preAllocatedVUs: users.optional().describe("users that are started before the first arrival"),
  maxVUs: users.optional().describe("users at once; arrivals beyond are dropped and counted; default 20000"),
  iterations: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .describe("for each user, or for all users together; default 1"),
  maxDuration: duration.optional().describe("for iterations: how long they may take; default 10m"),
  http2: z
    .boolean()
    .optional()
    .describe("if true, the users' http speaks HTTP/2: by ALPN over TLS, by prior knowledge without"),
  hosts: z
    .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
    .optional()
    .describe("addresses of names for users' connections, by name or name:port"),
  ipFamily: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .describe("if given, only addresses of this IP family are used"),
  keepBody: z
    .int()
    .min(0)
    .max(2 ** 31)
    .optional()
    .describe(
      "bytes of an answer's body that are kept for the script; a larger body is only counted; default 16777216",
    ),
  workers: z.int().min(1).max(1000).default(1).describe("number of processes that the users are distributed over"),
  pods: z
    .strictObject({
      image: name
        .optional()
        .describe("the image of the pods, which has gameday on its PATH; default: the platform's image"),
      context: name.optional().describe("the context of the kubeconfig; default: the platform's, or the current one"),
      namespace: name.optional().describe("the namespace of the Job; default: the platform's, or the context's"),
      advertise: name
        .optional()
        .describe("HOST:PORT at which pods reach this machine; default: its address towards the cluster's nodes"),
      cpu: quantity.default("500m").describe("cores of each pod"),
      memory: quantity.default("512Mi").describe("memory of each pod"),
    })
    .optional()
    .describe("the workers are pods of a Job in a cluster; by default in the namespace of a platform on Kubernetes"),
  gracefulStop: duration.default(10_000).describe("how long running iterations may take to end when the load ends"),
  env: z.record(z.string(), z.string()).default({}).describe("values that scripts read from user.env"),
  thresholds: z
    .record(z.string(), z.union([threshold.transform((one) => [one]), z.array(threshold)]))
    .default({})
    .describe("conditions on the load's metrics, keyed by metric"),
});

type Fields = z.output<typeof fields>;

export const loadSchema = fields.superRefine((load, context) => {
  for (const { at, expected, got } of problemsOf(load))
    context.addIssue({ code: "custom", path: at, message: expected, ...(got !== undefined && { params: { got } }) });
});

function problemsOf(load: Fields): OptionProblem[] {
  const kind = executorNamed(load.executor);
  const given = OWN_OPTIONS.filter((option) => load[option] !== undefined);
  const foreign = given.filter((option) => !kind.allowed.includes(option));
  const missing = kind.needed.filter((option) => !given.includes(option));
  return [
    ...foreign.map((option) => foreignOption(kind, option)),
    ...missing.map((option) => ({ at: ["executor"], expected: `${kind.name} with its ${option}`, got: "none" })),
    ...kind.contradictions(load),
    ...hostsProblems(load.hosts ?? {}),
  ];
}

function hostsProblems(hosts: NonNullable<Fields["hosts"]>): OptionProblem[] {
  try {
    parseHosts(hosts);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return [{ at: ["hosts"], expected: thrown.expected, got: thrown.got }];
  }
}

function foreignOption({ name: executor, instead, allowed }: ExecutorKind, option: ExecutorOption): OptionProblem {
  const hint = instead[option] ?? `it has ${allowed.join(", ")}`;
  return {
    at: [option],
    expected: `an option that ${executor} has`,
    got: `${option}, which it does not have (${hint})`,
  };
}
