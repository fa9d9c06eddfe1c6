/**
 * Platforms on the test cluster that are broken in a known way, each of which `check` or a run must flag by the line that was meant; and
 * healthy ones that look alike and must not be flagged. Each is arranged by kubectl on the deployed shop, and undone afterwards.
 */
import { join } from "node:path";
import { readVerdict } from "../e2e/gameday.ts";
import type { PlanDocument, TestCluster } from "./cluster.ts";

export interface ClusterVariant {
  readonly name: string;
  readonly kind: "broken" | "healthy";
  /** The command that must flag it: `check` before anything is broken, or the verdict of a run. */
  readonly by: "check" | "run";
  /** What the line of `check`, or the sentence of the verdict, must match. */
  readonly flag: RegExp;
  readonly plan: PlanDocument;
  arrange(cluster: TestCluster): Promise<void>;
  undo(cluster: TestCluster): Promise<void>;
}

export interface ClusterVariantRow {
  readonly name: string;
  readonly kind: "broken" | "healthy";
  readonly by: "check" | "run";
  readonly flagged: boolean;
  /** The lines of `check` that do not hold, or the verdict with its sentence. */
  readonly says: string;
  readonly exitCode: number | null;
}

/** Plays one variant on a healthy shop, and leaves it as it was. */
export async function playVariant(
  cluster: TestCluster,
  variant: ClusterVariant,
  seed: string,
): Promise<ClusterVariantRow> {
  const { name, kind, by } = variant;
  const plan = cluster.write(`${name.replaceAll(/\W+/g, "-")}.yaml`, variant.plan);
  try {
    await variant.arrange(cluster);
    const { says, exitCode } = by === "check" ? await checked(cluster, plan) : await run(cluster, plan, seed);
    return { name, kind, by, flagged: variant.flag.test(says), says: says.slice(0, 600), exitCode };
  } finally {
    await variant.undo(cluster);
  }
}

async function checked(cluster: TestCluster, plan: string) {
  const { code, stdout, stderr } = await cluster.gameday(["check", plan]);
  const bad = stdout.split("\n").filter((line) => line.startsWith("NOT OK"));
  if (!stdout.includes("namespace:"))
    throw new Error(`expected gameday check to look at the cluster, got ${stdout}${stderr}`);
  return { says: bad.join("\n"), exitCode: code };
}

async function run(cluster: TestCluster, plan: string, seed: string) {
  const folder = join(cluster.folder, `run-${seed}`);
  const { code } = await cluster.gameday(["run", plan, "--seed", seed, "--out", folder]);
  const { verdict, sentence, objectives } = readVerdict(folder);
  const missed = objectives.filter(({ status }) => status === "fail").map(({ id, because }) => `${id}: ${because}`);
  return { says: `${verdict}: ${sentence} ${missed.join(" ")}`, exitCode: code };
}
