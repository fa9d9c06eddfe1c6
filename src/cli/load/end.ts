/** The end of a load: its summary for people and for machines, and its exit code. */
import type { World } from "../../cli.ts";
import type { Recorder } from "../../load/count/recorder.ts";
import { formatSummary } from "../../load/count/summary.ts";
import type { LoadPlan } from "../../plan.ts";
import { worst } from "../../status.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { SummaryFile } from "./files.ts";
import type { LoadJob } from "./flags.ts";

export interface Ended {
  readonly recorder: Recorder;
  readonly seed: string;
  readonly baseUrl: string;
  readonly job: LoadJob;
  readonly json: SummaryFile | null;
}

export function finish(world: World, load: Ended, interrupted: boolean): void {
  const { recorder, json, seed } = load;
  const code = exitCodeOf(load, interrupted);
  world.setExitCode(code);
  const people = json?.isOutput === true ? world.stderr : world.stdout;
  people.write(`\n${formatSummary(recorder.summary())}  seed ${seed}\n`);
  if (json === null) return;
  const text = `${JSON.stringify({ ...recorder.json(seed), ...circumstances(world, load, interrupted, code) }, null, 2)}\n`;
  if (json.isOutput) world.stdout.write(text);
  else written(json, text, code);
}

/** Returns the conditions under which the figures were measured, so that the file can be understood on its own. */
function circumstances(world: World, { baseUrl, job: { plan } }: Ended, interrupted: boolean, exitCode: ExitCode) {
  const { executor, stages, workers } = plan;
  const scenarios = plan.scenarios.map(({ file }) => file);
  return {
    host: baseUrl,
    scenarios,
    executor,
    stages,
    workers,
    interrupted,
    exitCode,
    endedAt: world.now().toISOString(),
  };
}

/** Writes the summary. If it cannot be written, a threshold that failed still decides the exit code. */
function written(json: SummaryFile, text: string, code: ExitCode): void {
  try {
    json.write(text);
  } catch (thrown) {
    throw thrown instanceof GamedayError && code === ExitCode.fail ? thrown.withExitCode(code) : thrown;
  }
}

/**
 * Returns the exit code. Thresholds decide it. A threshold without samples makes it unknown, and so does a load that was cut
 * short, or in which no iteration, or not every requested one, was completed. A platform that no request reached was not
 * ready, unless a threshold defines what that means.
 */
function exitCodeOf({ recorder, baseUrl, job }: Ended, interrupted: boolean): ExitCode {
  const { thresholds } = recorder.summary();
  const status = thresholds.length === 0 ? "pass" : worst(thresholds.map((result) => result.status));
  if (status === "fail") return ExitCode.fail;
  const { iterated, unreached } = recorder;
  if (!iterated) recorder.note("no iteration came to its end, so this load has proven nothing");
  const undone = isUndone(recorder, job.plan);
  if (unreached) recorder.note(`no request reached the platform: does it listen at ${baseUrl}?`);
  if (unreached && thresholds.length === 0 && !interrupted) return ExitCode.notReady;
  return status === "unknown" || interrupted || !iterated || undone ? ExitCode.unknown : ExitCode.pass;
}

/** Returns whether iterations were lost: no other worker takes over the iterations that a lost worker had not done. */
function isUndone(recorder: Recorder, { executor, iterations = 1, stages }: LoadPlan): boolean {
  const done = recorder.iterationsInSpiteOfLoss;
  if (done === null || !executor.endsWith("-iterations")) return false;
  const asked = executor === "shared-iterations" ? iterations : iterations * (stages[0]?.target ?? 0);
  if (done >= asked) return false;
  recorder.note(`${done} of ${asked} iterations are known to be done: the rest of a lost worker is done by nobody`);
  return true;
}
