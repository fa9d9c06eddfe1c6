/**
 * Measures one run of one tool: the work is counted at the target, and CPU and memory of the tool's whole session are read from
 * /proc.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** Clock ticks per second of /proc/PID/stat on Linux. */
const TICKS = 100;
const PAGE_BYTES = 4096;
const PORT = 18_431;
/** Start-up and compilation are excluded from the window. */
const WARM_MS = 3_000;

interface TargetStats {
  readonly requests: number;
  readonly wrong: number;
  readonly opened: number;
  readonly open: number;
}

/** Percentiles of the response times as the target measured them, in ms. */
export interface ServerLatency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Round {
  readonly tool: string;
  readonly scenario: string;
  readonly users: number;
  readonly requests: number;
  readonly wrong: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requestsPerCpuSecond: number;
  readonly requestsPerSecond: number;
  /** The maximum within the window, and the means of its first and its last minute (or tenth, if that is shorter). */
  readonly rssBytes: number;
  readonly rssBytesEarly: number;
  readonly rssBytesLate: number;
  readonly connections: number;
  readonly firstRequestMs: number | null;
  readonly server: ServerLatency;
  readonly stdout: string;
}

/** The server under load. It runs on core 0; the tools run on core 1, if there is one. */
export class Target implements AsyncDisposable {
  readonly baseUrl = `http://127.0.0.1:${PORT}`;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(binary: string, delayMs = 0): Promise<Target> {
    const target = new Target(spawn(...pinned(0, [binary, String(PORT), String(delayMs)]), { stdio: "inherit" }));
    for (let tries = 0; tries < 100; tries++) {
      try {
        await target.stats();
        return target;
      } catch {
        await delay(20); // The target is not listening yet.
      }
    }
    throw new Error(`the target does not listen on port ${PORT}`);
  }

  async stats(): Promise<TargetStats> {
    return await this.#ask("/__stats");
  }

  async latency(): Promise<ServerLatency> {
    return await this.#ask("/__latency");
  }

  /**
   * Returns how late requests arrived compared with an even rate, in ms after the earliest one. This consumes the arrivals: call
   * it once, at the end.
   */
  async starts(
    ratePerSecond: number,
  ): Promise<{ readonly count: number; readonly median: number; readonly p99: number }> {
    return await this.#ask(`/__starts?${ratePerSecond}`);
  }

  async reset(): Promise<void> {
    await this.#ask("/__reset");
  }

  async stall(durationMs: number): Promise<void> {
    await this.#ask(`/__stall?${durationMs}`);
  }

  async #ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.baseUrl}${path}`, { signal: AbortSignal.timeout(10_000) });
    return (await answer.json()) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await gone;
  }
}

export interface Job {
  readonly tool: string;
  readonly argv: readonly string[];
  readonly scenario: string;
  readonly users: number;
  readonly rampSeconds?: number;
  /** Excluded from the beginning of the window; WARM_MS by default. */
  readonly warmSeconds?: number;
  readonly seconds: number;
  readonly thinkMs?: number;
  readonly ratePerSecond?: number;
  /** Called once, `afterMs` after the first request. */
  readonly disturb?: { readonly afterMs: number; readonly body: () => Promise<void> };
}

interface Sample {
  readonly atMs: number;
  readonly requests: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly open: number;
}

