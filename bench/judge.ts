/**
 * Measures how long it takes to judge a run of half an hour with 1,000 users: `node bench/judge.ts`. It first generates the
 * folder (seeded, some 750,000 operations and 1,400,000 rows of the ledger), which a separate process then judges and reports, as
 * `gameday judge` does. Prints one JSON line; exits with 1 when a limit is exceeded. CPU time counts, which on an idle machine is
 * the elapsed time.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  HISTORY_FILE,
  INTERVALS_FILE,
  LEDGER_FILE,
  PLAN_FILE,
  RUN_FILE,
  TIMELINE_FILE,
} from "../src/evidence/files.ts";
import { openEvidence } from "../src/evidence/reader.ts";
import { seal } from "../src/evidence/seal.ts";
import type { Operation } from "../src/history.ts";
import type { Interval } from "../src/interval.ts";
import type { LedgerLine } from "../src/ledger.ts";
import type { ClaimPlan } from "../src/plan.ts";
import { renderFiles } from "../src/report/render.ts";
import { Histogram } from "../src/std/histogram.ts";
import { seededRandom } from "../src/std/random.ts";
import type { TimelineEvent } from "../src/timeline.ts";
import { judgeFully } from "../src/verdict/judge.ts";
import { cleanRun, cleanTimeline, evidenceOf, MOMENTS, objective } from "../src/verdict/run.fixture.ts";

const MINUTES = 30;
const USERS = 1_000;
const WORKERS = ["w0", "w1", "w2"];
const RECORDED_A_SECOND = 300;
const BEATS_A_SECOND = 20;
const OBJECTS = ["orders", "carts"];
const STREAMS = ["order-write", "session-write", "read"].flatMap((name) =>
  (["kept", "fresh"] as const).map((connection) => ({ name, connection })),
);
const NAMES = ["POST /orders", "GET /products", "GET /products/:id", "PUT /carts/:id", "GET /carts/:id", "POST /login"];
const LIMITS = { cpuMs: 30_000, megabytes: 800 };

/** By this much everything after the fault is later than in the small clean run. */
const LATER_MS = MINUTES * 60_000 - MOMENTS.end;
const BEGIN_MS = MOMENTS.loadBegin;
const END_MS = MOMENTS.loadEnd + LATER_MS;

function makeFolder(folder: string): void {
  const claims = OBJECTS.map(
    (object): ClaimPlan => ({
      object,
      checkers: ["acked-set", "duplicates"],
      options: {},
      source: { kind: "http", path: `/audit/${object}` },
    }),
  );
  const objectives = [
    objective("availability-percent", { atLeast: 99 }),
    objective("http_req_duration-p95-ms", { under: 500 }),
    objective("lost-writes", { atMost: 0 }),
    objective("recovery-seconds", { under: 30 }, { experiment: "kill-postgres" }),
  ];
  const { run } = evidenceOf(cleanRun(objectives));
  const { load } = run.plan;
  const stages = [{ durationMs: END_MS - BEGIN_MS, target: USERS }];
  const plan = { ...run.plan, claims, load: { ...load, stages, workers: WORKERS.length } };
  writeFileSync(join(folder, RUN_FILE), JSON.stringify({ ...run, plan }));
  writeFileSync(join(folder, PLAN_FILE), "{}\n");
  writeLines(join(folder, TIMELINE_FILE), timeline());
  writeLines(join(folder, HISTORY_FILE), operations());
  writeLines(join(folder, INTERVALS_FILE), intervals());
  writeLines(join(folder, LEDGER_FILE), ledger());
  seal(folder);
}

function* timeline(): Generator<TimelineEvent> {
  for (const event of cleanTimeline()) {
    const atMs = event.atMs >= MOMENTS.loadEnd ? event.atMs + LATER_MS : event.atMs;
    if (event.type === "worker") for (const worker of WORKERS.slice(1)) yield { ...event, atMs, worker };
    yield event.type === "load" ? { ...event, atMs, users: event.edge === "steady" ? USERS : 0 } : { ...event, atMs };
  }
}

/** Generates users' operations and probes second by second. In the first seconds of the fault nothing is answered. */
function* operations(): Generator<Operation> {
  for (let fromMs = BEGIN_MS; fromMs < END_MS; fromMs += 1_000) {
    for (let at = 0; at < RECORDED_A_SECOND; at++) yield userOperation(fromMs, at);
    for (const { name, connection } of STREAMS) {
      for (let beat = 0; beat < BEATS_A_SECOND; beat++) {
        const sentMs = fromMs + (beat * 1_000) / BEATS_A_SECOND;
        const object = name === "read" ? "catalogue" : name === "order-write" ? "orders" : "carts";
        const id = `run-1/probe/${name}-${connection}/${fromMs + beat}`;
        const kind = name === "read" ? "read" : "add";
        yield {
          ...operation(id, `probe/${name}/${connection}`, object, kind, sentMs),
          probe: { class: name, connection },
        };
      }
    }
  }
}

