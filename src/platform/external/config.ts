/** What a plan says of a platform that somebody else runs: where its parts answer, and nothing of how they are run. */
import { z } from "zod";

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
    .optional(),
  /** http://... that answers 2xx while the member is well. */
  health: z.url().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

export const externalConfig = z.strictObject({
  kind: z.literal("external"),
  /** Base URL at which users reach the app. */
  endpoint: z.url(),
  /** Path below the endpoint that answers 2xx while the whole is well. */
  health: z.string().startsWith("/").default("/"),
  members: z.array(member).max(1000).default([]),
});

export type ExternalConfig = z.output<typeof externalConfig>;
export type MemberConfig = ExternalConfig["members"][number];
