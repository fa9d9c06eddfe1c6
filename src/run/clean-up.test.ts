import assert from "node:assert/strict";
import { test } from "node:test";
import { conduct } from "./conductor.ts";
import { serveAudit, simulatedPlan, simulatedRun } from "./run.fixture.ts";

test("rows that a clean-up leaves, and what the platform could not restore, are residue", async (context) => {
  const simulated = simulatedRun(
    context,
    simulatedPlan({ experiments: [], cleanUp: { kind: "http", method: "POST", path: "/clean-up" } }),
  );
  await serveAudit(context, simulated, [], { remaining: 3 });
  simulated.platform.residue = [{ what: "a rule", where: "n2" }];
  const conducted = await conduct(simulated.run);
  assert.equal(conducted.residue, 2);
  const residue = simulated.timeline().flatMap((event) => (event.type === "residue" ? [event.what] : []));
  assert.match(residue.join(), /3 rows remain.*a rule/);
});

for (const remaining of [null, "", [], false, "none"]) {
  test(`a clean-up that returns ${JSON.stringify(remaining)} as remaining has not confirmed that nothing remains`, async (context) => {
    const simulated = simulatedRun(
      context,
      simulatedPlan({ experiments: [], cleanUp: { kind: "http", method: "POST", path: "/clean-up" } }),
    );
    await serveAudit(context, simulated, [], { remaining });
    const conducted = await conduct(simulated.run);
    assert.equal(conducted.residue, 1);
  });
}

test("a failed restore is residue", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [] }));
  simulated.platform.restore = () => Promise.reject(new Error("the switch does not answer"));
  assert.equal((await conduct(simulated.run)).residue, 1);
});

for (const { unanswered, residue } of [
  { unanswered: 2, residue: 0 },
  { unanswered: 99, residue: 1 },
]) {
  test(`a clean-up that a proxy answers ${unanswered} times with 504 leaves ${residue} pieces of residue`, async (context) => {
    const simulated = simulatedRun(
      context,
      simulatedPlan({ experiments: [], cleanUp: { kind: "http", method: "POST", path: "/clean-up" } }),
    );
    const asked = await serveAudit(context, simulated, [], { unanswered });
    const conducted = await conduct(simulated.run);
    assert.equal(conducted.residue, residue);
    assert.equal(asked.length, Math.min(unanswered, 4) + 1);
  });
}