function userOperation(fromMs: number, at: number): Operation {
  const user = (fromMs / 1_000 + at) % USERS;
  const worker = WORKERS[user % WORKERS.length] ?? "w0";
  const object = OBJECTS[at % OBJECTS.length] ?? "orders";
  const id = `run-1/${worker}/u${user}/${fromMs + at}`;
  return operation(id, `${worker}/u${user}`, object, "add", fromMs + (at * 1_000) / RECORDED_A_SECOND);
}

function operation(id: string, process: string, object: string, kind: string, sentMs: number): Operation {
  const failed = sentMs >= MOMENTS.bit && sentMs < MOMENTS.bit + 6_000;
  return {
    id,
    process,
    object,
    kind,
    input: { id, customer: 17 },
    attempt: 1,
    outcome: failed ? { type: "unknown", code: "503" } : { type: "ok", output: null },
    intendedAtMs: sentMs,
    invokedAtMs: sentMs,
    completedAtMs: sentMs + 8.25,
  };
}

function* intervals(): Generator<Interval> {
  const random = seededRandom("judge");
  for (let fromMs = BEGIN_MS, sequence = 0; fromMs < END_MS; fromMs += 1_000, sequence++) {
    for (const worker of WORKERS) {
      const users = Math.ceil(USERS / WORKERS.length);
      const metrics = NAMES.map((name) => {
        const histogram = new Histogram();
        for (let request = 0; request < 60; request++) histogram.record(4 + 30 * random.float() ** 3);
        return { metric: `http_req_duration{name:${name},scenario:shop}`, failed: 0, ...histogram.snapshot() };
      });
      const health = {
        loopDelayMsP99: 12,
        loopDelayMsMax: 20,
        cpu: 0.2,
        rssBytes: 1e8,
        gcPauseMs: 1,
        sendLagMsP50: 1,
        sendLagMsMax: 5,
      };
      const times = { fromMs, toMs: fromMs + 1_000 };
      yield { worker, epoch: 0, sequence, ...times, users, usersIntended: users, dropped: 0, metrics, health };
    }
  }
}

/** Generates everything that was acknowledged, and every second unanswered write, in both reads. */
function* ledger(): Generator<LedgerLine> {
  for (const read of [1, 2]) {
    for (const object of OBJECTS) {
      let items = 0;
      for (const { id, object: own, kind, outcome } of operations()) {
        if (own !== object || kind !== "add" || (outcome.type !== "ok" && id.length % 2 === 0)) continue;
        items++;
        yield { line: "item", read, object, id, count: 1, value: { customer: 17 } };
      }
      const startedAtMs = MOMENTS.loadEnd + LATER_MS + read * 2_000;
      const times = { startedAtMs, completedAtMs: startedAtMs + 1_000 };
      yield { line: "end", read, object, ...times, complete: true, items, copies: items, source: "bench" };
    }
  }
}

/** Writes in blocks, so that no file is ever in memory as a whole. */
function writeLines(path: string, lines: Iterable<unknown>): void {
  const file = openSync(path, "w");
  let block: string[] = [];
  const flush = () => {
    writeSync(file, block.join(""));
    block = [];
  };
  for (const line of lines) if (block.push(`${JSON.stringify(line)}\n`) >= 10_000) flush();
  flush();
  closeSync(file);
}

/** Judges and renders in the process that is measured, and prints what that cost. */
function judgeFolder(folder: string): void {
  const began = performance.now();
  const evidence = openEvidence(folder);
  const judgement = judgeFully(evidence);
  const bytes = [...renderFiles(judgement, evidence).values()].reduce((sum, text) => sum + text.length, 0);
  const { user, system } = process.cpuUsage();
  const cpuMs = Math.round((user + system) / 1_000);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1_024);
  const { verdict, sentence } = judgement.verdict;
  const holds = cpuMs < LIMITS.cpuMs && megabytes < LIMITS.megabytes && verdict === "pass";
  const ms = Math.round(performance.now() - began);
  const limits = { cpuMsLimit: LIMITS.cpuMs, megabytesLimit: LIMITS.megabytes };
  const name = `judging ${MINUTES} min of ${USERS} users`;
  console.log(JSON.stringify({ name, ms, cpuMs, megabytes, ...limits, verdict, sentence, bytes, holds }));
  process.exitCode = holds ? 0 : 1;
}

const given = process.argv[2];
if (given !== undefined) judgeFolder(given);
else {
  const folder = mkdtempSync(join(tmpdir(), "gameday-judge-"));
  try {
    makeFolder(folder);
    const { status } = spawnSync(process.execPath, [import.meta.filename, folder], { stdio: "inherit" });
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
