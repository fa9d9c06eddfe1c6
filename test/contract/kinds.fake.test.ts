/**
 * Takes every kind of fault from its plan to the verdict, on the fake: a healthy platform passes with it, one that does not
 * recover fails, and a bite that never happens is no pass. The list is the catalogue itself, so a new kind is judged here at
 * once.
 */
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FAULTS } from "../../src/fault/catalogue.ts";
import type { FaultKind } from "../../src/fault.ts";
import type { ExperimentPlan, Objective } from "../../src/plan.ts";
import type { BehaviourChange } from "../../src/platform/fake/behaviour.ts";
import { fakePlatform } from "../../src/platform/fake.ts";
import type { Verdict } from "../../src/verdict.ts";
import { playVirtually } from "./virtual-day.ts";

const MARKER = join(tmpdir(), `gameday-kinds-${process.pid}`);
const COMMANDS = { inject: ["touch", MARKER], verify: ["ls", MARKER], heal: ["rm", "-f", MARKER] };

/** The parameters that a plan must give where the defaults do not work. */
const GIVEN: Readonly<Record<string, Partial<ExperimentPlan>>> = {
  command: { selector: { role: "app" }, parameters: COMMANDS },
  "repeated-kills": { parameters: { times: 3, downMs: 5_000 } },
};

function experimentOf({ name }: FaultKind): ExperimentPlan {
  const usual = { selector: {}, parameters: {}, holdMs: 7_000, recoverWithinMs: 20_000, settleMs: 500 };
  return { name, fault: name, ...usual, ...GIVEN[name] };
}

/** Returns objectives that any healthy platform meets. A kind declares itself when its users may recover only after it ends. */
function objectivesOf({ name, traits }: FaultKind): Objective[] {
  const objective = (measure: string, bound: Objective["bound"], over: Objective["over"] = {}): Objective => ({
    id: measure,
    says: measure,
    measure,
    bound,
    over,
  });
  const anyone = traits.recoversOnlyAfterHeal ? { healedBy: "anyone" } : {};
  return [
    objective("recovery-seconds", { under: 10 }, { experiment: name, ...anyone }),
    objective("health-checks-unmet", { atMost: 0 }, { experiment: name }),
    objective("unexpected-restarts", { atMost: 0 }),
    objective("outages", { atMost: 0 }, { window: "outside" }),
  ];
}

function play(kind: FaultKind, change: BehaviourChange = {}): Promise<Verdict> {
  return playVirtually({
    experiments: [experimentOf(kind)],
    objectives: objectivesOf(kind),
    changes: [change],
  });
}

function notPassed({ validity, findings, objectives }: Verdict): string[] {
  const lines = [...validity, ...findings].map(({ checker, status, because }) => ({ id: checker, status, because }));
  return [...lines, ...objectives]
    .filter(({ status }) => status !== "pass")
    .map(({ id, status, because }) => `${id} ${status}: ${because}`);
}

const statusOf = (verdict: Verdict, checker: string) =>
  [...verdict.validity, ...verdict.findings].find((one) => one.checker === checker)?.status;

test("the fake has each capability that a kind needs", () => {
  const missing = FAULTS.filter(({ needs }) => needs.some((need) => !fakePlatform.capabilities.includes(need)));
  assert.deepEqual(missing, []);
});

for (const kind of FAULTS) {
  test(`${kind.name}: a healthy platform passes`, async () => {
    const verdict = await play(kind);
    assert.deepEqual(notPassed(verdict), []);
    assert.equal(verdict.verdict, "pass", verdict.sentence);
    const [experiment, ...more] = verdict.experiments;
    assert.deepEqual(more, [], "one experiment, however many rounds");
    assert.ok(experiment?.bite?.witness);
  });

  test(`${kind.name}: users who never recover are a failure`, async () => {
    const verdict = await play(kind, { app: { staysBroken: true } });
    assert.equal(verdict.verdict, "fail", verdict.sentence);
    assert.equal(statusOf(verdict, "users-recover"), "fail", verdict.sentence);
  });

  test(`${kind.name}: a bite that is never seen proves nothing`, async () => {
    const verdict = await play(kind, { report: { bites: "claimed-only" } });
    assert.equal(statusOf(verdict, "faults-bit"), "unknown", verdict.sentence);
    assert.equal(verdict.verdict, "unknown", verdict.sentence);
  });
}

test("the proof's own commands leave nothing behind", () => {
  rmSync(MARKER, { force: true });
  assert.ok(!existsSync(MARKER));
});
