/**
 * `npm run prove:broken [-- TIMES]`: the broken platforms of examples/jewelry-shop/broken/, each some times, on a lab that
 * outlives the run, so that what it holds can be asked of PostgreSQL and Redis themselves, apart from the tool's own ledger.
 * One row each in docs/track-record/broken.json; resumable. Exit 1 unless every run fails with exactly the loss that they say.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openEvidence } from "../src/evidence/reader.ts";
import { currentLab } from "../src/platform/lab/single.ts";
import { attachLab } from "../src/platform/lab.ts";
import { monotonicClock } from "../src/std/clock.ts";
import type { Verdict } from "../src/verdict.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/broken.json";
const FOLDER = "examples/jewelry-shop/broken";
const CASES = [
  { plan: "async-postgres", object: "orders" },
  { plan: "unprotected-redis", object: "carts" },
] as const;
type Case = (typeof CASES)[number];
type Lab = Awaited<ReturnType<typeof attachLab>>;

interface BrokenRow extends Row {
  readonly plan: string;
  readonly verdict: string;
  readonly exitCode: number | null;
  readonly acknowledged: number;
  /** As the verdict says, and as the store itself says when it is asked which of the acknowledged ids it holds. */
  readonly lost: number;
  readonly lostByStore: number;
}

const signal = () => AbortSignal.timeout(30_000);

function gameday(...args: string[]): number | null {
  return spawnSync("node", ["bin/gameday.mjs", ...args], { stdio: ["ignore", "ignore", "inherit"] }).status;
}

/** The plan as it is, but for the clean-up: the rows must still be there when the store is asked. */
function withoutCleanUp(plan: string, folder: string): string {
  const text = readFileSync(`${FOLDER}/${plan}.yaml`, "utf8").replace(/^cleanUp:.*\n/m, "");
  const file = join(folder, "plan.yaml");
  writeFileSync(file, text.replaceAll("../", `${resolve(FOLDER)}/../`));
  return file;
}

async function prove({ plan, object }: Case, seed: string): Promise<BrokenRow> {
  const parent = mkdtempSync(join(tmpdir(), "gameday-broken-"));
  const folder = join(parent, "run");
  const file = withoutCleanUp(plan, parent);
  if (gameday("lab", "up", file) !== 0) throw new Error(`expected the lab of ${plan} to come up`);
  try {
    const exitCode = gameday("run", file, "--seed", seed, "--out", folder);
    const verdict = JSON.parse(readFileSync(join(folder, "verdict.json"), "utf8")) as Verdict;
    const { acknowledged, run } = acknowledgedIds(folder, object);
    const held = await inStore(object, run);
    return {
      command: `gameday run ${FOLDER}/${plan}.yaml --seed ${seed}`,
      commit: commit(),
      seed,
      date: new Date().toISOString().slice(0, 19),
      plan,
      verdict: verdict.verdict,
      exitCode,
      acknowledged: acknowledged.size,
      lost: verdict.experiments.reduce((sum, { writes }) => sum + writes.lost, 0),
      lostByStore: [...acknowledged].filter((id) => !held.has(id)).length,
    };
  } finally {
    gameday("lab", "down");
    rmSync(parent, { recursive: true });
  }
}

function acknowledgedIds(folder: string, object: string): { acknowledged: Set<string>; run: string } {
  const evidence = openEvidence(folder);
  const acknowledged = new Set<string>();
  for (const operation of evidence.operations()) {
    if (operation.object === object && operation.kind === "add" && operation.outcome.type === "ok")
      acknowledged.add(operation.id);
  }
  return { acknowledged, run: evidence.run.runId };
}

async function inStore(object: string, run: string): Promise<Set<string>> {
  const holder = await currentLab();
  if (holder?.control == null) throw new Error("expected a lab to attach to, got none");
  const lab = await attachLab(holder.control, monotonicClock());
  try {
    return object === "orders" ? await ordersIn(lab, run) : await basketsIn(lab, run);
  } finally {
    await lab[Symbol.asyncDispose]();
  }
}

async function ordersIn(lab: Lab, run: string): Promise<Set<string>> {
  const { rows } = await lab.queries.sql(
    "select client_id from orders where starts_with(client_id, $1)",
    [run],
    signal(),
  );
  return new Set(rows.map(([id]) => String(id)));
}

async function basketsIn(lab: Lab, run: string): Promise<Set<string>> {
  const { value: keys } = await lab.queries.redis(["KEYS", `cart:${run}/*`], signal());
  const ids = new Set<string>();
  for (const key of keys as string[]) {
    const { value: fields } = await lab.queries.redis(["HKEYS", key], signal());
    for (const id of fields as string[]) ids.add(id);
  }
  return ids;
}

const times = Number(process.argv[2] ?? 5);
let record = readRecord<BrokenRow>(FILE, "broken platforms are found out, to the last write", "npm run prove:broken");
while (record.rows.length < times * CASES.length) {
  const at = record.rows.length;
  record = addRow(FILE, record, await prove(CASES[at % CASES.length] as Case, String(3000 + at)));
  const { plan, verdict, exitCode, lost, lostByStore } = record.rows.at(-1) as BrokenRow;
  console.log(
    `${at + 1}/${times * CASES.length} ${plan}: ${verdict}, exit ${exitCode}, lost ${lost}, by the store itself ${lostByStore}`,
  );
}
const right = record.rows.filter((row) => row.exitCode === 1 && row.lost > 0 && row.lost === row.lostByStore).length;
console.log(`${right} of ${record.rows.length} found out exactly`);
process.exitCode = right === record.rows.length ? 0 : 1;
