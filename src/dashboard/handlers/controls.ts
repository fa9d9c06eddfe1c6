/** The operations that change a run in progress, or what is shown of it. The run itself decides whether it follows a command. */
import type { z } from "zod";
import type * as bodies from "../../api/bodies.ts";
import type { ControlName } from "../../api/controls.ts";
import type { ControlCommand, ControlReply } from "../../control.ts";
import type { Json } from "../../std/json.ts";
import type { LiveRun } from "../live/run.ts";
import { ProblemError } from "../problems.ts";
import type { ApiCall, HandlerReply, Handlers } from "../server.ts";
import { bodyOf, type Context, json, runOf } from "./context.ts";
import { experimentOf } from "./live.ts";

const HOLD_SECONDS = 30;

export function controlHandlers(context: Context): Handlers {
  return {
    changeLoad: (call) => changeLoad(context, call),
    injectFault: (call) => inject(context, call),
    healExperiment: (call) => healOne(context, call),
    stopRun: async (call) => {
      const run = await permitted(context, call, "stop");
      await sent(context, run, { do: "stop", by: call.by, ...bodyOf<z.infer<typeof bodies.stopBody>>(call) });
      return accepted(call, run, "heal and stop");
    },
    markMoment: async (call) => {
      const run = await permitted(context, call, "mark");
      await sent(context, run, { do: "mark", by: call.by, ...bodyOf<z.infer<typeof bodies.noteBody>>(call) });
      return accepted(call, run, "mark");
    },
    resetFigures: (call) => reset(context, call, "from-now"),
    showAllFigures: (call) => reset(context, call, "all"),
    judgeRun: async (call) => {
      const run = await permitted(context, call, "judge");
      return json((await context.judges.judge({ folder: run.folder, stage: "finished" })).verdict);
    },
  };
}

async function changeLoad(context: Context, call: ApiCall): Promise<HandlerReply> {
  const run = await permitted(context, call, "change-load");
  const body = bodyOf<z.infer<typeof bodies.changeLoadBody>>(call);
  const [target, unit] =
    "users" in body ? [body.users, "users" as const] : [body.ratePerSecond, "arrivals-per-second" as const];
  await sent(context, run, { do: "change-load", by: call.by, target, unit, version: call.ifMatch ?? "" });
  return accepted(call, run, `change the load to ${target}`);
}

async function inject(context: Context, call: ApiCall): Promise<HandlerReply> {
  const run = await permitted(context, call, "inject");
  const body = bodyOf<z.infer<typeof bodies.injectBody>>(call);
  if (context.machine.killSwitch.read().on) throw new ProblemError(SWITCH_ON);
  if (body.fault === "command" && !context.isCodeAllowed) throw codeNotAllowed("the fault `command`");
  const injected = {
    fault: body.fault,
    selector: (body.target ?? {}) as Record<string, Json>,
    parameters: (body.with ?? {}) as Record<string, Json>,
    holdMs: (body.holdSeconds ?? HOLD_SECONDS) * 1000,
    ...(body.expectTargets !== undefined && { expectTargets: body.expectTargets }),
  };
  const reply = await sent(context, run, { do: "inject", by: call.by, inject: injected, dryRun: body.dryRun === true });
  if (reply.hit === undefined) throw new Error("a run that injects reports what is hit");
  return json(reply.hit);
}

async function healOne(context: Context, call: ApiCall): Promise<HandlerReply> {
  const run = await permitted(context, call, "heal-one");
  const { name } = experimentOf(run, call);
  const { because } = bodyOf<z.infer<typeof bodies.becauseBody>>(call);
  await sent(context, run, { do: "heal", by: call.by, experiment: name, ...(because !== undefined && { because }) });
  return accepted(call, run, `heal ${name}`);
}

async function reset(context: Context, call: ApiCall, shown: "from-now" | "all"): Promise<HandlerReply> {
  const run = await permitted(context, call, "reset");
  run.reset(shown);
  return accepted(call, run, shown === "all" ? "show all figures" : "reset shown figures");
}

/** Returns the run if the control may be used now. Throws 409 with the reason that the page shows, too. */
async function permitted(context: Context, call: ApiCall, control: ControlName): Promise<LiveRun> {
  const run = await runOf(context, call);
  const { because } = run.parts().controls[control] ?? { because: null };
  if (because === null) return run;
  throw new ProblemError({
    status: 409,
    code: "not-now",
    expected: `a run that can ${control.replaceAll("-", " ")} now`,
    got: because,
  });
}

/** Sends a command to the run and returns its reply. Throws what the run refused. */
async function sent(
  { machine }: Context,
  run: LiveRun,
  command: ControlCommand,
): Promise<Extract<ControlReply, { ok: true }>> {
  const reply = await machine.control(run.record.runId, command);
  if (reply.ok) return reply;
  throw new ProblemError(reply.refusal);
}

function accepted(call: ApiCall, run: LiveRun, asked: string): HandlerReply {
  return json({ asked, run: run.id, by: call.by });
}

/** The refusal of what would run somebody's code on this machine. */
export function codeNotAllowed(what: string): ProblemError {
  return new ProblemError({
    status: 403,
    code: "code-not-allowed",
    expected: "a server that may run code for its callers",
    got: `${what}, which is code`,
    hint: "start the server with --allow-code, or start it from a terminal",
  });
}

export const SWITCH_ON = {
  status: 423,
  code: "kill-switch",
  expected: "the kill switch to be off",
  got: "on",
  hint: "release it first: PUT /api/v1/switch, or `gameday stop --release`",
};
