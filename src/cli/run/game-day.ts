/** Composes one run from its parts: names, folder, lock, platform, conductor, seal, verdict, reports. */
import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { World } from "../../cli.ts";
import { requireSwitchOff } from "../../control/kill-switch.ts";
import { EvidenceWriter, pointLatest } from "../../evidence/writer.ts";
import { EVIDENCE_VERSION, type RunRecord } from "../../evidence.ts";
import { startWatchdog, type Watchdog } from "../../fault/watchdog.ts";
import { JournalFile } from "../../journal/write.ts";
import { OUTPUTS } from "../../output/catalogue.ts";
import { Outputs } from "../../output/outputs.ts";
import type { OutputFlags, RunContext } from "../../output.ts";
import { estimate } from "../../plan/estimate.ts";
import { portable } from "../../plan/portable.ts";
import type { Plan } from "../../plan.ts";
import type { Platform } from "../../platform.ts";
import { conduct } from "../../run/conductor.ts";
import { takeLock, takeSharedLock } from "../../run/lock.ts";
import { runName } from "../../run/name.ts";
import { platformKind } from "../../run/platforms.ts";
import { Steering } from "../../run/steering.ts";
import type { Run } from "../../run.ts";
import { type Clock, monotonicClock } from "../../std/clock.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { bugError, describeBug } from "../bug.ts";
import type { PlanFile } from "../plan-file.ts";
import { redactFiles } from "../redact.ts";
import { showOnDashboard } from "../serve/open.ts";
import { stateFolderOf } from "../state-folder.ts";
import { environmentRecord } from "./environment.ts";
import { interruptible } from "./interrupt.ts";
import { finishFolder, reportBegin, reportSoFar } from "./judgement.ts";
import { listenToPeople } from "./listen.ts";
import { RunView } from "./live-view.ts";
import { liveParts, type PartsWithLive } from "./parts.ts";

const LOGS = "logs";

export interface GameDayFlags {
  /** Whether to show the run on the dashboard. */
  readonly dashboard?: boolean;
  readonly out?: string;
  readonly seed?: string;
  /** The flags of the outputs, by the names that commander gives them. */
  readonly outputs?: OutputFlags;
  /** Run.upWithinMs. */
  readonly upWithinMs?: number;
}

/** What identifies a run, fixed before anything is started. */
interface Identity {
  readonly runId: string;
  readonly seed: string;
  readonly startedAt: Date;
  readonly clock: Clock;
  readonly folder: string;
}

/** Runs the plan and returns the exit code of its verdict. Throws GamedayError if there is nothing to judge. */
export async function playGameDay(world: World, planFile: PlanFile, flags: GameDayFlags): Promise<number> {
  requireSwitchOff(stateFolderOf(world));
  const identity = identify(world, planFile, flags);
  const { runId, clock, folder, startedAt } = identity;
  const kind = platformKind(planFile.plan.platform.kind);
  await using _lock = await lockFor(kind.exclusive, { pid: world.pid, runId, since: startedAt.toISOString() });
  await using outputs = await Outputs.open(OUTPUTS, contextOf(world, planFile, identity), {
    flags: flags.outputs ?? {},
    env: world.env,
  });
  const evidence = openRunFolder(world, planFile, identity, flags);
  outputs.listenTo(evidence);
  if (flags.dashboard === true) await showOnDashboard(world, { folder, flags: ["--plans", dirname(planFile.file)] });
  const stateFolder = stateFolderOf(world);
  const places = { stateFolder, planFolder: dirname(planFile.file), logFolder: join(folder, LOGS) };
  await using platform = await kind.create(planFile.plan.platform, { runId, clock, ...places });
  await using journal = await openJournal(platform, planFile.plan, identity, stateFolder);
  await using watchdog =
    platform.outlivesTool === true ? await guardFaults(world, journal.path, evidence, clock) : null;
  const { plan } = planFile;
  const flush = () => evidence.flush();
  const pods = { world, platform: plan.platform, durationMs: estimate(plan).durationMs, flush };
  const soFar = () => {
    flush();
    reportSoFar(world, folder);
  };
  const parts = liveParts(soFar, pods, outputs.onRequests);
  const assertGuarded = () => watchdog?.assertAlive();
  const run: Run = {
    ...identity,
    plan,
    planFolder: places.planFolder,
    platform,
    evidence,
    journal,
    parts,
    assertGuarded,
    stop: new AbortController(),
    steering: new Steering(),
    ...(flags.upWithinMs !== undefined && { upWithinMs: flags.upWithinMs }),
  };
  await using _control = await listenToPeople(world, run, { stateFolder, folder });
  const notReady = await watched(world, run, parts)
    .finally(() => settleOutputs(outputs, evidence, clock))
    .finally(() => evidence.conclude(clock.nowMs()))
    .finally(() => evidence.close());
  redactFiles(join(folder, LOGS), planFile.secrets);
  if (evidence.failure !== null) throw evidence.failure;
  const exitCode = finishFolder(world, folder, notReady, (verdict) => outputs.verdict(verdict));
  return isBug(run.stop.signal.reason) ? ExitCode.bug : exitCode;
}

