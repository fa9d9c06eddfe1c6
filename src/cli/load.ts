import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { requireSwitchOff } from "../control/kill-switch.ts";
import { checkHost, checkLimits, machineLimits } from "../load/coordinator/preflight.ts";
import { startLoad } from "../load/coordinator/start.ts";
import { Recorder } from "../load/count/recorder.ts";
import { splitUrl } from "../load/http/origin.ts";
import { proxyInWords } from "../load/http/proxy.ts";
import type { LoadHandle } from "../load.ts";
import { parseThreshold } from "../objective/threshold.ts";
import { isOpenModel } from "../plan/open-model.ts";
import { messageOf } from "../std/errors.ts";
import { type Crew, gatherCrew } from "./load/crew.ts";
import { Earlier } from "./load/earlier.ts";
import { finish } from "./load/end.ts";
import { type LoadFlags, type LoadJob, loadOptions, planOfFlags } from "./load/flags.ts";
import { LoadFolder } from "./load/folder.ts";
import { drawLine, follow } from "./load/follow.ts";
import { hostOf } from "./load/host.ts";
import { LoadInterrupts } from "./load/interrupts.ts";
import { planOnWorkers, printManifests } from "./load/kubernetes.ts";
import { refuseKubernetesFlags } from "./load/kubernetes-flags.ts";
import { listenToPeople } from "./load/listen.ts";
import { LoadMoments } from "./load/moments.ts";
import { SummaryFile } from "./load/summary-file.ts";
import { LoadTold } from "./load/told.ts";
import { outputOptions } from "./output-flags.ts";
import { stateFolderOf } from "./state-folder.ts";

/** The time in which arrivals that are due at the very end can begin. */
const LAST_ARRIVALS_MS = 50;

/** `gameday load`: the load engine as a tool of its own. */
export function loadCommand(world: World): Command {
  const command = new Command("load")
    .description("send users to a platform: scripted, closed or open model, judged by thresholds")
    .argument("<script...>", "scenario modules (TypeScript or JavaScript)")
    .action((scripts: string[], flags: LoadFlags) => runLoad(world, scripts, flags));
  for (const option of [...loadOptions(), ...outputOptions()]) command.addOption(option);
  return command;
}

/** A requested load, and the destinations of its reports. */
interface Asked {
  readonly flags: LoadFlags;
  readonly job: LoadJob;
  readonly baseUrl: string;
  readonly recorder: Recorder;
  readonly json: SummaryFile | null;
  readonly abort: AbortController;
}

async function runLoad(world: World, scripts: readonly string[], flags: LoadFlags): Promise<void> {
  refuseKubernetesFlags(flags);
  requireSwitchOff(stateFolderOf(world));
  const job = planOfFlags(scripts, flags, world.env);
  if (flags.manifest === true) return printManifests(world, job, flags);
  const baseUrl = hostOf(flags.host);
  const recorder = new Recorder((flags.threshold ?? []).map(parseThreshold), isOpenModel(job.plan.executor));
  const proxied = sayProxy(world, job, flags, baseUrl);
  if (proxied !== null) recorder.note(proxied);
  using json = flags.json === undefined ? null : new SummaryFile(flags.json);
  await demandMachine(job, flags, baseUrl);
  const isRemote = flags.listen !== undefined || flags.kubernetes === true;
  const out = flags.out ?? (flags.dashboard === true ? await newFolder(world, scripts) : undefined);
  const folder = out === undefined ? null : new LoadFolder(resolve(world.cwd, out), isRemote);
  const abort = new AbortController();
  using interrupts = new LoadInterrupts(world, abort, job.plan.gracefulStopMs);
  await using crew = await gatherCrew(world, { job, baseUrl, flags, folder, signal: abort.signal });
  for (const says of job.notes) tellNote(world, recorder, says);
  const asked: Asked = { flags, job, baseUrl, recorder, json, abort };
  await using told = await LoadTold.open(world, { ...asked, ...crew, folder, isTakenOver: crew.atWork.length > 0 });
  if (flags.dashboard === true && folder !== null) await show(world, folder.path, scripts);
  using moments = new LoadMoments(crew.clock, job.plan, (event) => told.event(event));
  const stage: Stage = { ...asked, crew, told, moments, interrupts };
  const handle = await begin(world, stage);
  await using _control = await listenToPeople(world, { ...stage, handle, folder: folder?.path ?? null });
  await play(world, stage, handle);
}

