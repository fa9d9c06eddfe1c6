/**
 * Measures the checkers against what they must reach, on histories that it makes itself (seeded): `node bench/checkers.ts`.
 * One JSON line a measure: { name, ms, megabytes, limit..., holds }. Exit 1 when one does not hold. For the set check the CPU
 * time counts, which on an idle machine is the time that it takes.
 */
import { ackedSet } from "../src/checker/acked-set.ts";
import { importHistory } from "../src/checker/import/import-history.ts";
import { linearize } from "../src/checker/linearizable/linearize.ts";
import { modelNamed } from "../src/checker/linearizable/models.ts";
import type { Operation } from "../src/history.ts";
import type { LedgerLine } from "../src/ledger.ts";
import { seededRandom } from "../src/std/random.ts";
import { corrupt, execute } from "../test/histories/random-history.ts";
import { jepsenLog, kvLog } from "../test/histories/write-history.ts";

const RUN = "bench";
const SET_OPERATIONS = 1_000_000;
const LOGS = 102;

function report(name: string, figures: Readonly<Record<string, unknown>>, holds: boolean): void {
  console.log(JSON.stringify({ name, ...figures, holds }));
  if (!holds) process.exitCode = 1;
}

/** Milliseconds of CPU that this process has used: what a busy machine does not change much. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A million writes, 1 % unanswered, each made when it is needed, as a file would give them; then two reads of all. */
function setCheck(): void {
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
  report(
    "set of 1,000,000 operations",
    { ms, msLimit: 3_000, cpuMs: cpu, megabytes, megabytesLimit: 600, status },
    holds,
  );
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

/** Logs like Jepsen's of etcd: 5 processes, 85 operations, a fifth or more unanswered; three of four from a stale replica. */
function etcdLogs(): void {
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
  report(`${LOGS} etcd-like logs`, { ms, msLimit: 4_000, msWorst, msWorstLimit: 2_000, ...verdicts }, holds);
}

/** 1,700 operations (3,400 events) of 50 clients on 10 keys, sound and with answers exchanged. */
function kvHistory(broken: boolean): void {
  const random = seededRandom("kv");
  const shape = { model: "kv", processes: 50, operations: 1_700, values: 50, keys: 10, unanswered: 0, ticksMax: 20 };
  let operations = execute(shape, random);
  for (let times = broken ? 6 : 0; times > 0; times--) operations = corrupt(operations, random);
  const log = kvLog(operations);
  const start = performance.now();
  const model = modelNamed("kv");
  const { linearizable, configurations } = linearize(
    importHistory(log, { file: "log", model, failedCas: "mismatch" }),
    model,
  );
  const ms = Math.round(performance.now() - start);
  const name = `3,400 kv events of 50 clients, ${broken ? "broken" : "sound"}`;
  report(name, { ms, msLimit: 2_000, configurations, linearizable }, ms < 2_000 && linearizable === !broken);
}

setCheck();
etcdLogs();
kvHistory(false);
kvHistory(true);
