/** The end of a load: its summary for people and for machines, and its exit code. */
import type { World } from "../../cli.ts";
import type { Recorder } from "../../load/count/recorder.ts";
import { formatSummary } from "../../load/count/summary.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { LoadJob } from "./flags.ts";
import type { SummaryFile } from "./summary-file.ts";
import type { LoadTold } from "./told.ts";

export interface Ended {
  readonly recorder: Recorder;
  readonly seed: string;
  readonly baseUrl: string;
  readonly job: LoadJob;
  readonly json: SummaryFile | null;
  readonly told: Pick<LoadTold, "plan" | "close">;
}

/** Judges a load, prints its summary, and closes its evidence. The exit code is the same with and without a folder. */
export async function finish(world: World, load: Ended, interrupted: boolean): Promise<void> {
  const { recorder, json, seed } = load;
  const code = await exitCodeOf(load, interrupted);
  world.setExitCode(code);
  const people = json?.isOutput === true ? world.stderr : world.stdout;
  people.write(`\n${formatSummary(recorder.summary())}  seed ${seed}\n`);
  const report = await load.told.close();
  if (report !== null) people.write(`  report ${report}\n`);
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
async function exitCodeOf({ recorder, baseUrl, told }: Ended, interrupted: boolean): Promise<ExitCode> {
  const { judgeLoadAlone } = await import("../../verdict/load-alone.ts"); // judging must not delay the first request
  const { status, thresholds, ran } = judgeLoadAlone(told.plan, recorder.timeline, recorder.load);
  recorder.judged(new Map(thresholds.map(({ id, status: each }) => [id.replace(/^threshold /, ""), each])));
  if (status === "fail") return ExitCode.fail;
  const { isUnreached, isIterated } = recorder.load.outcome;
  if (ran.status !== "pass" && !interrupted && !(isUnreached && isIterated)) recorder.note(asNote(ran.because));
  if (isUnreached) recorder.note(`no request reached the platform: does it listen at ${baseUrl}?`);
  if (isUnreached && thresholds.length === 0 && !interrupted) return ExitCode.notReady;
  return status === "unknown" || interrupted ? ExitCode.unknown : ExitCode.pass;
}

/** Returns a sentence in the form of the other notes: without capital and full stop. */
function asNote(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, "");
}
