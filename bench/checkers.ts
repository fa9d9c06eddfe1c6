/**
 * Measures the checkers against their limits, on seeded histories that it generates itself: `node bench/checkers.ts [NAME...]`.
 * Prints one JSON line per measure: { name, ms, cpuMs, megabytes, limit..., holds }. Exits with 1 when a limit is exceeded. CPU
 * time counts, which on an idle machine is the elapsed time. Each measure runs in a process of its own, so that its memory is its
 * own.
 */
import { spawnSync } from "node:child_process";
import { ackedSet } from "../src/checker/acked-set.ts";
import { importHistory } from "../src/checker/import/import-history.ts";
import { linearize } from "../src/checker/linearizable/linearize.ts";
import { modelNamed } from "../src/checker/linearizable/models.ts";
import type { Operation } from "../src/history.ts";
import type { LedgerLine } from "../src/ledger.ts";
import type { Json } from "../src/std/json.ts";
import { seededRandom } from "../src/std/random.ts";
import { keepYoungHeapSmall } from "../src/std/young-heap.ts";
import { contendedKv } from "../test/histories/contended-kv.ts";
import { execute } from "../test/histories/random-history.ts";
import { jepsenLog } from "../test/histories/write-history.ts";

const RUN = "bench";
const SET_OPERATIONS = 1_000_000;
const LOGS = 102;
const REGISTER_OPERATIONS = 1_000_000;
const COLLECTION = Array.from({ length: 20_000 }, (_, number) => number);

function report(name: string, figures: Readonly<Record<string, unknown>>, holds: boolean): void {
  console.log(JSON.stringify({ name, ...figures, holds }));
  if (!holds) process.exitCode = 1;
}

/** Returns the milliseconds of CPU that this process has used, which a busy machine hardly changes. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Checks a million writes, 1 % of them unanswered, then two reads of all. Each write is generated when it is needed, as if read
 * from a file.
 */
function setCheck(name: string): void {
  const check = ackedSet.begin(
    { object: "orders", checkers: ["acked-set"], options: {} },
    { runId: RUN, faults: [{ experiment: "kill", bitAtMs: 500_000, healedAtMs: 530_000 }], lostWorkers: [] },
  );
  const start = performance.now();
  const cpuStart = cpuMs();
  for (let number = 0; number < SET_OPERATIONS; number++) check.operation(write(number));
  for (const read of [1, 2]) {
    for (let number = 0; number < SET_OPERATIONS; number++) check.ledger(item(read, number));
    check.ledger(end(read));
  }
  const finding = check.finish();
  const ms = Math.round(performance.now() - start);
  const cpu = Math.round(cpuMs() - cpuStart);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const { status, figures } = finding;
  const holds =
    cpu < 3_000 && megabytes < 600 && status === "pass" && figures["acknowledged"] === SET_OPERATIONS * 0.99;
  report(name, { ms, msLimit: 3_000, cpuMs: cpu, megabytes, megabytesLimit: 600, status }, holds);
}

function write(number: number): Operation {
  return {
    id: `${RUN}/w${number % 4}/u${number % 1000}/${number}`,
    process: `w${number % 4}/u${number % 1000}`,
    object: "orders",
    kind: "add",
    input: null,
    attempt: 1,
    outcome: number % 100 === 7 ? { type: "unknown", code: "timeout" } : { type: "ok", output: null },
    intendedAtMs: number,
    invokedAtMs: number,
    completedAtMs: number + 3,
  };
}

function item(read: number, number: number): LedgerLine {
  const id = `${RUN}/w${number % 4}/u${number % 1000}/${number}`;
  return { line: "item", read, object: "orders", id, count: 1 };
}

function end(read: number): LedgerLine {
  const at = SET_OPERATIONS + read * 5_000;
  const times = { startedAtMs: at, completedAtMs: at + 100 };
  return { line: "end", read, object: "orders", ...times, complete: true, items: SET_OPERATIONS, source: "bench" };
}

/**
 * Checks logs like Jepsen's of etcd: 5 processes, 85 operations, at least a fifth unanswered; three of four from a stale replica.
 */
function etcdLogs(name: string): void {
  const random = seededRandom("etcd");
  const logs = Array.from({ length: LOGS }, (_, index) =>
    jepsenLog(
      execute(
        {
          model: "cas-register",
          processes: 5,
          operations: 85,
          values: 5,
          keys: 1,
          unanswered: 0.2 + random.float() * 0.2,
          ticksMax: 6,
          ...(index % 4 === 0 ? {} : { stale: 0.3 }),
        },
        random,
      ),
    ),
  );
  const times: number[] = [];
  const verdicts = { true: 0, false: 0, unknown: 0 };
  for (const log of logs) {
    const start = performance.now();
    const model = modelNamed("cas-register");
    const result = linearize(importHistory(log, { file: "log", model, failedCas: "mismatch" }), model);
    times.push(performance.now() - start);
    verdicts[`${result.linearizable}`] += 1;
  }
  const ms = Math.round(times.reduce((total, time) => total + time, 0));
  const msWorst = Math.round(Math.max(...times));
  const holds = ms < 4_000 && msWorst < 2_000 && verdicts.unknown === 0 && verdicts.true > 0 && verdicts.false > 0;
  report(name, { ms, msLimit: 4_000, msWorst, msWorstLimit: 2_000, ...verdicts }, holds);
}

