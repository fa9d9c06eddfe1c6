/**
 * A smoke test of the long proofs on the lab (npm run prove:*): a few tries of each, judged like the whole proof. Records
 * nothing.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { until } from "../../src/std/wait.ts";
import { failoversOf, playAndCompare, sceneOfLab } from "../proofs/accuracy.ts";
import { AttachedLab, shopPlan } from "../proofs/attached-lab.ts";
import { brokenPlan, playBroken } from "../proofs/broken.ts";
import { kill } from "../proofs/kill.ts";
import { descendants, residueBetween, stockOfLab } from "../proofs/lab-stock.ts";

const WIDTH_MS_MAX = 250;

test("on an attached lab, killed tools leave nothing, and the recovery interval holds the truth", async (context) => {
  await using lab = await AttachedLab.up(shopPlan({}));
  await context.test(
    "SIGKILL of the tool while a leader is down and while packets are delayed leaves nothing",
    async () => {
      for (const what of [
        { fault: "kill-leader", moment: "hold" },
        { fault: "latency", moment: "hold" },
      ] as const) {
        const { open, labAlive, residue, healthyAfterMs } = await kill(lab, what, `smoke-${what.fault}`);
        assert.ok(open > 0, `${what.fault} was open when the tool died`);
        assert.deepEqual({ labAlive, residue }, { labAlive: true, residue: [] }, what.fault);
        assert.notEqual(healthyAfterMs, null);
      }
    },
  );
  await context.test("planted residue is detected", async (planted) => {
    const before = stockOfLab(lab.pid);
    const someProcess = descendants(lab.pid).at(-1);
    const inLab = (...argv: string[]) => spawnSync("nsenter", ["-t", `${someProcess}`, "-n", ...argv]);
    inLab("nft", "add", "table", "inet", "planted");
    assert.match(residueBetween(before, stockOfLab(lab.pid)).join(), /planted/);
    inLab("nft", "delete", "table", "inet", "planted");
    const clean = () => residueBetween(before, stockOfLab(lab.pid)).length === 0;
    await until(clean, { what: "the planted rule to be gone", deadlineMs: 5_000, signal: planted.signal });
  });
  await context.test("a killed Redis master is measured alike by the product and by the witness", async () => {
    const [found] = await playAndCompare(sceneOfLab(lab), failoversOf(0).slice(1, 2), "smoke");
    assert.ok(found?.inside, JSON.stringify(found));
    assert.ok((found.widthMs ?? Number.POSITIVE_INFINITY) <= WIDTH_MS_MAX, JSON.stringify(found));
    assert.ok(found.witnessFailures > 0, "the witness felt it");
    assert.notEqual(found.promotedMs, null, "the promotion is in the log");
  });
});

test("a broken platform fails, and its loss is what redis-cli shows", async () => {
  await using lab = await AttachedLab.up(brokenPlan("unprotected-redis"));
  const found = await playBroken(lab, "unprotected-redis", "smoke");
  assert.equal(found.exitCode, 1);
  assert.ok(found.lost > 0);
  assert.equal(found.lost, found.lostByStore);
});
