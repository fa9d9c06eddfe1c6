import type { World } from "../../cli.ts";
import { register } from "../../control/registry.ts";
import { controlPath, listenForControl } from "../../control/socket.ts";
import type { ControlCommand, ControlRefusal, ControlReply } from "../../control.ts";
import { checkLimits, machineLimits } from "../../load/coordinator/preflight.ts";
import type { LoadHandle } from "../../load.ts";
import { isOpenModel } from "../../plan/open-model.ts";
import type { Clock } from "../../std/clock.ts";
import { GamedayError, messageOf } from "../../std/errors.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { stateFolderOf } from "../state-folder.ts";
import type { LoadJob } from "./flags.ts";
import type { LoadInterrupts } from "./interrupts.ts";

export interface ControlledLoad {
  readonly job: LoadJob;
  readonly baseUrl: string;
  readonly handle: LoadHandle;
  readonly crew: { readonly runId: string; readonly clock: Clock };
  readonly told: { event(event: TimelineEvent): void };
  readonly interrupts: LoadInterrupts;
  /** Null: nothing of the load is kept, so nobody could watch it. */
  readonly folder: string | null;
}

/** Lets people change a running load through its control socket, until it is disposed. Without a folder nobody can watch it. */
export async function listenToPeople(world: World, load: ControlledLoad): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  if (load.folder === null) return stack;
  const { runId } = load.crew;
  const stateFolder = stateFolderOf(world);
  const people = new LoadPeople(load);
  try {
    const path = controlPath(stateFolder, runId);
    stack.use(await listenForControl(path, async (command) => people.follow(command)));
    stack.use(register(stateFolder, { runId, pid: world.pid, folder: load.folder }));
  } catch (thrown) {
    world.stderr.write(`gameday: this load cannot be controlled from the dashboard: ${messageOf(thrown)}\n`);
  }
  return stack;
}

/** Follows what people ask of a load, if it is possible now, and records it. */
export class LoadPeople {
  readonly #load: ControlledLoad;
  #changes = 0;

  constructor(load: ControlledLoad) {
    this.#load = load;
  }

  follow(command: ControlCommand): ControlReply {
    switch (command.do) {
      case "change-load":
        return this.#change(command);
      case "stop":
        this.#load.interrupts.end(command.by, command.atOnce === true);
        return { ok: true };
      case "mark":
        this.#record({ command: "mark", by: command.by, manual: false, detail: { says: command.says } });
        return { ok: true };
      default:
        return { ok: false, refusal: NOTHING_TO_BREAK };
    }
  }

  #change({ by, target, unit, version }: Extract<ControlCommand, { readonly do: "change-load" }>): ControlReply {
    const { job, baseUrl, handle } = this.#load;
    const own = isOpenModel(job.plan.executor) ? "arrivals-per-second" : "users";
    if (unit !== own) return refused({ status: 422, code: "other-unit", expected: `a load in ${own}`, got: unit });
    const now = String(this.#changes);
    if (version !== now)
      return refused({ status: 412, code: "load-changed", expected: `the load's version ${now}`, got: version });
    try {
      if (own === "users") checkLimits(target, job.plan.workers, baseUrl, machineLimits());
    } catch (thrown) {
      if (!(thrown instanceof GamedayError)) throw thrown;
      const { code, expected, got } = thrown;
      return refused({ status: 422, code, expected, got });
    }
    this.#changes++;
    this.#record({ command: "change-load", by, manual: true, detail: { target, unit } });
    handle.setUsers(target);
    return { ok: true };
  }

  #record(control: Omit<Extract<TimelineEvent, { type: "control" }>, "type" | "atMs">): void {
    const { told, crew } = this.#load;
    told.event({ atMs: crew.clock.nowMs(), type: "control", ...control });
  }
}

function refused(refusal: ControlRefusal): ControlReply {
  return { ok: false, refusal };
}

const NOTHING_TO_BREAK: ControlRefusal = {
  status: 422,
  code: "nothing-to-break",
  expected: "a game day, which knows the platform's targets",
  got: "a load, which knows only a host",
};