/** Runs the tool to its end and measures its steady window. */
export async function measure(target: Target, job: Job): Promise<Round> {
  await target.reset();
  const startedMs = performance.now();
  const child = spawn(...pinned(1, job.argv), {
    detached: true, // Gives the tool a session of its own, so that all its processes can be counted.
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environmentOf(target, job) },
  });
  let stdout = "";
  child.stdout.on("data", (data: Buffer) => {
    stdout = (stdout + data.toString()).slice(-20_000);
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let running = true;
  void gone.then(() => {
    running = false;
  });
  const samples: Sample[] = [];
  let disturbed = false;
  while (running && performance.now() - startedMs < (job.seconds + (job.rampSeconds ?? 0) + 30) * 1000) {
    samples.push({ atMs: performance.now(), ...(await sampleOf(target, child.pid ?? 0)) });
    const first = samples.find((sample) => sample.requests > 0);
    if (
      job.disturb !== undefined &&
      !disturbed &&
      first !== undefined &&
      performance.now() - first.atMs >= job.disturb.afterMs
    ) {
      disturbed = true;
      await job.disturb.body();
    }
    await Promise.race([gone, delay(first === undefined ? 10 : 200)]);
  }
  if (running) process.kill(-(child.pid ?? 0), "SIGKILL");
  await gone;
  return roundOf(job, samples, startedMs, await target.stats(), await target.latency(), stdout);
}

function roundOf(
  job: Job,
  samples: readonly Sample[],
  startedMs: number,
  { wrong }: TargetStats,
  server: ServerLatency,
  stdout: string,
): Round {
  const first = samples.find((sample) => sample.requests > 0);
  const warmMs = job.warmSeconds === undefined ? Math.min(WARM_MS, job.seconds * 400) : job.warmSeconds * 1000;
  const fromMs = (first?.atMs ?? startedMs) + (job.rampSeconds ?? 0) * 1000 + warmMs;
  const toMs = (first?.atMs ?? startedMs) + ((job.rampSeconds ?? 0) + job.seconds) * 1000 - 500;
  const window = samples.filter((sample) => sample.atMs >= fromMs && sample.atMs <= toMs);
  const [begin, end] = [window[0], window.at(-1)];
  if (begin === undefined || end === undefined || begin === end)
    throw new Error(`${job.tool} in ${job.scenario}: no steady window\n${stdout}`);
  const requests = end.requests - begin.requests;
  const cpuSeconds = end.cpuSeconds - begin.cpuSeconds;
  const seconds = (end.atMs - begin.atMs) / 1000;
  const edgeMs = Math.min(60_000, seconds * 100);
  return {
    tool: job.tool,
    scenario: job.scenario,
    users: job.users,
    requests,
    wrong,
    seconds,
    cpuSeconds,
    requestsPerCpuSecond: requests / cpuSeconds,
    requestsPerSecond: requests / seconds,
    rssBytes: Math.max(...window.map((sample) => sample.rssBytes)),
    rssBytesEarly: rssWithin(window, begin.atMs, begin.atMs + edgeMs),
    rssBytesLate: rssWithin(window, end.atMs - edgeMs, end.atMs),
    connections: Math.max(...window.map((sample) => sample.open)),
    firstRequestMs: first === undefined ? null : first.atMs - startedMs,
    server,
    stdout,
  };
}

function rssWithin(samples: readonly Sample[], fromMs: number, toMs: number): number {
  const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return within.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / within.length;
}

async function sampleOf(target: Target, session: number): Promise<Omit<Sample, "atMs">> {
  const { requests, open } = await target.stats();
  let ticks = 0;
  let pages = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (Number(fields[3]) !== session) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    pages += Number(fields[21]);
  }
  return { requests, open, cpuSeconds: ticks / TICKS, rssBytes: pages * PAGE_BYTES };
}

/** Returns the user and system time of a process so far. */
export function cpuSecondsOf(pid: number): number {
  const fields = statOf(String(pid));
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Returns the fields of /proc/PID/stat after the name: state, parent, group, session ... */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  } catch {
    return []; // The process ended in the meantime.
  }
}

function environmentOf(target: Target, job: Job): Record<string, string> {
  return {
    SCENARIO: job.scenario,
    BASE: target.baseUrl,
    URL: `${target.baseUrl}/json`,
    N: String(job.users),
    DUR: String(job.seconds),
    RAMP: String(job.rampSeconds ?? 0),
    THINK: String(job.thinkMs ?? 0),
    RATE: String(job.ratePerSecond ?? 0),
    GOMAXPROCS: "1",
    K6_NO_USAGE_REPORT: "true",
    K6_AUTO_EXTENSION_RESOLUTION: "false",
  };
}

/** Returns the command pinned to one core, if there is more than one. */
export function pinned(core: number, argv: readonly string[]): [string, string[]] {
  return cpus().length > 1 ? ["taskset", ["-c", String(core), ...argv]] : [argv[0] ?? "", argv.slice(1)];
}
