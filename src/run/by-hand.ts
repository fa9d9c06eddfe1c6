/** Follows what a person asks of a run in progress, if it is possible now, and records it as an event `control`. */
import type { ControlCommand, ControlRefusal, ControlReply } from "../control.ts";
import { checkLimits, machineLimits } from "../load/coordinator/preflight.ts";
import { isOpenModel } from "../plan/open-model.ts";
import type { Run } from "../run.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { recordControl, refuse, type SteeredRun } from "./control-record.ts";
import { injectByHand } from "./inject-by-hand.ts";

/** Returns what became of the command. Never throws: what is not possible is a refusal with its reason. */
export async function followByHand(run: SteeredRun, command: ControlCommand): Promise<ControlReply> {
  try {
    return await follow(run, command);
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    const { code, expected, got, hint } = thrown;
    return refuse({ status: 422, code, expected, got, ...(hint !== undefined && { hint }) });
  }
}

function follow(run: SteeredRun, command: ControlCommand): Promise<ControlReply> | ControlReply {
  switch (command.do) {
    case "change-load":
      return changeLoad(run, command);
    case "inject":
      return injectByHand(run, command);
    case "heal":
      return healByHand(run, command);
    case "stop":
      return stopByHand(run, command);
    case "mark":
      recordControl(run, { command: "mark", by: command.by, manual: false, detail: { says: command.says } });
      return { ok: true };
  }
}

type Of<Do extends ControlCommand["do"]> = Extract<ControlCommand, { readonly do: Do }>;

function changeLoad(run: SteeredRun, { by, target, unit, version }: Of<"change-load">): ControlReply {
  const { steering, plan } = run;
  const own = isOpenModel(plan.load.executor) ? "arrivals-per-second" : "users";
  if (unit !== own) return refuse({ status: 422, code: "other-unit", expected: `a load in ${own}`, got: unit });
  const change = steering.load?.setUsers;
  if (steering.load === null || change === undefined || run.stop.signal.aborted) return refuse(NO_LOAD);
  const now = String(steering.loadChanges);
  if (version !== now)
    return refuse({
      status: 412,
      code: "load-changed",
      expected: `the load's version ${now}`,
      got: version,
      hint: "somebody changed the load in the meantime: look at it again",
    });
  if (own === "users") checkLimits(target, plan.load.workers, run.platform.endpoint(), machineLimits());
  steering.loadChanges++;
  recordControl(run, { command: "change-load", by, manual: true, detail: { target, unit } });
  change.call(steering.load, target);
  return { ok: true };
}

function healByHand(run: SteeredRun, { by, experiment, because }: Of<"heal">): ControlReply {
  if (!run.steering.held.includes(experiment))
    return refuse({
      status: 409,
      code: "not-held",
      expected: `"${experiment}" to be held now`,
      got: "no such fault is held",
    });
  recordControl(run, {
    command: "heal",
    by,
    manual: true,
    detail: { experiment, ...(because !== undefined && { because }) },
  });
  run.steering.healNow(experiment);
  return { ok: true };
}

/** Winds the run down, as an interrupt does: faults are healed, and what was recorded is judged. */
export function stopByHand(run: Run, { by, because }: Pick<Of<"stop">, "by" | "because">): ControlReply {
  if (run.stop.signal.aborted) return { ok: true }; // it heals and winds down already
  recordControl(run, { command: "interrupt", by, manual: true, ...(because !== undefined && { detail: { because } }) });
  const got = because === undefined ? by : `${by}: ${because}`;
  const complaint = { code: "interrupted", expected: "the run to come to its end", got, exitCode: ExitCode.unknown };
  run.stop.abort(new GamedayError(complaint));
  return { ok: true };
}

const NO_LOAD: ControlRefusal = {
  status: 409,
  code: "no-load-now",
  expected: "a load that is running and can be changed",
  got: "none: it has not begun, it has ended, or it is about to",
};
