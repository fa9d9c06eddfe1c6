/** The operations on the machine: the kill switch and residue. */
import type { z } from "zod";
import type * as bodies from "../../api/bodies.ts";
import { messageOf } from "../../std/errors.ts";
import { ProblemError } from "../problems.ts";
import { type ApiCall, type HandlerReply, type Handlers, notFound } from "../server.ts";
import { bodyOf, type Context, json, parameter } from "./context.ts";

export function machineHandlers(context: Context): Handlers {
  const { machine, tasks } = context;
  return {
    getSwitch: () => json({ ...machine.killSwitch.read(), stopped: [] }),
    setSwitch: (call) => setSwitch(context, call),
    findResidue: async () => json(await machine.findResidue()),
    healResidue: async () => json(tasks.start("heal residue", () => machine.healResidue())),
    getOperation: (call) => {
      const task = tasks.find(parameter(call, "id"));
      if (task === undefined) throw notFound("the id of an operation", "another one", "no-such-operation");
      return json(task);
    },
  };
}

/**
 * Sets the switch first, so that nothing new starts while the runs are being stopped. Where it cannot be kept, the runs are
 * stopped all the same: that is what somebody pressed it for.
 */
async function setSwitch({ machine, runs }: Context, call: ApiCall): Promise<HandlerReply> {
  const { on, because } = bodyOf<z.infer<typeof bodies.switchBody>>(call);
  const kept = keptSwitch(machine, on, call.by, because ?? null);
  const stopped = on ? await stopAll(machine, call.by, because ?? "the kill switch") : [];
  await runs.lookAgain();
  if ("state" in kept) return json({ ...kept.state, stopped });
  throw new ProblemError({
    status: 507,
    code: "switch-not-kept",
    expected: "to store the kill switch in the state folder",
    got: kept.trouble,
    hint: `runs that received the command to stop: ${stopped.join(", ") || "none"}; the switch itself is unchanged`,
  });
}

function keptSwitch(machine: Context["machine"], on: boolean, by: string, because: string | null) {
  try {
    return { state: machine.killSwitch.set(on, by, because) };
  } catch (thrown) {
    return { trouble: messageOf(thrown) };
  }
}

/** Stops every run that listens to this user's controls; a run of somebody else is not this switch's to stop. */
async function stopAll(machine: Context["machine"], by: string, because: string): Promise<string[]> {
  const alive = (await machine.aliveRuns()).filter(({ isControllable }) => isControllable);
  const asked = await Promise.all(
    alive.map(async ({ runId }) => {
      const reply = await machine.control(runId, { do: "stop", by, because }).catch(() => null);
      return reply?.ok === true ? [runId] : [];
    }),
  );
  return asked.flat();
}
