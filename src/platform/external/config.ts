/** What a plan states about a platform that someone else runs: where its parts answer, but nothing about how they are run. */
import { z } from "zod";

/** The value is not shown, because it may hold a password. */
const UNREADABLE = {
  error: "a URL that can be read (in a user name or password / is written %2F, # %23, @ %40, : %3A)",
  params: { got: "one that cannot" },
};

const webUrl = z
  .string()
  .regex(/^https?:\/\//i, "a URL that begins with http:// or https://")
  .refine((url) => !/^https?:\/\//i.test(url) || URL.canParse(url), UNREADABLE);

const member = z.strictObject({
  name: z.string().min(1).max(200).describe('Unique; faults and reports use this name: "postgres/a".'),
  role: z
    .string()
    .min(1)
    .max(100)
    .describe("postgres and redis report their replication role if they have a url; any other role is only a name."),
  node: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("The machine, zone or instance that the member runs on; default: its own name."),
  url: z
    .string()
    .regex(/^(postgres|postgresql|redis|rediss):\/\//, "a URL that begins with postgres:// or redis://")
    .refine((url) => !url.includes("://") || URL.canParse(url), UNREADABLE)
    .optional()
    .describe("postgres://... or redis://... of this member itself, not of a proxy."),
  health: webUrl.optional().describe("http://... that answers 2xx while the member is healthy."),
  labels: z.record(z.string(), z.string()).default({}).describe("Labels by which experiments may choose it."),
});

const logName = z.string().regex(/^[\w.-]{1,100}$/, "a name of letters, digits, dots, dashes and underscores");
/** What the evidence keeps of the platform's own logs. The names must differ, because each becomes a file of the run folder. */
const log = z.union([
  z.strictObject({
    name: logName.describe("The name of the log in the run folder."),
    file: z
      .string()
      .min(1)
      .describe("A file on this machine, relative to the plan's folder; what was added during the run is kept."),
  }),
  z.strictObject({
    name: logName.describe("The name of the log in the run folder."),
    command: z
      .array(z.string())
      .min(1)
      .describe(
        "A command, without a shell, that prints the log; {from} and {to} become the run's start and end (UTC).",
      ),
  }),
]);

export const externalConfig = z.strictObject({
  kind: z.literal("external").describe("A platform that is operated outside Gameday."),
  endpoint: webUrl
    .refine((url) => !/[?#]/.test(url), "a URL without a query or a fragment")
    .describe("The base URL at which users reach the app; all requests go to paths below it."),
  health: z
    .string()
    .startsWith("/")
    .default("/")
    .describe("The path below the endpoint that answers 2xx while the whole platform is healthy."),
  members: z
    .array(member)
    .max(1000)
    .refine(
      (members) => new Set(members.map(({ name }) => name)).size === members.length,
      "a list of members whose names differ",
    )
    .default([])
    .describe("The members that are watched, and that your commands break."),
  logs: z
    .array(log)
    .max(100)
    .refine((logs) => new Set(logs.map(({ name }) => name)).size === logs.length, "a list of logs whose names differ")
    .default([])
    .describe("The platform's own logs that the evidence keeps."),
});

export type ExternalConfig = z.output<typeof externalConfig>;
export type LogConfig = ExternalConfig["logs"][number];
export type MemberConfig = ExternalConfig["members"][number];