/** Generates 1,700 operations (3,400 events) of 50 clients on 10 keys, with calls that stay open during hundreds of others. */
function kvHistory(stale: number): Large {
  const shape = { clients: 50, keys: 10, operations: 1_700, stale };
  return { model: "kv", operations: contendedKv(shape, seededRandom("d")), linearizable: stale === 0 };
}

/** Generates nearly sequential operations, as probes and users produce them: each call overlaps the three after it. */
function registers(keys: number, valueAt: (number: number) => number): Large {
  const random = seededRandom("register");
  const held = new Map<number, number>();
  const operations = Array.from({ length: REGISTER_OPERATIONS }, (_, number) => {
    const key = number % keys;
    if (random.float() < 0.5) return one(number, "read", null, held.get(key) ?? null, `${key}`);
    held.set(key, valueAt(number));
    return one(number, "write", valueAt(number), null, `${key}`);
  });
  return { model: "register", operations, linearizable: true };
}

function set(): Large {
  const adds = COLLECTION.map((number) => one(number, "add", number, null));
  const operations = [...adds, one(COLLECTION.length + 10, "read", null, COLLECTION)];
  return { model: "set", operations, linearizable: true };
}

/** Enqueues all values, then dequeues them all: at its longest the queue holds them all. */
function queue(valueAt: (number: number) => number): Large["operations"] {
  const { length } = COLLECTION;
  return [
    ...COLLECTION.map((number) => one(number, "enqueue", valueAt(number), null)),
    ...COLLECTION.map((number) => one(length + 10 + number, "dequeue", null, valueAt(number))),
  ];
}

function counter(): Large {
  const increments = COLLECTION.map((number) => one(number, "increment", 1, null));
  const operations = [...increments, one(COLLECTION.length + 10, "read", null, COLLECTION.length)];
  return { model: "counter", operations, linearizable: true };
}

function one(number: number, kind: string, input: Json, output: Json, key = "x"): Operation {
  return {
    id: `${RUN}/${number}`,
    process: `w${number % 8}`,
    object: "object",
    kind,
    key,
    input,
    attempt: 1,
    outcome: { type: "ok", output },
    intendedAtMs: number * 10,
    invokedAtMs: number * 10,
    completedAtMs: number * 10 + 35,
  };
}

interface Large {
  readonly model: string;
  readonly operations: readonly Operation[];
  readonly linearizable: boolean | "unknown";
}

/** Measures one check. The memory is that of the whole process, operations included; the CPU time is that of the check alone. */
function large(name: string, limits: { readonly cpuMs: number; readonly megabytes: number }, make: () => Large): void {
  const { model, operations, linearizable: expected } = make();
  const start = performance.now();
  const cpuStart = cpuMs();
  const { linearizable, configurations } = linearize(operations, modelNamed(model));
  const ms = Math.round(performance.now() - start);
  const cpu = Math.round(cpuMs() - cpuStart);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const holds = cpu <= limits.cpuMs && megabytes <= limits.megabytes && linearizable === expected;
  const bounds = { cpuMsLimit: limits.cpuMs, megabytesLimit: limits.megabytes };
  report(name, { ms, cpuMs: cpu, megabytes, ...bounds, configurations, linearizable }, holds);
}

const SMALL = { cpuMs: 2_000, megabytes: 300 };
const MILLION = { cpuMs: 5_000, megabytes: 600 };
/** A budget of 512 MiB of states, and as much again while they are garbage. */
const SPENT = { cpuMs: 10_000, megabytes: 1_300 };

const MEASURES: Readonly<Record<string, (name: string) => void>> = {
  "set of 1,000,000 operations": setCheck,
  "102 etcd-like logs": etcdLogs,
  "3,400 kv events, sound": (name) => large(name, SMALL, () => kvHistory(0)),
  "3,400 kv events, one stale read": (name) => large(name, SMALL, () => kvHistory(1)),
  "1,000,000 register operations": (name) => large(name, MILLION, () => registers(1, (number) => number % 1_000)),
  "1,000,000 register operations, all values different": (name) =>
    large(name, MILLION, () => registers(1, (number) => number)),
  "1,000,000 register operations on 1,000 keys": (name) =>
    large(name, MILLION, () => registers(1_000, (number) => number % 1_000)),
  "a set of 20,000": (name) => large(name, SMALL, set),
  "a queue of 20,000": (name) =>
    large(name, SMALL, () => ({ model: "queue", operations: queue((number) => number), linearizable: true })),
  "a queue of 20,000 with values that repeat": (name) =>
    large(name, SPENT, () => ({
      model: "queue",
      operations: queue((number) => number % 100),
      linearizable: "unknown",
    })),
  "a counter of 20,000": (name) => large(name, SMALL, counter),
};

function measureIn(name: string): void {
  const { status } = spawnSync(process.execPath, [import.meta.filename, "--here", name], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}

const [first, ...names] = process.argv.slice(2);
keepYoungHeapSmall(); // as `gameday judge` and `gameday check-history` do
if (first === "--here") for (const name of names) MEASURES[name]?.(name);
else for (const name of first === undefined ? Object.keys(MEASURES) : [first, ...names]) measureIn(name);
