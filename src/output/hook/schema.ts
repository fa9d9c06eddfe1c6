/** The schema of a hook's file: which moments it hears, and the requests that it sends. */
import { z } from "zod";

const body = z.json().describe("the body, as JSON; its texts may hold {placeholders}");

const request = z.strictObject({
  method: z.enum(["POST", "PUT", "PATCH"]).default("POST"),
  url: z.string().min(1),
  headers: z.record(z.string(), z.string()).default({}),
  body,
});

export const hookSchema = z.strictObject({
  on: z
    .array(z.enum(["phase", "fault", "verdict"]))
    .min(1)
    .default(["fault", "verdict"]),
  begin: request.describe("sent when a phase or a fault begins, and for the verdict"),
  end: request
    .exactOptional()
    .describe("sent when the same phase or fault ends; {answer.NAME} is a field of the first answer"),
});

export type HookFile = z.infer<typeof hookSchema>;
export type HookRequest = HookFile["begin"];
