/**
 * A made game day, for tests of the page: a live state at any moment of a run that never happened, the same each time. It is made
 * by arithmetic, not by the server, so that the page can be shown states that a real run reaches only by chance.
 */
import type { Lane, LiveExperiment, LiveState, Seconds } from "../api/live.ts";
import { isHeld, sentenceAt } from "./made-sentence.fixture.ts";
import {
  eventsAt,
  failuresAt,
  objectivesAt,
  permissions,
  phasesAt,
  readyAt,
  requestRows,
  SENTENCES,
  usersAt,
  verdictOf,
  wantedAt,
  workersAt,
} from "./made-tables.fixture.ts";

export interface DayOptions {
  /** Seconds since the run began. */
  readonly atS: number;
  readonly requestNames?: number;
  readonly over?: "pass" | "fail" | "unknown";
  readonly state?: LiveState["run"]["state"];
}

/** Faults: when they are commanded, how long they are held, and when users are served again. */
const FAULTS = [
  {
    name: "the database leader dies",
    fault: "kill-leader",
    target: "postgres/n2",
    role: "postgres",
    at: 60,
    hold: 20,
    downFor: 7.4,
  },
  {
    name: "the Redis master dies",
    fault: "kill-leader",
    target: "redis/n1",
    role: "redis",
    at: 120,
    hold: 16,
    downFor: 0.8,
  },
  { name: "two replicas die", fault: "kill-replicas", target: "app/n1-1", role: "app", at: 170, hold: 12, downFor: 0 },
  {
    name: "the database leader's node is cut off",
    fault: "partition-node",
    target: "node/n3",
    role: "node",
    at: 230,
    hold: 30,
    downFor: 8.2,
  },
] as const;
export const DAY_SECONDS = 300;
const LANES = ["order-write", "read", "session-write"].flatMap((name) => [`${name}/fresh`, `${name}/kept`]);

type Fault = (typeof FAULTS)[number];

export function madeState({
  atS,
  requestNames = 9,
  over,
  state = over === undefined ? "running" : "ended",
}: DayOptions): LiveState {
  const nowMs = atS * 1000;
  const experiments = FAULTS.map((fault, n) => experimentAt(fault, n + 1, atS, over));
  const lanes = LANES.map((id) => laneAt(id, atS));
  const controls = permissions(state === "running" || state === "stopping", experiments.some(isHeld));
  const load = {
    unit: "users" as const,
    target: 500,
    planned: 500,
    users: usersAt(atS),
    changedByHand: false,
    version: "v1",
  };
  const run: LiveState["run"] = {
    id: "20261130-101500-made",
    kind: "game-day",
    state,
    plan: "jewelry-shop-quick",
    platform: "lab",
    seed: "4711",
    startedAt: "2026-11-30T10:15:00.000Z",
    durationMs: over === undefined ? null : nowMs,
    phase: atS < 20 ? "validation" : atS < 55 ? "load" : "experiments",
    verdict: over ?? null,
    sentence: over === undefined ? null : SENTENCES[over],
    trouble: state === "died" ? "The run's process ended without a verdict. Type: gameday heal" : null,
    nowMs,
    expectedMs: DAY_SECONDS * 1000,
    command: "gameday run quick.yaml --seed 4711",
    tool: "0.1.0",
    environment: {},
    manualInterventions: 0,
    controllable: state === "running",
    controls,
    load,
    files: over === undefined ? [] : [{ name: "report.html", bytes: 87_655, type: "text/html" }],
    links: {},
  };
  return {
    run,
    sentence: sentenceAt(atS, experiments, lanes, state, over),
    phases: phasesAt(nowMs),
    strip: [
      { kind: "phase", name: "validation", expectedMs: 20_000 },
      { kind: "phase", name: "load", expectedMs: 35_000 },
      ...FAULTS.map(({ name, hold }) => ({ kind: "experiment" as const, name, expectedMs: (hold + 30) * 1000 })),
      { kind: "phase", name: "statistics", expectedMs: 20_000 },
    ],
    experiments,
    leaders: leadersAt(atS),
    replicas: atS < 5 ? null : { current: readyAt(atS), ready: readyAt(atS), wanted: wantedAt(atS), atMs: nowMs },
    marks: [],
    controls,
    load,
    totals:
      over === undefined
        ? null
        : { requests: 75_340, failed: 3_312, p50Ms: 2.1, p95Ms: 9.4, p99Ms: 31.8, usersMost: 500 },
    shownFromMs: 0,
    nowMs,
    seconds: secondsUpTo(atS),
    lanes,
    objectives: objectivesAt(atS, over),
    requests: { rows: requestRows(atS, requestNames), total: requestNames },
    failures: failuresAt(atS),
    workers: workersAt(atS),
    events: eventsAt(atS, experiments),
    verdict: over === undefined ? null : verdictOf(over),
  };
}

