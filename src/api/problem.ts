/** The body of every error (RFC 9457, application/problem+json), with the codes of the command line. */
import { z } from "zod";
import { count, text } from "./basic.ts";

export const problemSchema = z.object({
  type: text.describe("urn:gameday:problem:CODE"),
  title: text,
  status: z.int().min(400).max(599),
  code: text.describe("the same code as the command line prints in brackets, such as run-in-progress"),
  detail: text.exactOptional().describe("what was expected, and what was found"),
  hint: text.exactOptional().describe("what to do"),
  where: z.object({ file: text, line: count.exactOptional(), column: count.exactOptional() }).exactOptional(),
  requestId: text,
});
export type ApiProblem = z.infer<typeof problemSchema>;
