/** What the table of operations says about each, and the parameters that several share. */
import { z } from "zod";
import { runId } from "./basic.ts";

/**
 * - open: needs no right. session: exchanges a code for a right.
 * - read: a right to read, which everybody has on loopback unless the server is private.
 * - control: the bearer token, and a server that is not read-only.
 */
export type Access = "open" | "session" | "read" | "control";

export interface ApiOperation {
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /api/v1, with parameters in braces. */
  readonly path: string;
  readonly tag: "server" | "runs" | "live" | "control" | "plans" | "machine";
  readonly says: string;
  readonly access: Access;
  readonly parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Whether the body may be left out; it then counts as {}. */
  readonly isBodyOptional?: boolean;
  /** The status of success, and what it returns: a schema, a media type of another kind, or nothing. */
  readonly success: { readonly status: number; readonly schema?: z.ZodType; readonly media?: string };
  /** The statuses of problems beyond those that every operation may return. */
  readonly problems: readonly number[];
  /** Whether it answers with an ETag and honours If-None-Match. */
  readonly hasEtag?: boolean;
  readonly needsIfMatch?: boolean;
}

export const ofRun = z.strictObject({ run: runId });
export const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .max(300)
    .regex(/^[A-Za-z0-9._:-]*$/)
    .exactOptional(),
};
export const experimentOf = ofRun.extend({ index: z.coerce.number().int().min(1).max(100_000) });
export const read = { access: "read" as const, method: "GET" as const };
export const control = { access: "control" as const };
