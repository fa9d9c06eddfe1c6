/**
 * Kinds of fault end to end on one healthy lab: those with several rounds, and one kind for each existing capability. Each must
 * end in a pass; only what a stall of this machine makes unknown is excused (notExcused). `npm run prove:kinds` runs all kinds, one
 * game day each, and excuses nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { CAPABILITIES } from "../../src/platform/capability.ts";
import { AttachedLab, shopPlan } from "../proofs/attached-lab.ts";
import { notExcused, playDay, SHORT_SETTLE } from "../proofs/kinds.ts";

const ROUNDS = ["rolling-restart", "repeated-kills"];
/**
 * The short days come first, because what a failover leaves behind, such as a new database leader, is the starting point of the
 * next day.
 */
const DAYS: readonly (readonly string[])[] = [
  ["rolling-restart", "kill-replicas", "drain-node", "latency", "packet-loss", "bandwidth", "connection-reset"],
  ["dns-failure", "cpu-pressure", "memory-pressure", "disk-full", "clock-skew", "command"],
  ["repeated-kills", "freeze", "power-off-node", "partition-node"],
];
test("the days contain the kinds of several rounds, and one for each capability", () => {
  const played = FAULTS.filter(({ name }) => DAYS.flat().includes(name));
  assert.equal(played.length, DAYS.flat().length);
  const needed = new Set(played.flatMap(({ needs }) => needs));
  assert.deepEqual(
    CAPABILITIES.filter((name) => !needed.has(name)),
    [],
  );
  assert.deepEqual(
    ROUNDS.filter((name) => !DAYS.flat().includes(name)),
    [],
  );
});

test("each day passes on a healthy lab", { timeout: 900_000 }, async (context) => {
  await using lab = await AttachedLab.up(shopPlan({}));
  for (const [number, day] of DAYS.entries()) {
    await context.test(day.join(", "), async () => {
      const verdict = await playDay(lab, day, `kinds-${number}`, SHORT_SETTLE);
      assert.deepEqual(notExcused(verdict), [], verdict.sentence);
      if (verdict.verdict !== "pass") context.diagnostic(`this machine stalled: ${verdict.sentence}`);
      assert.deepEqual(
        verdict.experiments.map(({ name }) => name),
        [...day],
      );
    });
  }
});
