/** Composes one run from its parts: names, folder, lock, platform, conductor, seal, verdict, reports. */
import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { World } from "../cli.ts";
import { seal } from "../evidence/seal.ts";
import { EvidenceWriter, pointLatest } from "../evidence/writer.ts";
import { EVIDENCE_VERSION, type RunRecord } from "../evidence.ts";
import { JournalFile } from "../journal/write.ts";
import { estimate } from "../plan/estimate.ts";
import type { Platform } from "../platform.ts";
import { conduct } from "../run/conductor.ts";
import { takeLock } from "../run/lock.ts";
import { runName } from "../run/name.ts";
import type { Run } from "../run.ts";
import { monotonicClock } from "../std/clock.ts";
import { GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { environmentRecord } from "./environment.ts";
import { interruptible } from "./interrupt.ts";
import { judgeFolder, reportSoFar } from "./judgement.ts";
import { LiveView } from "./live-view.ts";
import { liveParts, type PartsWithLive } from "./parts.ts";
import type { PlanFile } from "./plan-file.ts";
import { platformKind } from "./platforms.ts";
import { stateFolderOf } from "./state-folder.ts";

export interface GameDayFlags {
  readonly out?: string;
  readonly seed?: string;
}

/** Runs the plan and returns the exit code of its verdict. Throws GamedayError when there is nothing to judge. */
export async function playGameDay(world: World, planFile: PlanFile, flags: GameDayFlags): Promise<number> {
  const clock = monotonicClock();
  const startedAt = world.now();
  const seed = flags.seed ?? planFile.plan.seed ?? String(randomInt(1_000_000));
  const runId = runName(planFile.plan.name, startedAt, seed);
  const folder = resolve(world.cwd, flags.out ?? join("runs", runId));
  const kind = platformKind(planFile.plan.platform.kind);
  await using _lock = await lockFor(kind.exclusive, { pid: world.pid, runId, since: startedAt.toISOString() });
  const record = recordOf(world, planFile, { runId, seed, startedAt, file: relative(world.cwd, planFile.file) });
  const evidence = new EvidenceWriter({
    folder,
    run: record,
    planText: planFile.text,
    redact: (text) => planFile.secrets.redact(text),
    owner: world.owner,
  });
  if (flags.out === undefined) pointLatest(folder);
  world.stdout.write(`${record.command}\nevidence: ${folder}\n`);
  mkdirSync(join(folder, "logs"));
  const stateFolder = stateFolderOf(world);
  await using platform = await kind.create(planFile.plan.platform, {
    runId,
    clock,
    stateFolder,
    planFolder: dirname(planFile.file),
    logFolder: join(folder, "logs"),
  });
  const header = { runId, platform: planFile.plan.platform };
  await using journal = await JournalFile.create(join(stateFolder, "journal"), header, clock);
  const parts = liveParts(() => {
    evidence.flush();
    reportSoFar(world, folder);
  });
  const run: Run = {
    runId,
    plan: planFile.plan,
    seed,
    clock,
    platform,
    evidence,
    journal,
    parts,
    stop: new AbortController(),
  };
  const outcome = await watched(world, run, parts);
  evidence.close();
  if (evidence.failure !== null) throw evidence.failure;
  return finish(world, folder, platform, outcome);
}

async function watched(world: World, run: Run, parts: PartsWithLive): Promise<GamedayError | null> {
  using _interrupt = interruptible(world, run);
  using view = new LiveView({
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
    if (thrown instanceof GamedayError) return thrown; // the platform was never ready: what was seen is still evidence
    throw thrown;
  }
}

/** Seals, judges, reports; a platform that was never ready keeps its own exit code. */
function finish(world: World, folder: string, _platform: Platform, notReady: GamedayError | null): number {
  seal(folder);
  const exitCode = judgeFolder(world, folder);
  if (notReady === null) return exitCode;
  world.stderr.write(`gameday: ${notReady.describe()}\n`);
  return notReady.exitCode;
}

function recordOf(
  world: World,
  planFile: PlanFile,
  run: { runId: string; seed: string; startedAt: Date; file: string },
): RunRecord {
  return {
    version: EVIDENCE_VERSION,
    runId: run.runId,
    plan: planFile.plan,
    seed: run.seed,
    command: `gameday run ${run.file} --seed ${run.seed}`,
    startedAt: run.startedAt.toISOString(),
    tool: { name: "gameday", version: world.version },
    environment: environmentRecord() as Record<string, Json>,
  };
}

async function lockFor(
  exclusive: boolean,
  holder: { pid: number; runId: string; since: string },
): Promise<AsyncDisposable> {
  return exclusive ? takeLock("run", holder) : { [Symbol.asyncDispose]: async () => undefined };
}
