/**
 * A cut by a NetworkPolicy on the real cluster, whose network plugin enforces policies: `node --test test/cluster/policy.suite.ts`. It is no
 * part of the contract suite, because a NetworkPolicy refuses half of what a cut may be asked for (decision 0407).
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { faultNamed } from "../../src/fault/catalogue.ts";
import { planFault } from "../../src/fault/choice.ts";
import { inject } from "../../src/fault/injection.ts";
import { JournalFile } from "../../src/journal/write.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import { seededRandom } from "../../src/std/random.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { type PlanDocument, QUICK_PLAN, readPlan, TestCluster } from "../proofs/cluster.ts";

test("a node's pods are cut off by a NetworkPolicy: a fresh connection fails, then works again, and nothing is left", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-policy-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const clock = monotonicClock();
  await using cluster = await TestCluster.up();
  await cluster.deploy("quick");
  const quick = readPlan(QUICK_PLAN);
  const plan = { ...quick, platform: { ...(quick["platform"] as PlanDocument), cuts: "network-policy" } };
  await using platform = cluster.platform(plan, "policy", clock);
  await platform.prepare(AbortSignal.timeout(60_000));
  await using journal = await JournalFile.create(folder, { runId: "policy", platform: { kind: "kubernetes" } }, clock);
  const events: TimelineEvent[] = [];
  const kind = faultNamed("partition-node");
  const parameters = { how: "drop" };
  const planned = planFault(kind, { selector: { role: "node", count: 1 }, parameters, random: seededRandom("policy") });
  const signal = AbortSignal.timeout(240_000);
  const emit = (event: TimelineEvent) => void events.push(event);
  const options = { experiment: "cut", runId: "policy", clock, journal, emit, expiresAfterMs: 120_000, signal };
  const injection = await inject(platform, planned, options);
  const [healed] = await injection.heal();
  const bite = events.find((event) => event.type === "fault" && event.edge === "bit");
  assert.match(JSON.stringify(bite), /fresh connections fail \(existing ones go on\)/);
  assert.match(healed?.witness?.says ?? "", /no policy of ours is left, fresh connections work/);
  console.error(JSON.stringify(bite), healed?.witness?.says);
  await cluster.whole(plan);
  assert.deepEqual(await platform.restore(signal), []);
});
