import type { World } from "../../cli.ts";
import { register } from "../../control/registry.ts";
import { controlPath, listenForControl } from "../../control/socket.ts";
import { followByHand } from "../../run/by-hand.ts";
import { recordControl, type SteeredRun } from "../../run/control-record.ts";
import type { Run } from "../../run.ts";
import { messageOf } from "../../std/errors.ts";

/** The variable in which the dashboard names who started a run. */
export const STARTED_BY = "GAMEDAY_STARTED_BY";
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/;

/**
 * Lets people change the run through its control socket, until it is disposed. A run whose socket cannot be made goes on without,
 * and says so: the dashboard then shows it, and cannot control it.
 */
export async function listenToPeople(
  world: World,
  run: Run,
  { stateFolder, folder }: { readonly stateFolder: string; readonly folder: string },
): Promise<AsyncDisposable> {
  const { steering } = run;
  const starter = world.env[STARTED_BY];
  if (starter !== undefined && NAME.test(starter)) recordControl(run, { command: "start", by: starter, manual: false });
  const stack = new AsyncDisposableStack();
  if (steering === undefined) return stack;
  const steered: SteeredRun = { ...run, steering };
  try {
    const path = controlPath(stateFolder, run.runId);
    stack.use(await listenForControl(path, (command) => followByHand(steered, command)));
    stack.use(register(stateFolder, { runId: run.runId, pid: world.pid, folder }));
  } catch (thrown) {
    world.stderr.write(`gameday: this run cannot be controlled from the dashboard: ${messageOf(thrown)}\n`);
  }
  return stack;
}