export function secondAt(
  atS: number,
): LiveState["seconds"]["columns"] extends infer Columns ? { [Name in keyof Columns]: number | null } : never {
  const wave = Math.sin(atS / 3) * 14 + Math.sin(atS * 1.7) * 9;
  const full = (usersAt(atS) / 500) * 300;
  const down = FAULTS.some(({ at, downFor }) => atS >= at && atS < at + downFor);
  const failed = down ? 220 + wave : 0;
  const ok = full === 0 ? 0 : Math.max(0, full + wave - failed);
  const answers = atS < 20 ? null : 1;
  const slow = FAULTS.some(
    ({ at, downFor }) => downFor > 0 && atS >= Math.floor(at + downFor) && atS < at + downFor + 2,
  );
  return {
    ok: atS < 20 ? null : Math.round(ok),
    failed: atS < 20 ? null : Math.round(failed),
    p50Ms: answers && 2.1 + Math.sin(atS / 5) * 0.4,
    p95Ms: answers && (slow ? 900 : 8 + Math.sin(atS / 2) * 3),
    p99Ms: answers && (slow ? 1900 : 21 + Math.sin(atS * 1.3) * 9),
    users: atS < 20 ? null : usersAt(atS),
    usersIntended: atS < 20 ? null : usersAt(atS + 1),
    dropped: 0,
    replicasReady: atS < 5 ? null : readyAt(atS),
    replicasWanted: atS < 5 ? null : wantedAt(atS),
  };
}

function secondsUpTo(atS: number): Seconds {
  const seconds = Array.from({ length: atS }, (_, second) => secondAt(second));
  const column = (name: keyof Seconds["columns"]) => seconds.map((second) => second[name]);
  const columns = {
    ok: column("ok"),
    failed: column("failed"),
    p50Ms: column("p50Ms"),
    p95Ms: column("p95Ms"),
    p99Ms: column("p99Ms"),
    users: column("users"),
    usersIntended: column("usersIntended"),
    dropped: column("dropped"),
    replicasReady: column("replicasReady"),
    replicasWanted: column("replicasWanted"),
  };
  return { fromS: 0, columns };
}

function leadersAt(atS: number): LiveState["leaders"] {
  const spans = (changes: readonly (readonly [number, string])[]) =>
    changes
      .filter(([from]) => from <= atS)
      .map(([from, target], n, all) => ({
        target,
        fromMs: from * 1000,
        toMs: all[n + 1] === undefined ? null : (all[n + 1]?.[0] ?? 0) * 1000,
      }));
  const one = (role: string, changes: readonly (readonly [number, string])[]) => {
    const known = spans(changes);
    return { role, target: known.at(-1)?.target ?? null, sinceMs: known.at(-1)?.fromMs ?? 0, spans: known };
  };
  return [
    one("postgres", [
      [3, "postgres/n2"],
      [66, "postgres/n3"],
      [237, "postgres/n1"],
    ]),
    one("redis", [
      [3, "redis/n1"],
      [121, "redis/n2"],
    ]),
  ];
}

function laneAt(id: string, atS: number): Lane {
  const [name = "", connection] = id.split("/");
  const outages = FAULTS.filter(({ downFor, role }) => downFor > 0 && (role === "redis") === (name === "session-write"))
    .filter(({ at }) => at + 0.1 < atS)
    .map(({ at, downFor }) => ({
      fromMs: at * 1000 + 40,
      toMs: at + downFor <= atS ? (at + downFor) * 1000 : null,
      failures: Math.round(downFor * 20),
    }));
  return {
    id,
    class: name,
    connection: connection === "kept" ? "kept" : "fresh",
    state: outages.some(({ toMs }) => toMs === null) ? "down" : "up",
    fromMs: 12_000,
    lastMs: atS * 1000 - 40,
    outages,
    outagesLeftOut: 0,
    gaps:
      atS > 205 && id === "read/kept"
        ? [{ fromMs: 200_000, toMs: 204_000, because: "the probe's process was late" }]
        : [],
  };
}

function experimentAt(fault: Fault, index: number, atS: number, over: DayOptions["over"]): LiveExperiment {
  const { name, fault: kind, target, role, at, hold, downFor } = fault;
  const passed = (seconds: number) => (atS >= seconds ? seconds * 1000 : null);
  const healed = at + hold;
  const state = atS < at ? "planned" : atS < healed ? "held" : atS < healed + 4 ? "recovering" : "over";
  return {
    index,
    name,
    fault: kind,
    byHand: false,
    state,
    because: null,
    targets: atS < at ? [] : [{ id: target, role, node: target.split("/")[1]?.slice(0, 2) ?? "" }],
    standing: [],
    holdMs: hold * 1000,
    together: null,
    beganMs: passed(at - 1),
    commandedMs: passed(at),
    bitMs: atS >= at + 0.2 ? at * 1000 + 210 : null,
    firstFailureMs: downFor > 0 && atS >= at + 0.3 ? at * 1000 + 40 : null,
    healCommandedMs: passed(healed),
    healedMs: atS >= healed + 0.5 ? healed * 1000 + 480 : null,
    recoveredMs: downFor > 0 ? passed(at + downFor) : null,
    endedMs: passed(healed + 4),
    healsByItselfMs: atS < at ? null : healed * 1000,
    witnesses: [],
    notHealed: [],
    verdict:
      over === undefined
        ? null
        : {
            status: over === "fail" && index === 1 ? "fail" : "pass",
            because: "Users were back by the platform itself.",
          },
  };
}
