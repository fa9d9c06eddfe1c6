/** Checks what comes through a run's control socket, because whoever may open the socket may write anything into it. Pure. */
import { z } from "zod";
import type { ControlCommand, ControlReply } from "../control.ts";
import { messageOf } from "../std/errors.ts";
import { parseJson } from "../std/json.ts";

const TEXT_MAX = 2_000;
const ID_MAX = 500;
const TARGETS_MAX = 1_000;
const HOLD_MS_MAX = 24 * 3_600_000;

const by = z.string().min(1).max(200);
const words = z.string().max(TEXT_MAX);
const inject = z.strictObject({
  fault: z.string().max(ID_MAX),
  selector: z.record(z.string(), z.json()),
  parameters: z.record(z.string(), z.json()),
  holdMs: z.number().min(0).max(HOLD_MS_MAX),
  expectTargets: z.array(z.string().max(ID_MAX)).max(TARGETS_MAX).exactOptional(),
});
const commandSchema = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("change-load"),
    by,
    target: z.number().min(0),
    unit: z.enum(["users", "arrivals-per-second"]),
    version: z.string().max(ID_MAX),
  }),
  z.strictObject({ do: z.literal("inject"), by, inject, dryRun: z.boolean() }),
  z.strictObject({ do: z.literal("heal"), by, experiment: z.string().max(ID_MAX), because: words.exactOptional() }),
  z.strictObject({
    do: z.literal("stop"),
    by,
    because: words.exactOptional(),
    atOnce: z.boolean().exactOptional(),
  }),
  z.strictObject({ do: z.literal("mark"), by, says: words.min(1) }),
]);

/** Returns the command of a line, or the refusal to send back for anything else. */
export function parseCommand(line: string): ControlCommand | Extract<ControlReply, { ok: false }> {
  try {
    const result = commandSchema.safeParse(parseJson(line));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    return refused(`${issue?.message ?? "something else"} at ${issue?.path.join(".") || "the top"}`);
  } catch (thrown) {
    return refused(messageOf(thrown));
  }
}

function refused(got: string): Extract<ControlReply, { ok: false }> {
  const expected = "one command as a line of JSON";
  return { ok: false, refusal: { status: 422, code: "bad-command", expected, got: got.slice(0, 300) } };
}
