/**
 * Kinds of fault end to end on one healthy lab: those with several rounds, and one kind for each existing capability. Each must
 * end in a pass. `npm run prove:kinds` runs all kinds, one game day each.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { CAPABILITIES } from "../../src/platform/capability.ts";
import type { Verdict } from "../../src/verdict.ts";
import { AttachedLab, shopPlan } from "../proofs/attached-lab.ts";
import { playDay } from "../proofs/kinds.ts";

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
/**
 * A stall of this machine itself proves nothing about a kind: a day that is unknown because of one is repeated, up to this many
 * attempts.
 */
const TRIES_MAX = 2;
const OURS = new Set(["probes-gapless", "generator-healthy", "load-kept-pace"]);

const notPassed = ({ validity, findings, objectives }: Verdict): string[] =>
  [...[...validity, ...findings].map((one) => ({ ...one, id: `${one.checker} of ${one.object}` })), ...objectives]
    .filter(({ status }) => status !== "pass")
    .map(({ id, status, because }) => `${id} ${status}: ${because}`);

const isOurs = ({ verdict, validity }: Verdict): boolean =>
  verdict === "unknown" && validity.some(({ checker, status }) => status !== "pass" && OURS.has(checker));

async function play(lab: AttachedLab, day: readonly string[], seed: string): Promise<Verdict> {
  let verdict = await playDay(lab, day, `${seed}-1`);
  for (let number = 2; number <= TRIES_MAX && isOurs(verdict); number++)
    verdict = await playDay(lab, day, `${seed}-${number}`);
  return verdict;
}

test("the days hold the kinds of several rounds, and one for each capability", () => {
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

test("each ends in pass on a healthy lab", { timeout: 900_000 }, async (context) => {
  await using lab = await AttachedLab.up(shopPlan({}));
  for (const [number, day] of DAYS.entries()) {
    await context.test(day.join(", "), async () => {
      const verdict = await play(lab, day, `kinds-${number}`);
      assert.deepEqual(notPassed(verdict), [], verdict.sentence);
      assert.equal(verdict.verdict, "pass", verdict.sentence);
      assert.deepEqual(
        verdict.experiments.map(({ name }) => name),
        [...day],
      );
    });
  }
});
