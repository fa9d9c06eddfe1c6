/** A lab that runs in its own process: it can be started, ended and queried from any terminal of its owner. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { HealthLine } from "../../platform.ts";
import { monotonicClock } from "../../std/clock.ts";
import { abortAt } from "../../std/deadline.ts";
import { entryBeside } from "../../std/entry.ts";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { until } from "../../std/wait.ts";
import { attachLab } from "./attach.ts";
import { resolvedLabConfig, upWithinMs } from "./config.ts";
import type { DaemonBoot, DaemonNews } from "./daemon/main.ts";
import { demandMachine } from "./preflight.ts";
import { currentLab, demandNoLab, type LabHolder } from "./single.ts";
import { tailOf } from "./space.ts";

export interface LabStatus {
  /** null when there is none on this machine. */
  readonly holder: LabHolder | null;
  /** null when it cannot be attached to because it lives inside a run. */
  readonly endpoint: string | null;
  readonly health: readonly HealthLine[];
}

const SETTLE_MS = 20_000;
const DAEMON = entryBeside(import.meta.url, "./daemon/main");

/** Starts a lab in its own daemon and returns once it is up. Throws the reason when it does not come up. */
export async function labUp(
  config: unknown,
  options: { readonly folder: string; readonly stateFolder: string },
  signal: AbortSignal,
): Promise<LabStatus> {
  const parsed = resolvedLabConfig.parse(config);
  demandMachine(options.stateFolder);
  await demandNoLab();
  const folder = join(options.stateFolder, "lab");
  const log = openLog(folder);
  const boot: DaemonBoot = {
    config: parsed as unknown as Json,
    folder: options.folder,
    logFolder: join(folder, "log"),
    control: join(folder, "control.sock"),
  };
  using limit = abortAt({ what: "the lab to be up", deadlineMs: upWithinMs(parsed), signal });
  await launch(boot, log, limit.signal);
  return settled(signal);
}

/**
 * Returns the status once everything is healthy, or the current one when that takes too long: a platform may be broken on
 * purpose.
 */
async function settled(signal: AbortSignal): Promise<LabStatus> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const status = await labStatus(signal);
    if (status.health.every((line) => line.ok) || performance.now() > end) return status;
    await delay(250, undefined, { signal });
  }
}

/** Ends the lab that runs in its own process. Returns its holder; null when there was none. */
export async function labDown(signal: AbortSignal): Promise<LabHolder | null> {
  const holder = await currentLab();
  if (holder === undefined) return null;
  if (holder.control === null) throw insideRun(holder);
  const lab = await attachLab(holder.control, monotonicClock());
  await lab.down(signal);
  await until(async () => (await currentLab())?.pid !== holder.pid, {
    what: `the lab of process ${holder.pid} to end`,
    deadlineMs: 20_000,
    signal,
  });
  await lab[Symbol.asyncDispose]();
  return holder;
}

export async function labStatus(signal: AbortSignal): Promise<LabStatus> {
  const holder = (await currentLab()) ?? null;
  if (holder?.control == null) return { holder, endpoint: null, health: [] };
  const lab = await attachLab(holder.control, monotonicClock());
  try {
    return { holder, endpoint: lab.endpoint(), health: await lab.health(signal) };
  } finally {
    await lab[Symbol.asyncDispose]();
  }
}

interface DaemonLog {
  readonly path: string;
  readonly descriptor: number;
}

function openLog(folder: string): DaemonLog {
  const path = join(folder, "daemon.log");
  try {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 }); // with "recursive", a read-only disk would give ENOENT
    return { path, descriptor: openSync(path, "w", 0o600) };
  } catch (cause) {
    throw new GamedayError({
      code: "lab-folder",
      expected: `to write the lab's log to ${path}`,
      got: messageOf(cause),
      hint: "free some space or grant the right to write there, or name another folder in GAMEDAY_STATE",
      exitCode: ExitCode.notReady,
      cause,
    });
  }
}

function launch(boot: DaemonBoot, { path, descriptor }: DaemonLog, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [DAEMON], {
    detached: true,
    cwd: "/",
    stdio: ["ignore", descriptor, descriptor, "ipc"],
  });
  closeSync(descriptor);
  return new Promise<void>((resolve, reject) => {
    const abort = () => {
      child.kill("SIGTERM");
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    child.once("error", reject);
    child.send(boot, (trouble) => trouble !== null && reject(trouble));
    child.once("message", (news) => settle(news as DaemonNews, resolve, reject));
    child.once("exit", (code) => reject(diedEarly(code, path)));
    child.once("exit", () => signal.removeEventListener("abort", abort));
  }).finally(() => {
    if (child.connected) child.disconnect();
    child.unref();
  });
}

function settle(news: DaemonNews, resolve: () => void, reject: (reason: GamedayError) => void): void {
  if (news.up) {
    resolve();
    return;
  }
  reject(new GamedayError({ ...news.error, exitCode: ExitCode.notReady }));
}

function diedEarly(code: number | null, log: string): GamedayError {
  return new GamedayError({
    code: "lab-daemon-died",
    expected: "the lab's daemon to come up",
    got: `exit ${code}: ${tailOf(log)}`,
    exitCode: ExitCode.notReady,
  });
}

function insideRun(holder: LabHolder): GamedayError {
  return new GamedayError({
    code: "lab-inside-run",
    expected: "a lab that was started with: gameday lab up",
    got: `the lab of a run (process ${holder.pid}, since ${holder.since})`,
    hint: "end that run",
    exitCode: ExitCode.notReady,
  });
}
