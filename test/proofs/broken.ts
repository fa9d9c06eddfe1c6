/**
 * The plan of a broken platform on an attached lab, and what psql and redis-cli report as lost, queried before the lab goes down.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { Operation } from "../../src/history.ts";
import { isRecord, type Json } from "../../src/std/json.ts";
import type { Verdict } from "../../src/verdict.ts";
import { ROOT } from "../e2e/gameday.ts";
import type { AttachedLab } from "./attached-lab.ts";
import { descendants } from "./lab-stock.ts";

const BROKEN = "examples/jewelry-shop/broken";
export const BROKEN_PLANS = ["async-postgres", "unprotected-redis"] as const;
export type BrokenPlan = (typeof BROKEN_PLANS)[number];

const ANSWER_BYTES_MAX = 256 << 20;

export interface BrokenRun {
  readonly plan: BrokenPlan;
  readonly exitCode: number | null;
  readonly verdict: string;
  readonly acknowledged: number;
  /** According to the verdict: the sum over its experiments. */
  readonly lost: number;
  /** Ids that the history acknowledges and that are not among those that psql or redis-cli returned. */
  readonly lostByStore: number;
}

/**
 * Returns the plan unchanged, except that it omits the clean-up, which would remove what is to be counted, and that paths are
 * absolute.
 */
export function brokenPlan(name: BrokenPlan): { readonly [key: string]: Json } {
  const file = resolve(ROOT, BROKEN, `${name}.yaml`);
  const { cleanUp: _cleanUp, ...plan } = parse(readFileSync(file, "utf8")) as { readonly [key: string]: Json };
  return absolute(plan, dirname(file)) as { readonly [key: string]: Json };
}

/** Makes paths absolute. Paths of such a plan are the strings that begin with "../". */
function absolute(value: Json, folder: string): Json {
  if (typeof value === "string") return value.startsWith("..") ? resolve(folder, value) : value;
  if (Array.isArray(value)) return value.map((each) => absolute(each, folder));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, absolute(each, folder)]));
}

export async function playBroken(lab: AttachedLab, plan: BrokenPlan, seed: string): Promise<BrokenRun> {
  const out = join(lab.folder, `broken-${seed}`);
  const { code, stderr } = await lab.gameday([
    "run",
    lab.write(`${plan}.yaml`, brokenPlan(plan)),
    "--seed",
    seed,
    "--out",
    out,
  ]);
  const present = plan === "async-postgres" ? ordersIn(lab) : basketItemsIn(lab);
  const verdict = JSON.parse(readFileSync(join(out, "verdict.json"), "utf8")) as Verdict;
  if (verdict.experiments.length === 0) throw new Error(`expected an experiment, got none: ${stderr}`);
  const acknowledged = acknowledgedIn(out, plan === "async-postgres" ? "orders" : "carts");
  const lostByStore = [...acknowledged].filter((id) => !present.has(id)).length;
  const lost = verdict.experiments.reduce((sum, { writes }) => sum + writes.lost, 0);
  return { plan, exitCode: code, verdict: verdict.verdict, acknowledged: acknowledged.size, lost, lostByStore };
}

/** Returns the ids for which some attempt was acknowledged, without those that any operation tried to remove. */
function acknowledgedIn(run: string, object: string): Set<string> {
  const lines = readFileSync(join(run, "history.ndjson"), "utf8").trim().split("\n");
  const operations = lines.map((line) => JSON.parse(line) as Operation).filter((one) => one.object === object);
  const ids = new Set(
    operations.filter(({ kind, outcome }) => kind === "add" && outcome.type === "ok").map(({ id }) => id),
  );
  for (const { kind, input } of operations) if (kind === "remove" && isRecord(input)) ids.delete(String(input["id"]));
  return ids;
}

function ordersIn(lab: AttachedLab): Set<string> {
  const statement = "SELECT client_id FROM orders WHERE NOT pg_is_in_recovery()";
  const leader = "postgres://app:app@10.88.0.254:5000/app";
  return new Set(inLab(lab, ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, leader]));
}

function basketItemsIn(lab: AttachedLab): Set<string> {
  const master = ["redis-cli", "-h", "10.88.0.254", "-p", "6000"];
  const [role] = inLab(lab, [...master, "role"]);
  if (role !== "master") throw new Error(`expected the master's answer, got ${role}`);
  const keys = inLab(lab, [...master, "--scan", "--pattern", "cart:*"]);
  return new Set(inLab(lab, master, keys.map((key) => `hkeys ${JSON.stringify(key)}\n`).join("")));
}

/** Runs a client in the network of the lab's switch, where HAProxy runs, and returns its output lines. */
function inLab(lab: AttachedLab, argv: readonly string[], input = ""): string[] {
  const haproxy = descendants(lab.pid).find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "haproxy");
  if (haproxy === undefined) throw new Error("expected a proxy in the lab, got none");
  const options = { encoding: "utf8", input, maxBuffer: ANSWER_BYTES_MAX, timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync("nsenter", ["-t", `${haproxy}`, "-n", "--", ...argv], options);
  if (status !== 0) throw new Error(`expected ${argv[0]} to answer, got exit ${status}: ${stderr}`);
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
