import { Command } from "commander";
import type { World } from "../cli.ts";
import { checkHost, checkLimits, machineLimits } from "../load/coordinator/preflight.ts";
import { startLoad } from "../load/coordinator/start.ts";
import { Recorder } from "../load/count/recorder.ts";
import { splitUrl } from "../load/http/origin.ts";
import { proxyInWords } from "../load/http/proxy.ts";
import type { LoadHandle } from "../load.ts";
import { parseThreshold } from "../objective/threshold.ts";
import { isOpenModel } from "../plan/open-model.ts";
import { type Crew, gatherCrew } from "./load/crew.ts";
import { Earlier, runMark } from "./load/earlier.ts";
import { finish } from "./load/end.ts";
import { OutputFiles, SummaryFile } from "./load/files.ts";
import { type LoadFlags, type LoadJob, loadOptions, planOfFlags } from "./load/flags.ts";
import { drawLine, follow } from "./load/follow.ts";
import { hostOf } from "./load/host.ts";
import { LoadInterrupts } from "./load/interrupts.ts";
import { planOnWorkers, printManifests } from "./load/kubernetes.ts";
import { refuseKubernetesFlags } from "./load/kubernetes-flags.ts";

/** The time in which arrivals that are due at the very end can begin. */
const LAST_ARRIVALS_MS = 50;

/** `gameday load`: the load engine as a tool of its own. */
export function loadCommand(world: World): Command {
  const command = new Command("load")
    .description("put users on a platform: scripted, closed or open model, judged by thresholds")
    .argument("<script...>", "scenario modules (TypeScript or JavaScript)")
    .action((scripts: string[], flags: LoadFlags) => runLoad(world, scripts, flags));
  for (const option of loadOptions()) command.addOption(option);
  return command;
}

/** A requested load, and the destinations of its reports. */
interface Asked {
  readonly flags: LoadFlags;
  readonly job: LoadJob;
  readonly baseUrl: string;
  readonly seed: string;
  readonly recorder: Recorder;
  readonly files: OutputFiles;
  readonly json: SummaryFile | null;
  readonly abort: AbortController;
}

async function runLoad(world: World, scripts: readonly string[], flags: LoadFlags): Promise<void> {
  refuseKubernetesFlags(flags);
  const job = planOfFlags(scripts, flags, world.env);
  if (flags.manifest === true) return printManifests(world, job, flags);
  const baseUrl = hostOf(flags.host);
  const recorder = new Recorder((flags.threshold ?? []).map(parseThreshold), isOpenModel(job.plan.executor));
  const proxied = sayProxy(world, job, flags, baseUrl);
  if (proxied !== null) recorder.note(proxied);
  using json = flags.json === undefined ? null : new SummaryFile(flags.json);
  await demandMachine(job, flags, baseUrl);
  using files = new OutputFiles(flags.out);
  const abort = new AbortController();
  files.onTrouble((trouble) => abort.abort(trouble));
  using interrupts = new LoadInterrupts(world, abort, job.plan.gracefulStopMs);
  await using crew = await gatherCrew(world, job, baseUrl, flags, files, abort.signal);
  const { seed } = crew;
  for (const says of job.notes) tellNote(world, recorder, says);
  const asked: Asked = { flags, job, baseUrl, seed, recorder, files, json, abort };
  await play(world, asked, await begin(world, asked, crew), crew, interrupts);
}

/** Prints a note at once, and adds it to the summary. */
function tellNote(world: World, recorder: Recorder, says: string): void {
  world.stderr.write(`note: ${says}\n`);
  recorder.note(says);
}

/** Requires what this machine needs before it can generate the load itself. */
async function demandMachine({ plan }: LoadJob, flags: LoadFlags, baseUrl: string): Promise<void> {
  if (flags.listen !== undefined || flags.kubernetes === true) return;
  const users = Math.max(...plan.stages.map((stage) => stage.target));
  if (!isOpenModel(plan.executor)) checkLimits(users, plan.workers, baseUrl, machineLimits());
  await checkHost(baseUrl, plan.client ?? {}, async () => {
    const { hostsOfScripts } = await import("../load/script/inspect.ts");
    return hostsOfScripts(plan.scenarios.map(({ file }) => file));
  });
}

/** Describes the proxy, before the first request and in the summary: a proxy changes what is measured, and so may its absence. */
function sayProxy(world: World, { plan }: LoadJob, flags: LoadFlags, baseUrl: string): string | null {
  const says = proxyInWords(plan.client?.proxy, splitUrl(baseUrl).origin);
  if (says !== null && !isQuiet(flags)) world.stderr.write(`gameday: ${says}\n`);
  return says;
}

async function begin(world: World, asked: Asked, crew: Crew): Promise<LoadHandle> {
  const { flags, job, baseUrl, seed, recorder, files, abort } = asked;
  const { runId, clock, open } = crew;
  files.write("timeline", runMark(runId, clock.nowMs()));
  const earlier = earlierOf(crew, flags.out, recorder);
  const listening = {
    onInterval: recorder.interval.bind(recorder),
    onOperation: () => undefined,
    onEvent: recorder.event.bind(recorder),
  };
  if (!isQuiet(flags)) drawLine(world.stderr, "starting");
  try {
    const plan = planOnWorkers(job.plan, flags);
    const told = earlier.without(files.besides(listening));
    const options = { plan, baseUrl, runId, seed, clock, ...told, signal: abort.signal };
    const adopted = crew.atWork.map((state) => earlier.known(state));
    return await startLoad(options, { open, adopted, lastReportsMs: earlier.lastReportsMs });
  } finally {
    drawLine(world.stderr, "");
  }
}

/** Returns what was recorded of this run before us: nothing, unless we took it over. */
function earlierOf(crew: Crew, folder: string | undefined, recorder: Recorder): Earlier {
  const earlier = new Earlier();
  if (crew.atWork.length === 0) return earlier;
  if (folder === undefined)
    recorder.note("what the coordinator before was told is not in these figures: --out keeps it");
  else earlier.read(folder, crew.runId, recorder);
  return earlier;
}

async function play(
  world: World,
  asked: Asked,
  handle: LoadHandle,
  crew: Crew,
  interrupts: LoadInterrupts,
): Promise<void> {
  const { job, recorder } = asked;
  const quiet = isQuiet(asked.flags);
  const beginsInMs = handle.beganAtMs - crew.clock.nowMs();
  let interrupted = true;
  try {
    const endsInMs = job.durationMs === null ? null : Math.max(0, beginsInMs + job.durationMs + lastMs(job));
    const { durationMs } = job;
    interrupted = await follow(world, { handle, recorder, interrupts, quiet, beginsInMs, endsInMs, durationMs });
    if (!quiet) drawLine(world.stderr, "ending");
    await handle.stop();
  } catch (thrown) {
    drawLine(world.stderr, "");
    finish(world, asked, true); // what was recorded until then is the only trace of the load
    throw thrown;
  }
  drawLine(world.stderr, "");
  recorder.usersAtLeast(handle.usersMax);
  finish(world, asked, interrupted);
}

function lastMs({ plan }: LoadJob): number {
  return isOpenModel(plan.executor) ? LAST_ARRIVALS_MS : 0;
}

function isQuiet({ quiet, onlySummary }: LoadFlags): boolean {
  return quiet === true || onlySummary === true;
}
