/** Building blocks of the API's schemas: bounded texts, times and the references that several resources share. */
import { z } from "zod";

export const TEXT_LETTERS_MAX = 2_000;

/** A text that the API returns. */
export const text = z.string();
/** A text that a caller gives; bounded, because it ends up in the timeline and on every page. */
export const givenText = z.string().min(1).max(TEXT_LETTERS_MAX);
export const count = z.int().min(0);
/** Milliseconds since the run began. */
export const atMs = z.number().describe("milliseconds since the run began");
export const instant = z.string().describe("ISO 8601, UTC");
export const statusWord = z.enum(["pass", "unknown", "fail"]);
export const targetReference = z.object({ id: text, role: text, node: text });

/** The name of a folder in the runs folder. Names that begin with a dot, and paths, are refused. */
export const runId = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/)
  .describe("the name of the run's folder");
/** The name of a plan or script file below the folder that the server was given. */
export const fileName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(\/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,5}$/)
  .describe("a path below the folder that the server was started with");
