/** One supervised program: started in its own session, restarted with backoff, ended with everything that it started. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { FrozenGroup, findGroup } from "./freezer.ts";
import { belonging, processTable } from "./process.ts";
import type { ProcessRow, ServicePhase, ServiceReport, ServiceSpec } from "./protocol.ts";

/** A run of at least this length counts as successful: the backoff starts again from its minimum after it. */
const STEADY_MS = 10_000;
/** A process may fork before it is signalled; the next round finds its child. */
const STOP_ROUNDS = 5;

export class Service {
  #spec: ServiceSpec;
  #child: ChildProcess | null = null;
  #phase: ServicePhase = "held";
  #timer: NodeJS.Timeout | undefined;
  #throttle: NodeJS.Timeout | undefined;
  #frozen: FrozenGroup | null = null;
  #starts = 0;
  #failures = 0;
  #inARow = 0;
  #lastEnd: string | null = null;
  #startedAtMs = 0;
  /** The main process of the last start, kept to find what it left behind. */
  #lastPid: number | null = null;

  constructor(spec: ServiceSpec) {
    this.#spec = spec;
  }

  /** Starts the service with the given spec, unless it is already running. */
  start(spec: ServiceSpec): void {
    this.#spec = spec;
    clearTimeout(this.#timer);
    if (this.#child === null) this.#spawn();
  }

  /** Requests the service to end, waits, then kills it; it stays down. */
  async stop(graceMs: number): Promise<void> {
    this.#hold();
    this.#child?.kill("SIGTERM");
    await this.#gone(graceMs);
    await this.#killAll();
  }

  async kill(): Promise<void> {
    this.#hold();
    await this.#killAll();
  }

  /** Kills all its processes; the supervisor then acts as after any other death. */
  async crash(): Promise<void> {
    await this.#killAll();
  }

  /**
   * Stops and continues all its processes in turns, by signals: a limit that leaves nothing on the machine. null removes the
   * limit.
   */
  throttle(share: { readonly runMs: number; readonly periodMs: number } | null): void {
    clearInterval(this.#throttle);
    this.#throttle = undefined;
    this.signal("SIGCONT");
    if (share === null) return;
    this.#throttle = setInterval(() => {
      this.signal("SIGSTOP");
      setTimeout(() => this.signal("SIGCONT"), share.periodMs - share.runMs);
    }, share.periodMs);
  }

  signal(signal: NodeJS.Signals): number {
    const rows = this.#processes();
    for (const row of rows) sendSignal(row.pid, signal);
    return rows.length;
  }

  /** Freezes all its processes. Harmless when they are frozen already. */
  async freeze(): Promise<void> {
    if (this.#frozen !== null) return;
    const group = findGroup();
    this.#frozen = group === null ? null : await FrozenGroup.of(group, () => this.#processes().map(({ pid }) => pid));
    if (this.#frozen !== null) return;
    for (let round = 0; round < STOP_ROUNDS && howFrozen(this.#processes(), null) === null; round++)
      this.signal("SIGSTOP");
  }

  async thaw(): Promise<void> {
    const group = this.#frozen;
    this.#frozen = null;
    await group?.thaw();
    this.signal("SIGCONT");
  }

  report(table: readonly ProcessRow[]): ServiceReport {
    const processes = belonging(table, this.#child?.pid ?? this.#lastPid, this.#ownedUid());
    return {
      name: this.#spec.name,
      phase: this.#phase,
      pid: this.#child?.pid ?? null,
      starts: this.#starts,
      failures: this.#failures,
      lastEnd: this.#lastEnd,
      frozen: howFrozen(processes, this.#frozen),
      throttled: this.#throttle !== undefined,
      processes,
    };
  }

  #spawn(): void {
    const [file = "", ...args] = this.#spec.argv;
    const log = openSync(this.#spec.log, "a", 0o644);
    const child = spawn(file, args, {
      env: { ...this.#spec.env },
      cwd: this.#spec.cwd,
      uid: this.#spec.uid,
      gid: this.#spec.gid,
      detached: true, // a session of its own, by which its workers are found
      stdio: ["ignore", log, log, ...(this.#spec.inherit === undefined ? [] : [this.#spec.inherit])],
    });
    this.#starts++;
    this.#startedAtMs = performance.now();
    this.#child = child;
    this.#lastPid = child.pid ?? null;
    this.#phase = "running";
    child.once("error", (error) => {
      writeSync(log, `could not be started: ${error.message}\n`);
      if (child.pid === undefined) this.#ended(`not started: ${error.message}`);
    });
    child.once("exit", (code, signal) => this.#ended(signal ?? `exit ${code}`));
    setImmediate(() => closeSync(log));
  }

  #ended(how: string): void {
    this.#child = null;
    this.#lastEnd = how;
    if (this.#phase === "held") return;
    this.#failures++;
    this.#inARow = performance.now() - this.#startedAtMs > STEADY_MS ? 1 : this.#inARow + 1;
    const { restart } = this.#spec;
    this.#phase = restart === null ? "ended" : "waiting";
    if (restart === null) return;
    const waitMs = Math.min(restart.maxMs, restart.minMs * 2 ** (this.#inARow - 1));
    this.#timer = setTimeout(() => void this.#again(), waitMs);
  }

  /**
   * Restarts the service. Processes that a dead main process left running would hold its port, so they are killed first. A daemon
   * that lives apart from its main process is spared: a postmaster outlives its Patroni and is taken over by the next one.
   */
  async #again(): Promise<void> {
    if (!this.#spec.ownsUser) await this.#killAll();
    if (this.#phase === "waiting") this.#spawn();
  }

  #hold(): void {
    clearTimeout(this.#timer);
    this.#phase = "held";
    this.#inARow = 0;
  }

  /** Kills until nothing is left: a process may fork before it is killed. */
  async #killAll(): Promise<void> {
    this.#frozen?.kill();
    for (let round = 0; round < 200; round++) {
      const rows = this.#processes();
      if (rows.length === 0 && this.#child === null) return;
      for (const row of rows) sendSignal(row.pid, "SIGKILL");
      await delay(5);
    }
  }

  async #gone(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (performance.now() < end && this.#processes().length > 0) await delay(20);
  }

  #processes(): ProcessRow[] {
    return belonging(processTable(), this.#child?.pid ?? this.#lastPid, this.#ownedUid()).filter(
      (row) => row.pid !== process.pid,
    );
  }

  #ownedUid(): number | null {
    return this.#spec.ownsUser ? this.#spec.uid : null;
  }
}

/** Describes how the processes are frozen, as the kernel reports it from inside; null when they are not all frozen. */
function howFrozen(processes: readonly ProcessRow[], group: FrozenGroup | null): string | null {
  if (processes.length === 0) return null;
  if (group?.isFrozen() === true && processes.every(({ pid }) => group.holds(pid)))
    return `in a control group that is frozen (cgroup.events)`;
  return processes.every(({ state }) => state === "T") ? "stopped (state T)" : null;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended in between, so it needs no signal
  }
}
