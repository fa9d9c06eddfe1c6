import { dirname } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { type LabStatus, labDown, labStatus, labUp } from "../platform/lab/standing.ts";
import { withDeadline } from "../std/deadline.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { until } from "../std/wait.ts";
import { readPlanFile } from "./plan-file.ts";
import { stateFolderOf } from "./state-folder.ts";

const WHOLE_MS_MAX = 60_000;
const DOWN_MS_MAX = 60_000;
const STATUS_MS_MAX = 20_000;

/** `gameday lab up|down|status`: manages a lab that runs on its own, to which `gameday run` attaches. */
export function labCommand(world: World): Command {
  const lab = new Command("lab").description("manage a lab of its own, which `gameday run` attaches to");
  lab
    .command("up")
    .description("start the lab that a plan describes, and leave it running")
    .argument("<plan>", "the plan, a YAML file; only its platform section is used")
    .action((file: string) => up(world, file));
  lab
    .command("down")
    .description("take the lab down; leaves nothing behind")
    .action(() => down(world));
  lab
    .command("status")
    .description("print whether a lab exists, where, and whether it is healthy (exit 0) or not (exit 4)")
    .action(() => status(world));
  return lab;
}

async function up(world: World, file: string): Promise<void> {
  const planFile = readPlanFile(world, file);
  if (planFile.plan.platform.kind !== "lab") {
    throw new GamedayError({
      code: "not-a-lab",
      expected: "a plan for a platform of kind lab",
      got: `kind ${planFile.plan.platform.kind}`,
      place: { file },
    });
  }
  const ending = new AbortController();
  using _interrupt = world.onInterrupt((signal) => ending.abort(interrupted(signal)));
  const options = { folder: dirname(planFile.file), stateFolder: stateFolderOf(world) };
  await labUp(planFile.plan.platform, options, ending.signal);
  tell(world, await whole(ending.signal));
}

function interrupted(signal: string): GamedayError {
  return new GamedayError({
    code: "interrupted",
    expected: "the lab to come up",
    got: signal,
    hint: "what was started is taken down; `gameday lab status` shows the state",
    exitCode: ExitCode.notReady,
  });
}

/** Waits until the lab is healthy. It is not healthy as soon as it is up: a standby becomes synchronous some seconds later. */
function whole(signal: AbortSignal): Promise<LabStatus> {
  const look = async () => {
    const found = await labStatus(signal);
    return isHealthy(found) && found;
  };
  return until(look, { what: "a healthy lab", deadlineMs: WHOLE_MS_MAX, everyMs: 250, signal });
}

function isHealthy({ health }: LabStatus): boolean {
  return health.length > 0 && health.every((line) => line.ok);
}

async function down(world: World): Promise<void> {
  const holder = await withDeadline({ what: "the lab to be down", deadlineMs: DOWN_MS_MAX }, labDown);
  world.stdout.write(
    holder === null ? "there is no lab on this machine\n" : `the lab of process ${holder.pid} is down\n`,
  );
}

async function status(world: World): Promise<void> {
  const found = await withDeadline({ what: "the state of the lab", deadlineMs: STATUS_MS_MAX }, labStatus);
  tell(world, found);
  world.setExitCode(isHealthy(found) ? ExitCode.pass : ExitCode.notReady);
}

function tell(world: World, { holder, endpoint, health }: LabStatus): void {
  if (holder === null) {
    world.stdout.write("there is no lab on this machine\n");
    return;
  }
  const where = endpoint === null ? "inside a run; it cannot be attached to" : endpoint;
  world.stdout.write(`lab of process ${holder.pid}, since ${holder.since}: ${where}\n`);
  for (const line of health) {
    world.stdout.write(
      `  ${line.ok ? "ok  " : "BAD "} ${line.name}: ${line.seen}${line.ok ? "" : ` (expected ${line.expected})`}\n`,
    );
  }
}
