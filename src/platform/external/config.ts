/** What a plan says of a platform that somebody else runs: where its parts answer, and nothing of how they are run. */
import { z } from "zod";

const UNREADABLE =
  "a URL that can be read (in a user name or password / is written %2F, # %23, @ %40, : %3A), got one that cannot";

const webUrl = z
  .string()
  .regex(/^https?:\/\//i, "a URL that begins with http:// or https://")
  .refine((url) => !/^https?:\/\//i.test(url) || URL.canParse(url), UNREADABLE);

const member = z.strictObject({
  /** Unique, as faults and reports name it: "postgres/a". */
  name: z.string().min(1).max(200),
  /** "postgres" and "redis" are asked for their roles where they have a url; any other is only a name for commands. */
  role: z.string().min(1).max(100),
  /** The machine, zone or instance that it stands on; default: its own name. */
  node: z.string().min(1).max(200).optional(),
  /** postgres://... or redis://... of this very member, not of a proxy. */
  url: z
    .string()
    .regex(/^(postgres|postgresql|redis|rediss):\/\//, "a URL that begins with postgres:// or redis://")
    .refine((url) => !url.includes("://") || URL.canParse(url), UNREADABLE)
    .optional(),
  /** http://... that answers 2xx while the member is well. */
  health: webUrl.optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

const logName = z.string().regex(/^[\w.-]{1,100}$/, "a name of letters, digits, dots, dashes and underscores");
/** What the evidence keeps of the platform's own logs; the names must differ, for each becomes a file of the run folder. */
const log = z.union([
  /** A file of this machine: what the run added to it. Relative to the plan's folder. */
  z.strictObject({ name: logName, file: z.string().min(1) }),
  /** Prints a log: argv, no shell. {from} and {to} in a word stand for the run's span in ISO 8601, UTC. */
  z.strictObject({ name: logName, command: z.array(z.string()).min(1) }),
]);

export const externalConfig = z.strictObject({
  kind: z.literal("external"),
  /** Base URL at which users reach the app; everything is asked for below its path. */
  endpoint: webUrl.refine((url) => !/[?#]/.test(url), "a URL without a query or a fragment"),
  /** Path below the endpoint that answers 2xx while the whole is well. */
  health: z.string().startsWith("/").default("/"),
  members: z
    .array(member)
    .max(1000)
    .refine(
      (members) => new Set(members.map(({ name }) => name)).size === members.length,
      "a list of members whose names differ",
    )
    .default([]),
  logs: z
    .array(log)
    .max(100)
    .refine((logs) => new Set(logs.map(({ name }) => name)).size === logs.length, "a list of logs whose names differ")
    .default([]),
});

export type ExternalConfig = z.output<typeof externalConfig>;
export type LogConfig = ExternalConfig["logs"][number];
export type MemberConfig = ExternalConfig["members"][number];
