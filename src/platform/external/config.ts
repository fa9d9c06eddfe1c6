/** What a plan states about a platform that someone else runs: where its parts answer, but nothing about how they are run. */
import { z } from "zod";

const UNREADABLE =
  "a URL that can be read (in a user name or password / is written %2F, # %23, @ %40, : %3A), got one that cannot";

const webUrl = z
  .string()
  .regex(/^https?:\/\//i, "a URL that begins with http:// or https://")
  .refine((url) => !/^https?:\/\//i.test(url) || URL.canParse(url), UNREADABLE);

const member = z.strictObject({
  /** Unique; faults and reports use this name: "postgres/a". */
  name: z.string().min(1).max(200),
  /**
   * Members with role "postgres" or "redis" report their replication role if they have a url; any other role is only a name for
   * commands.
   */
  role: z.string().min(1).max(100),
  /** The machine, zone or instance that the member runs on; default: its own name. */
  node: z.string().min(1).max(200).optional(),
  /** postgres://... or redis://... of this member itself, not of a proxy. */
  url: z
    .string()
    .regex(/^(postgres|postgresql|redis|rediss):\/\//, "a URL that begins with postgres:// or redis://")
    .refine((url) => !url.includes("://") || URL.canParse(url), UNREADABLE)
    .optional(),
  /** http://... that answers 2xx while the member is healthy. */
  health: webUrl.optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

const logName = z.string().regex(/^[\w.-]{1,100}$/, "a name of letters, digits, dots, dashes and underscores");
/** What the evidence keeps of the platform's own logs. The names must differ, because each becomes a file of the run folder. */
const log = z.union([
  /** A file on this machine, of which the run keeps what was added during it. The path is relative to the plan's folder. */
  z.strictObject({ name: logName, file: z.string().min(1) }),
  /**
   * A command that prints a log: an argv, without a shell. {from} and {to} in a word are replaced by the start and the end of the
   * run in ISO 8601, UTC.
   */
  z.strictObject({ name: logName, command: z.array(z.string()).min(1) }),
]);

export const externalConfig = z.strictObject({
  kind: z.literal("external"),
  /** The base URL at which users reach the app; all requests go to paths below it. */
  endpoint: webUrl.refine((url) => !/[?#]/.test(url), "a URL without a query or a fragment"),
  /** The path below the endpoint that answers 2xx while the whole platform is healthy. */
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
