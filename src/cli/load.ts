import { randomBytes } from "node:crypto";
import { Command } from "commander";
import type { OutputStream, World } from "../cli.ts";
import type { LoadHandle } from "../load/handle.ts";
import { checkHost, checkLimits, machineLimits } from "../load/preflight.ts";
import { Recorder } from "../load/recorder.ts";
import { startLoad } from "../load/start.ts";
import { formatSummary } from "../load/summary.ts";
import { parseThreshold, type ThresholdResult } from "../objective/threshold.ts";
import { isOpenModel } from "../plan/open-model.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { worst } from "../verdict.ts";
import { gatherCrew } from "./load-crew.ts";
import { demandWritable, OutputFiles, writeFlagFile } from "./load-files.ts";
import { type LoadFlags, type LoadJob, loadOptions, planOfFlags } from "./load-flags.ts";
import { planOnWorkers, printManifests } from "./load-kubernetes.ts";
import { refuseKubernetesFlags } from "./load-kubernetes-flags.ts";

/** Time for arrivals that are due at the very end to begin. */
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

async function runLoad(world: World, scripts: readonly string[], flags: LoadFlags): Promise<void> {
  refuseKubernetesFlags(flags);
  const job = planOfFlags(scripts, flags);
  if (flags.manifest === true) return printManifests(world, job, flags);
  const baseUrl = hostOf(flags);
  const open = isOpenModel(job.plan.executor);
  if (flags.json !== undefined) demandWritable("--json", flags.json);
  const recorder = new Recorder((flags.threshold ?? []).map(parseThreshold), open);
  if (flags.listen === undefined && flags.kubernetes !== true) {
    if (!open) checkLimits(usersOf(job), job.plan.workers, baseUrl, machineLimits());
    await checkHost(baseUrl);
  }
  using files = new OutputFiles(flags.out);
  const abort = new AbortController();
  files.onTrouble((trouble) => abort.abort(trouble));
  using _listening = world.onInterrupt(() => abort.abort(interruptedEarly()));
  await using crew = await gatherCrew(world, job, flags, files, abort.signal);
  const seed = flags.seed ?? randomBytes(4).toString("hex");
  const handle = await startLoad(
    {
      plan: planOnWorkers(job.plan, flags),
      baseUrl,
      runId: crew.runId,
      seed,
      clock: crew.clock,
      onInterval: (interval) => {
        recorder.interval(interval);
        files.write("intervals", interval);
      },
      onOperation: (operation) => files.write("history", operation),
      onEvent: (event) => {
        recorder.event(event);
        files.write("timeline", event);
      },
      signal: abort.signal,
    },
    crew.via,
  );
  _listening[Symbol.dispose](); // from now on an interrupt ends the load in good order
  const untilEndMs = handle.beganAtMs - crew.clock.nowMs() + (job.durationMs ?? 0) + (open ? LAST_ARRIVALS_MS : 0);
  const left = job.durationMs === null ? null : Math.max(0, untilEndMs);
  try {
    const interrupted = await follow(
      world,
      handle,
      { ...job, durationMs: left },
      recorder,
      flags.quiet === true || flags.onlySummary === true,
    );
    await handle.stop();
    finish(world, recorder, flags, { seed, interrupted });
  } catch (thrown) {
    finish(world, recorder, flags, { seed, interrupted: true }); // what was seen until then is the only trace of it
    throw thrown;
  }
}

/** Waits for the end of the load, whatever ends it; true when a person did. */
async function follow(
  world: World,
  handle: LoadHandle,
  job: LoadJob,
  recorder: Recorder,
  quiet: boolean,
): Promise<boolean> {
  const startedMs = performance.now();
  let interrupted = false;
  await new Promise<void>((resolve, reject) => {
    const timers: NodeJS.Timeout[] = [];
    const over = () => {
      for (const timer of timers) clearInterval(timer);
      listening[Symbol.dispose]();
    };
    const end = () => {
      over();
      resolve();
    };
    const listening = world.onInterrupt(() => {
      interrupted = true;
      end();
    });
    timers.push(
      setInterval(() => {
        const { crossing } = recorder;
        if (!quiet) draw(world.stderr, handle, startedMs, job.durationMs);
        if (crossing === null) return;
        recorder.note(`stopped by a threshold that fails: ${crossing.result.threshold.text}`);
        end();
      }, 1_000),
    );
    if (job.durationMs !== null) timers.push(setTimeout(end, job.durationMs));
    void handle.exhausted.then(end);
    handle.finished.catch((thrown: unknown) => {
      over();
      reject(thrown);
    });
  });
  if (!quiet && world.stderr.isTTY) world.stderr.write("\r\u001b[2K");
  return interrupted;
}

function draw(out: OutputStream, handle: LoadHandle, startedMs: number, durationMs: number | null): void {
  const live = handle.live();
  const elapsed = Math.round((performance.now() - startedMs) / 1000);
  const total = durationMs === null ? "" : `/${Math.round(durationMs / 1000)}`;
  const parts = [
    `${elapsed}${total} s`,
    `${live.users} users`,
    `${live.requestsPerSecond.toFixed(0)}/s`,
    live.p95Ms === null ? "p95 -" : `p95 ${live.p95Ms.toFixed(1)} ms`,
    `errors ${(live.failedFraction * 100).toFixed(2)} %`,
    ...(live.dropped > 0 ? [`${live.dropped} DROPPED`] : []),
  ];
  const line = parts.join(" | ");
  if (out.isTTY) out.write(`\r\u001b[2K${line.slice(0, Math.max(1, out.columns - 1))}`);
  else if (elapsed % 10 === 0) out.write(`${line}\n`);
}

function finish(world: World, recorder: Recorder, flags: LoadFlags, end: { seed: string; interrupted: boolean }): void {
  const summary = recorder.summary();
  world.stdout.write(`\n${formatSummary(summary)}  seed ${end.seed}\n`);
  if (flags.json !== undefined)
    writeFlagFile("--json", flags.json, `${JSON.stringify(recorder.json(end.seed), null, 2)}\n`);
  world.setExitCode(exitCodeOf(summary.thresholds, end.interrupted));
}

/** Thresholds decide; one without samples, or a load that was cut short, is unknown. */
function exitCodeOf(thresholds: readonly ThresholdResult[], interrupted: boolean): number {
  const status = thresholds.length === 0 ? "pass" : worst(thresholds.map((result) => result.status));
  if (status === "fail") return ExitCode.fail;
  return status === "unknown" || interrupted ? ExitCode.unknown : ExitCode.pass;
}

function hostOf(flags: LoadFlags): string {
  if (flags.host !== undefined) return flags.host.includes("://") ? flags.host : `http://${flags.host}`;
  throw new GamedayError({
    code: "no-host",
    expected: "to know where the users go",
    got: "neither --host nor BASE_URL",
    hint: "gameday load SCRIPT --host http://127.0.0.1:8080",
  });
}

function usersOf(job: LoadJob): number {
  return Math.max(...job.plan.stages.map((stage) => stage.target));
}

function interruptedEarly(): GamedayError {
  return new GamedayError({
    code: "interrupted",
    expected: "the load to begin",
    got: "an interrupt",
    exitCode: ExitCode.unknown,
  });
}
