/** The operations on what can be started: plans, scripts and faults. */
import type { z } from "zod";
import type * as bodies from "../../api/bodies.ts";
import type { CheckAnswer } from "../../api/bodies.ts";
import type { StartLoad, StartRun } from "../../dashboard.ts";
import { ProblemError } from "../problems.ts";
import type { ApiCall, HandlerReply, Handlers } from "../server.ts";
import { bodyOf, type Context, json } from "./context.ts";
import { codeNotAllowed, SWITCH_ON } from "./controls.ts";

export function plansHandlers(context: Context): Handlers {
  const { machine } = context;
  return {
    listPlans: async () => json(await machine.plans()),
    listScripts: async () => json(await machine.scripts()),
    listFaults: () => json(machine.faults()),
    checkPlan: async (call) => {
      const { plan, seed } = bodyOf<z.infer<typeof bodies.checkBody>>(call);
      return json(await machine.checkPlan(plan, seed));
    },
    startRun: (call) => startRun(context, call),
    startLoad: async (call) => {
      const asked = bodyOf<StartLoad>(call);
      if (machine.killSwitch.read().on) throw new ProblemError(SWITCH_ON);
      return started(context, await machine.startLoad(asked, call.by));
    },
  };
}

async function startRun(context: Context, call: ApiCall): Promise<HandlerReply> {
  const asked = bodyOf<StartRun>(call);
  const { machine } = context;
  if (machine.killSwitch.read().on) throw new ProblemError(SWITCH_ON);
  const checked = await machine.checkPlan(asked.plan, asked.seed);
  if (!checked.sound) throw unsound(checked);
  if (checked.hasCode && !context.isCodeAllowed) throw codeNotAllowed("a plan with commands of its own");
  if (checked.needsConfirm && asked.confirm !== checked.platform) throw unconfirmed(checked);
  return started(context, await machine.startRun(asked, call.by));
}

async function started({ runs }: Context, id: string): Promise<HandlerReply> {
  await runs.lookAgain();
  return json((await runs.begun(id)).resource(), { location: `/api/v1/runs/${id}` });
}

function unsound({ findings }: CheckAnswer): ProblemError {
  const [first] = findings;
  return new ProblemError({
    status: 422,
    code: first?.code ?? "plan-unsound",
    expected: "a valid plan",
    got: first?.says ?? "another one",
    hint: first?.hint ?? "POST /api/v1/plans/check lists everything that is wrong with it",
  });
}

function unconfirmed({ platform }: CheckAnswer): ProblemError {
  return new ProblemError({
    status: 422,
    code: "not-confirmed",
    expected: `"confirm" with the platform's kind, because this is not the embedded lab`,
    got: "none, or another one",
    hint: `this plan affects a real platform; to confirm, send "confirm": ${JSON.stringify(platform)}`,
  });
}
