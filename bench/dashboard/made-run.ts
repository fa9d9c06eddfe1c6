/**
 * A run folder that is written at real speed, as a run of two workers and six streams of probes writes its own, with an event every two
 * seconds. To the dashboard it is a run in progress.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { register } from "../../src/control/registry.ts";
import { controlPath } from "../../src/control/socket.ts";

const FIXTURE = join(import.meta.dirname, "../../test/fixtures/runs/fake");
const BEAT_MS = 50;
const EVENT_MS = 2_000;
const STREAMS = ["order-write", "session-write", "read"].flatMap((name) => [`${name}/kept`, `${name}/fresh`]);
/** A real interval has some 12 KB, which is four times that of the fixture. */
const COPIES = [0, 1, 2, 3];

interface Delta {
  readonly metric: string;
}

export class MadeRun implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "gameday-bench-"));
  readonly stateFolder = join(this.root, "state");
  readonly runsFolder = join(this.root, "runs");
  readonly #folder = join(this.runsFolder, "live");
  readonly #intervals: readonly (Record<string, unknown> & { readonly metrics: readonly Delta[] })[];
  readonly #startedMs = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #listener: Server;
  readonly #note: Disposable;
  /** The wall clock at which each mark was written, by its words. */
  readonly writtenAt = new Map<string, number>();
  #beats = 0;
  #sequence = 0;

  constructor() {
    cpSync(FIXTURE, this.#folder, { recursive: true });
    this.#intervals = this.#read("intervals.ndjson")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const record = JSON.parse(this.#read("run.json"));
    const plan = { ...record.plan, objectives: [] };
    writeFileSync(join(this.#folder, "run.json"), JSON.stringify({ ...record, runId: "live", plan }));
    for (const name of ["manifest.json", "verdict.json", "history.ndjson", "ledger.ndjson"])
      rmSync(join(this.#folder, name));
    for (const name of ["timeline", "intervals"]) writeFileSync(join(this.#folder, `${name}.ndjson`), "");
    this.#note = register(this.stateFolder, { runId: "live", pid: process.pid, folder: this.#folder });
    this.#listener = createServer((socket) => socket.on("error", () => socket.destroy()).resume());
    this.#listener.listen(controlPath(this.stateFolder, "live"));
    this.#append("timeline", { atMs: this.#nowMs(), type: "phase", phase: "load", edge: "begin" });
    this.#append("timeline", { atMs: this.#nowMs(), type: "load", edge: "steady", users: 5 });
    this.#timers.push(setInterval(() => this.#beat(), BEAT_MS));
    this.#timers.push(setInterval(() => this.#report(), 1_000));
    this.#timers.push(setInterval(() => this.#mark(), EVENT_MS));
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#note[Symbol.dispose]();
    this.#listener.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  #nowMs(): number {
    return performance.now() - this.#startedMs;
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), "utf8");
  }

  #append(name: string, ...values: readonly object[]): void {
    const lines = values.map((value) => `${JSON.stringify(value)}\n`);
    appendFileSync(join(this.#folder, `${name}.ndjson`), lines.join(""));
  }

  #beat(): void {
    const [completedAtMs, atMs] = [this.#nowMs(), this.#nowMs() - 3];
    const shared = { object: "o", kind: "add", input: null, attempt: 1, outcome: { type: "ok", output: null } };
    const times = { intendedAtMs: atMs, invokedAtMs: atMs, completedAtMs };
    this.#append(
      "history",
      ...STREAMS.map((stream) => {
        const [name = "", connection = ""] = stream.split("/");
        const who = { id: `live/${stream}/${this.#beats}`, process: `probe/${stream}` };
        return { ...who, ...shared, ...times, probe: { class: name, connection } };
      }),
    );
    this.#beats++;
  }

  #report(): void {
    this.#sequence++;
    const { metrics = [] } = this.#intervals[this.#sequence % this.#intervals.length] ?? {};
    const copied = COPIES.flatMap((copy) =>
      metrics.map((one) => ({ ...one, metric: one.metric.replace("name:", `name:${copy} `) })),
    );
    const toMs = this.#nowMs();
    for (const worker of ["w0", "w1"]) {
      const when = { worker, sequence: this.#sequence, fromMs: toMs - 1_000, toMs };
      this.#append("intervals", { ...this.#intervals[5], ...when, metrics: copied });
    }
  }

  #mark(): void {
    const says = `mark ${this.writtenAt.size};`; // what follows it on the page may begin with a digit
    this.writtenAt.set(says, Date.now());
    this.#append("timeline", { atMs: this.#nowMs(), type: "note", source: "bench", says });
  }
}
