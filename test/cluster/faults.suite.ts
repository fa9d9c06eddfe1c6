/**
 * The contract of faults on the real cluster. It takes half an hour, so it is no part of `npm test`: `npm run prove:faults-kubernetes` plays
 * the kinds that have no row yet. GAMEDAY_FAULTS=freeze,packet-loss selects some; GAMEDAY_RECORD=1 adds rows to
 * docs/track-record/faults-kubernetes.json.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { addRow, commit, type Row, readRecord } from "../../scripts/track-record.ts";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { faultContract } from "../contract/fault.ts";
import type { FaultRow } from "../contract/stage.ts";
import { type PlanDocument, QUICK_PLAN, readPlan, TestCluster } from "../proofs/cluster.ts";
import { CLUSTER_RECORD, CLUSTER_SKIPS } from "../proofs/cluster-faults.ts";

const picked = process.env["GAMEDAY_FAULTS"]?.split(",");
const folder = mkdtempSync(join(tmpdir(), "gameday-cluster-faults-"));
const marker = join(folder, "broken");
const cluster = await TestCluster.up();

after(async () => {
  await cluster[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Records each row as soon as it is known, so that it remains when a later kind fails. */
function record(row: FaultRow): void {
  if (process.env["GAMEDAY_RECORD"] !== "1") return;
  const { file, proof, command } = CLUSTER_RECORD;
  const date = new Date().toISOString().slice(0, 19);
  const about = { command, commit: commit(), seed: "contract", date };
  addRow<Row & FaultRow>(file, readRecord(file, proof, command), { ...about, ...row });
}

/** The plan with the commands that the test cluster has for whole nodes. */
function withNodeCommands(plan: PlanDocument): PlanDocument {
  const command = (name: string) => ["test/cluster/cluster", `node-${name}`, "{node}"];
  const nodeCommands = {
    powerOff: command("stop"),
    powerOn: command("start"),
    cut: command("cut"),
    uncut: command("heal"),
  };
  const platform = plan["platform"] as PlanDocument;
  return { ...plan, platform: { ...platform, nodeCommands } };
}

const unpicked = FAULTS.filter((kind) => picked !== undefined && !picked.includes(kind.name));
faultContract("a real cluster", {
  open: async (clock) => {
    await cluster.deploy("quick");
    const platform = cluster.platform(withNodeCommands(readPlan(QUICK_PLAN)), "faults", clock);
    await platform.prepare(AbortSignal.timeout(60_000));
    return platform;
  },
  skips: {
    ...Object.fromEntries(unpicked.map((kind) => [kind.name, "it was not picked by GAMEDAY_FAULTS"])),
    ...CLUSTER_SKIPS,
  },
  given: {
    command: { with: { inject: ["touch", marker], verify: ["ls", marker], heal: ["rm", "-f", marker] } },
    bandwidth: { with: { kilobitsPerSecond: 16 } }, // there are no users, and the databases' own traffic must meet the limit
    "rolling-restart": { with: { pause: "1s" } },
    "repeated-kills": { with: { times: 2, down: "2s", pause: "1s" } },
  },
  healthyWithinMs: 150_000,
  holdMs: 3_000,
  record,
});