/**
 * Creates the journal. If the platform outlives us, its undo records must outlive us too, with everything needed to reach it
 * again. A platform that dies with us needs no undoing then: its journal is in the run folder, so that a killed run leaves
 * nothing elsewhere.
 */
function openJournal(
  platform: Platform,
  plan: Plan,
  { runId, clock, folder }: Identity,
  stateFolder: string,
): Promise<JournalFile> {
  return platform.outlivesTool === true
    ? JournalFile.create(join(stateFolder, "journal"), { runId, platform: plan.platform }, clock)
    : JournalFile.create(folder, { runId, platform: { kind: platform.kind } }, clock);
}

function identify(world: World, planFile: PlanFile, flags: GameDayFlags): Identity {
  const startedAt = world.now();
  const seed = flags.seed ?? planFile.plan.seed ?? String(randomInt(1_000_000));
  const runId = runName(planFile.plan.name, startedAt, seed);
  return {
    runId,
    seed,
    startedAt,
    clock: monotonicClock(),
    folder: resolve(world.cwd, flags.out ?? join("runs", runId)),
  };
}

function openRunFolder(world: World, planFile: PlanFile, identity: Identity, flags: GameDayFlags): EvidenceWriter {
  const { folder } = identity;
  const record = recordOf(world, planFile, identity);
  const { secrets } = planFile;
  for (const path of [folder, relative(world.cwd, folder)]) secrets.keep(path);
  const redact = secrets.isEmpty ? null : (text: string) => secrets.redact(text);
  const evidence = new EvidenceWriter({ folder, run: record, planText: planFile.text, redact, owner: world.owner });
  mkdirSync(join(folder, LOGS));
  reportBegin(world, folder, planFile.plan.name);
  if (flags.out === undefined && !pointLatest(folder, world.owner))
    world.stderr.write("gameday: runs/latest could not be updated to this run\n");
  world.stdout.write(`${record.command}\nevidence: ${folder}\n`);
  return evidence;
}

/**
 * Starts the watchdog: the platform continues to run if we die, and a separate process then undoes what the journal holds
 * open.
 */
function guardFaults(world: World, journal: string, evidence: EvidenceWriter, clock: Clock): Promise<Watchdog> {
  return startWatchdog({
    argv: [...world.self, "watchdog", "--journal", journal],
    heard: (says) => evidence.event({ atMs: clock.nowMs(), type: "note", source: "watchdog", says }),
    signal: new AbortController().signal,
  });
}

/** Records what the outputs lost as part of the evidence: a chart elsewhere may lack what happened here. */
async function settleOutputs(outputs: Outputs, evidence: EvidenceWriter, clock: Clock): Promise<void> {
  for (const says of await outputs.settle())
    evidence.event({ atMs: clock.nowMs(), type: "note", source: "output", says });
}

function contextOf(world: World, { plan, secrets }: PlanFile, identity: Identity): RunContext {
  const { runId, seed, startedAt, clock, folder } = identity;
  const redact = secrets.isEmpty ? null : (text: string) => secrets.redact(text);
  const about = { plan: plan.name, platform: plan.platform.kind, version: world.version };
  const say = (text: string) => void world.stderr.write(`gameday: ${text}\n`);
  return { runId, seed, startedAtMs: startedAt.getTime(), clock, folder, redact, say, ...about };
}

function isBug(reason: unknown): boolean {
  return reason instanceof GamedayError && reason.exitCode === ExitCode.bug;
}

async function watched(world: World, run: Run, parts: PartsWithLive): Promise<GamedayError | null> {
  using _interrupt = interruptible(world, run);
  using _crash = world.onCrash((thrown) => {
    world.stderr.write(describeBug(thrown));
    run.stop.abort(bugError(thrown));
  });
  using view = new RunView({
    out: world.stdout,
    clock: run.clock,
    expectedDurationMs: estimate(run.plan).durationMs,
    load: () => parts.live(),
  });
  run.evidence.onEvent((event) => view.event(event));
  run.evidence.onFailure((failure) => run.stop.abort(failure));
  try {
    await conduct(run);
    return null;
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown; // the platform was never ready: what was recorded is still evidence
    throw thrown;
  }
}

function recordOf(world: World, planFile: PlanFile, { runId, seed, startedAt, clock }: Identity): RunRecord {
  return {
    version: EVIDENCE_VERSION,
    runId,
    plan: planFile.secrets.redactPlan(portable(planFile.plan, dirname(planFile.file))),
    seed,
    command: `gameday run ${relative(world.cwd, planFile.file)} --seed ${seed}`,
    startedAt: startedAt.toISOString(),
    tool: { name: "gameday", version: world.version },
    environment: environmentRecord(clock),
  };
}

async function lockFor(
  exclusive: boolean,
  holder: { pid: number; runId: string; since: string },
): Promise<AsyncDisposable> {
  return exclusive ? takeLock("run", holder) : takeSharedLock("run", holder);
}
