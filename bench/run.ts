/**
 * `npm run bench`: Gameday against its peers in one run. Rounds are interleaved, ratios are formed within a round, and the
 * median of them counts; so a busy machine moves them less than it moves any absolute figure. Writes bench/results.json.
 *
 *     node bench/run.ts [--rounds 3] [--seconds 10] [--only script,flat,thousand,users,open,stall,startup,soak]
 *
 * Peers are found in bench/.peers/bin, node_modules/.bin and PATH; `bench/peers/install.sh` brings k6. One that is missing
 * makes its ratios "not measured", which is a miss, never a pass. Exit 1 when a target is missed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Job, measure, type Round, Target } from "./measure.ts";
import { exactStall } from "./stall.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const BINARY = join(HERE, ".peers", "target");

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "10" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const only = flags.only === "" ? null : new Set(flags.only.split(","));

interface Goal {
  readonly name: string;
  readonly measured: number | null;
  readonly bound: number;
  readonly atLeast: boolean;
  readonly unit: string;
  /** Shown, but never a miss. */
  readonly reportedOnly?: boolean;
}

const raw: Round[] = [];
const goals: Goal[] = [];

const ENGINE = [join(HERE, "engine.sh")];
const NODE = process.execPath;

function peer(name: string): string | null {
  const folders = [
    join(HERE, ".peers", "bin"),
    join(HERE, "..", "node_modules", ".bin"),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** How each tool runs a closed scenario with N users. */
function toolsOf(scenario: "script" | "flat", users: number): Map<string, readonly string[]> {
  const [k6, wrk, autocannon] = [peer("k6"), peer("wrk"), peer("autocannon")];
  const tools = new Map<string, readonly string[]>([["gameday", ENGINE]]);
  if (k6 !== null) tools.set("k6", [k6, "run", "-q", "--address", "", join(HERE, "peers", "k6.js")]);
  if (scenario === "script") tools.set("undici", [NODE, join(HERE, "peers", "undici.ts")]);
  const url = "http://127.0.0.1:18431/json";
  if (scenario === "flat" && wrk !== null) tools.set("wrk", [wrk, "-t1", `-c${users}`, `-d${seconds}s`, url]);
  if (scenario === "flat" && autocannon !== null) {
    tools.set("autocannon", [NODE, autocannon, "-c", String(users), "-d", String(seconds), "--no-progress", url]);
  }
  return tools;
}

async function closed(scenario: "script" | "flat", users: number): Promise<Map<string, number[]>> {
  await using target = await Target.start(BINARY);
  const ratios = new Map<string, number[]>();
  const tools = [...toolsOf(scenario, users)];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? tools : tools.toReversed();
    const results = new Map<string, Round>();
    for (const [tool, argv] of order) {
      const result = await run(target, { tool, argv, scenario, users, seconds });
      results.set(tool, result);
    }
    const own = results.get("gameday")?.requestsPerCpuSecond ?? 0;
    for (const [tool, result] of results) {
      ratios.set(tool, [...(ratios.get(tool) ?? []), own / result.requestsPerCpuSecond]);
    }
  }
  return ratios;
}

async function run(target: Target, job: Job): Promise<Round> {
  const round = await measure(target, job);
  raw.push(round);
  const { tool, scenario, users, requestsPerCpuSecond, requestsPerSecond, wrong, rssBytes } = round;
  console.log(
    `${scenario.padEnd(8)} ${String(users).padStart(6)} ${tool.padEnd(10)} ${requestsPerCpuSecond.toFixed(0).padStart(8)} requests per CPU-s ${requestsPerSecond.toFixed(0).padStart(8)}/s  ${(rssBytes / 1e6).toFixed(0)} MB  wrong ${wrong}`,
  );
  return round;
}

function goal(
  name: string,
  measured: number | null,
  atLeast: boolean,
  bound: number,
  unit = "x",
  reportedOnly = false,
): void {
  goals.push({ name, measured, bound, atLeast, unit, reportedOnly });
}

function median(values: readonly number[] | undefined): number | null {
  if (values === undefined || values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

async function script(): Promise<void> {
  const ratios = await closed("script", 64);
  goal("script, 64 users: gameday / k6", median(ratios.get("k6")), true, 7);
  goal("script, 64 users: gameday / undici", median(ratios.get("undici")), true, 1.6);
}

async function flat(): Promise<void> {
  const ratios = await closed("flat", 64);
  goal("flat, 64 users: gameday / wrk", median(ratios.get("wrk")), true, 0.65);
  goal("flat, 64 users: gameday / autocannon", median(ratios.get("autocannon")), true, 1.3);
}

async function thousand(): Promise<void> {
  const ratios = await closed("script", 1000);
  goal("script, 1,000 users: gameday / k6", median(ratios.get("k6")), true, 4, "x", true);
}

/** Memory and CPU of many users that mostly think. */
async function users(): Promise<void> {
  await using target = await Target.start(BINARY, 50);
  const job = { tool: "gameday", argv: ENGINE, scenario: "users", thinkMs: 1000, seconds };
  const one = await run(target, { ...job, users: 1 });
  const many = await run(target, { ...job, users: 10_000, rampSeconds: 8 });
  goal("10,000 users: memory of each", (many.rssBytes - one.rssBytes) / 10_000 / 1000, false, 15, "KB");
  goal("10,000 users: share of the intended rate", (100 * many.requestsPerSecond) / (10_000 / 1.05), true, 99, "%");
  goal("10,000 users: cores", many.cpuSeconds / many.seconds, false, 0.35, "cores");
}

interface Said {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly count: number;
}

function said(round: Round): Said {
  return JSON.parse(round.stdout.trim().split("\n").at(-1) ?? "{}") as Said;
}

/** What it says against what the server saw. */
async function open(): Promise<void> {
  await using target = await Target.start(BINARY, 50);
  const round = await run(target, {
    tool: "gameday",
    argv: ENGINE,
    scenario: "open",
    users: 0,
    ratePerSecond: 500,
    seconds,
  });
  goal("500/s: p50 beyond the server's", said(round).p50 - round.server.p50, false, 1, "ms");
  goal("500/s: p99 beyond the server's", said(round).p99 - round.server.p99, false, 1, "ms");
}

async function stall(): Promise<void> {
  await using target = await Target.start(BINARY, 50);
  const lasts = 20;
  let stalledAtMs = 0;
  const disturb = {
    afterMs: 8_000,
    body: async () => {
      stalledAtMs = 8_000;
      await target.stall(2_000);
    },
  };
  const round = await run(target, {
    tool: "gameday",
    argv: ENGINE,
    scenario: "open",
    users: 0,
    ratePerSecond: 500,
    seconds: lasts,
    disturb,
  });
  const exact = exactStall({ ratePerSecond: 500, seconds: lasts, stallAtMs: stalledAtMs, stallMs: 2_000, delayMs: 50 });
  const { p95, count } = said(round);
  goal("2 s stall: p95 off the exact figure", (100 * Math.abs(p95 - exact.p95)) / exact.p95, false, 3, "%");
  goal("2 s stall: arrivals dropped", 500 * lasts - count, false, 1, "");
}

/** From the command to the first request at the server. */
async function startup(): Promise<void> {
  await using target = await Target.start(BINARY);
  const firsts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const result = await run(target, { tool: "gameday", argv: ENGINE, scenario: "flat", users: 1, seconds: 3 });
    firsts.push(result.firstRequestMs ?? Number.POSITIVE_INFINITY);
  }
  goal("first request after the command", median(firsts), false, 400, "ms");
}

/** Memory from minute 5 to 30; only when asked for by name. */
async function soak(): Promise<void> {
  await using target = await Target.start(BINARY, 50);
  const job = { tool: "gameday", argv: ENGINE, scenario: "users", users: 1000, thinkMs: 1000 };
  const early = await run(target, { ...job, seconds: 300 });
  const late = await run(target, { ...job, seconds: 1_800 });
  goal("memory growth, minute 5 to 30", (100 * (late.rssBytes - early.rssBytes)) / early.rssBytes, false, 5, "%");
}

const PARTS = { script, flat, thousand, users, open, stall, startup };

async function main(): Promise<void> {
  mkdirSync(join(HERE, ".peers"), { recursive: true });
  execFileSync("cc", ["-O2", "-o", BINARY, join(HERE, "target", "target.c")]);
  for (const [name, part] of Object.entries(PARTS)) if (only === null || only.has(name)) await part();
  if (only?.has("soak") === true) await soak();
  report();
}

function met({ measured, bound, atLeast }: Goal): boolean {
  return measured !== null && (atLeast ? measured >= bound : measured <= bound);
}

function report(): void {
  const commit = execFileSync("git", ["-C", HERE, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? "",
    kernel: release(),
    memoryBytes: totalmem(),
    node: process.version,
  };
  const rows = raw.map(({ stdout: _stdout, ...round }) => round);
  const file = join(HERE, "results.json");
  writeFileSync(
    file,
    `${JSON.stringify({ commit, at: new Date().toISOString(), machine, goals, rounds: rows }, null, 2)}\n`,
  );
  for (const each of goals) {
    const mark = each.reportedOnly === true ? "    " : met(each) ? "ok  " : "MISS";
    console.log(
      `${mark} ${each.name}: ${each.measured?.toFixed(2) ?? "not measured"} ${each.unit} (${each.atLeast ? "at least" : "at most"} ${each.bound})`,
    );
  }
  console.log(goals.map((each) => `${each.name} ${each.measured?.toFixed(2) ?? "-"}`).join(" | "));
  if (!goals.every((each) => each.reportedOnly === true || met(each))) process.exitCode = 1;
}

await main();
