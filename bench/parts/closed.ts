/** Runs users in a closed loop without pauses, next to the peers: interleaved rounds, ratios within a round, and their median. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Bench, ENGINE, type Part } from "../bench.ts";
import { atLeast, type Goal, median, notHere } from "../goals.ts";
import type { Round, Target } from "../measure.ts";

type Scenario = "script" | "flat";
type Argv = readonly string[];

const HERE = import.meta.dirname;

export const script: Part = async (bench) => {
  const ratios = await ratiosOf(bench, "script", 64);
  return [ratio(ratios, "script, 64 users", "k6", 7), ratio(ratios, "script, 64 users", "undici", 1.6)];
};

export const flat: Part = async (bench) => {
  const ratios = await ratiosOf(bench, "flat", 64);
  return [ratio(ratios, "flat, 64 users", "wrk", 0.65), ratio(ratios, "flat, 64 users", "autocannon", 1.3)];
};

export const thousand: Part = async (bench) => {
  const ratios = await ratiosOf(bench, "script", 1_000, ["gameday", "k6"]);
  return [ratio(ratios, "script, 1,000 users", "k6", 4)];
};

/** The peers that are no packages of ours, and need to be on the PATH. */
const OUTSIDE = ["k6", "wrk"];

function ratio(ratios: ReadonlyMap<string, readonly number[]>, what: string, tool: string, bound: number): Goal {
  const goal = atLeast(`${what}: gameday / ${tool}`, median(ratios.get(tool)), bound);
  return OUTSIDE.includes(tool) && peer(tool) === null ? notHere(goal, tool) : goal;
}

/** Returns, for each tool and round, Gameday's requests per CPU-second divided by those of the tool. */
async function ratiosOf(
  bench: Bench,
  scenario: Scenario,
  users: number,
  wanted?: readonly string[],
): Promise<Map<string, number[]>> {
  await using target = await bench.target();
  const all = [...toolsOf(scenario, target, users, bench.seconds)];
  const tools = all.filter(([name]) => wanted?.includes(name) ?? true);
  const ratios = new Map<string, number[]>();
  for (let round = 0; round < bench.rounds; round++) {
    const results = new Map<string, Round>();
    for (const [tool, argv] of round % 2 === 0 ? tools : tools.toReversed()) {
      results.set(tool, await bench.run(target, { tool, argv, scenario, users, seconds: bench.seconds }));
    }
    const own = results.get("gameday")?.requestsPerCpuSecond ?? 0;
    for (const [tool, { requestsPerCpuSecond }] of results) {
      ratios.set(tool, [...(ratios.get(tool) ?? []), own / requestsPerCpuSecond]);
    }
  }
  return ratios;
}

/** Returns how each available tool runs a closed scenario. */
function toolsOf(scenario: Scenario, target: Target, users: number, seconds: number): Map<string, Argv> {
  const tools = new Map<string, Argv>([["gameday", ENGINE]]);
  const k6 = peer("k6");
  if (k6 !== null) tools.set("k6", [k6, "run", "-q", "--address", "", join(HERE, "../peers/k6.js")]);
  if (scenario === "script") return tools.set("undici", [process.execPath, join(HERE, "../peers/undici.ts")]);
  const url = `${target.baseUrl}/json`;
  const [wrk, autocannon] = [peer("wrk"), peer("autocannon")];
  if (wrk !== null) tools.set("wrk", [wrk, "-t1", `-c${users}`, `-d${seconds}s`, url]);
  if (autocannon === null) return tools;
  const flags = ["-c", String(users), "-d", String(seconds), "--json", url];
  return tools.set("autocannon", [process.execPath, autocannon, ...flags]);
}

/** Returns the path of a peer; null when it is not here. */
function peer(name: string): string | null {
  const folders = [join(HERE, "../../node_modules/.bin"), ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}