/** Returns the name of a new folder below runs, for a load that is shown on the dashboard. */
async function newFolder(world: World, scripts: readonly string[]): Promise<string> {
  const { runName } = await import("../run/name.ts");
  const name = basename(scripts[0] ?? "load").replace(/\.[^.]+$/, "");
  return join("runs", runName(name, world.now(), "load"));
}

async function show(world: World, folder: string, scripts: readonly string[]): Promise<void> {
  const { showOnDashboard } = await import("./serve/open.ts"); // not before it is asked for: a load starts quickly
  await showOnDashboard(world, { folder, flags: ["--scripts", dirname(resolve(world.cwd, scripts[0] ?? "."))] });
}

/** Everything that takes part in a load while it lasts. */
interface Stage extends Asked {
  readonly crew: Crew;
  readonly told: LoadTold;
  readonly moments: LoadMoments;
  readonly interrupts: LoadInterrupts;
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

async function begin(world: World, stage: Stage): Promise<LoadHandle> {
  const { flags, job, baseUrl, abort, crew, told, moments } = stage;
  const { runId, seed, clock, open } = crew;
  const earlier = earlierOf(stage);
  const isTakenOver = crew.atWork.length > 0;
  if (!isTakenOver) moments.deploying();
  if (!isQuiet(flags)) drawLine(world.stderr, "starting");
  try {
    const plan = planOnWorkers(job.plan, flags);
    const options = { plan, baseUrl, runId, seed, clock, ...earlier.without(told.listener), signal: abort.signal };
    const adopted = crew.atWork.map((state) => earlier.known(state));
    const handle = await startLoad(options, { open, adopted, lastReportsMs: earlier.lastReportsMs });
    moments.began(handle.beganAtMs);
    return handle;
  } finally {
    drawLine(world.stderr, "");
  }
}

/** Returns what was recorded of this run before us: nothing, unless we took it over. */
function earlierOf({ crew, told, recorder }: Stage): Earlier {
  const earlier = new Earlier();
  if (crew.atWork.length === 0) return earlier;
  if (told.resumed === null)
    recorder.note(
      "the reports that the previous coordinator received are not in these figures, because only --out keeps them",
    );
  else earlier.read(told.resumed, recorder);
  return earlier;
}

async function play(world: World, stage: Stage, handle: LoadHandle): Promise<void> {
  const { job, recorder, crew, told, moments, interrupts } = stage;
  const quiet = isQuiet(stage.flags);
  const ended = { ...stage, seed: crew.seed };
  const beginsInMs = handle.beganAtMs - crew.clock.nowMs();
  let interrupted = true;
  try {
    const endsInMs = job.durationMs === null ? null : Math.max(0, beginsInMs + job.durationMs + lastMs(job));
    const { durationMs } = job;
    interrupted = await follow(world, { handle, recorder, interrupts, quiet, beginsInMs, endsInMs, durationMs });
    if (interrupted) told.control("interrupt", interrupts.by, true);
    else if (recorder.crossing !== null)
      told.control("stop", `threshold ${recorder.crossing.result.threshold.text}`, false);
    moments.ending();
    if (!quiet) drawLine(world.stderr, "ending");
    await handle.stop();
    moments.ended();
  } catch (thrown) {
    drawLine(world.stderr, "");
    told.note(`ended early: ${messageOf(thrown)}`);
    await finish(world, ended, true); // what was recorded until then is the only trace of the load
    throw thrown;
  }
  drawLine(world.stderr, "");
  recorder.usersAtLeast(handle.usersMax);
  await finish(world, ended, interrupted);
}

function lastMs({ plan }: LoadJob): number {
  return isOpenModel(plan.executor) ? LAST_ARRIVALS_MS : 0;
}

function isQuiet({ quiet, onlySummary }: LoadFlags): boolean {
  return quiet === true || onlySummary === true;
}
