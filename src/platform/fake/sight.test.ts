/** What is seen of a change comes from the model: a change that was not made, or that the model does not support, is not seen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "../../fault/catalogue.ts";
import { planFault } from "../../fault/choice.ts";
import { capabilityOf } from "../../platform.ts";
import { ManualClock } from "../../std/clock.ts";
import { seededRandom } from "../../std/random.ts";
import { CAPABILITIES, type CapabilityName } from "../capability.ts";
import { fakePlatform } from "../fake.ts";
import { Agenda } from "./agenda.ts";
import { UNIMPAIRED } from "./app.ts";
import { behave } from "./behaviour.ts";
import { Breakage } from "./breakage.ts";
import type { Break } from "./change.ts";
import { FakePlatform } from "./real-time.ts";
import { Site } from "./site.ts";

function stage() {
  const agenda = new Agenda();
  const site = new Site({ agenda, random: seededRandom("sight"), behaviour: behave([]), emit: () => undefined });
  return { agenda, site, breakage: new Breakage(site) };
}

/** The fault kinds except the plan's own commands, which are not part of the model. */
const KINDS = FAULTS.filter(({ name }) => name !== "command");

function changesOf(kind: (typeof FAULTS)[number], { site }: ReturnType<typeof stage>): Break[] {
  const planned = planFault(kind, { selector: {}, parameters: {}, random: seededRandom("sight") });
  const rounds = planned.choose(site.topology());
  return rounds.flatMap(({ requests }) => requests.map((request, at) => ({ ...request, id: `${kind.name}/${at}` })));
}

for (const kind of KINDS) {
  test(`${kind.name}: its change is seen when it is applied, not before, and not when it is reverted`, () => {
    const { breakage, agenda, ...rest } = stage();
    for (const change of changesOf(kind, { breakage, agenda, ...rest })) {
      assert.equal(breakage.isBitten(change), false, `${change.capability} before`);
      breakage.apply(change);
      assert.equal(breakage.isBitten(change), true, change.capability);
      breakage.revert(change.id);
      assert.equal(breakage.isBitten(change), false, `${change.capability} after`);
      agenda.runUntil(agenda.nowMs + 20_000);
      assert.equal(breakage.isHealed(change), true, `${change.capability} healed`);
    }
  });
}

test("a command that changed nothing in the model is not seen, whatever it reports", () => {
  const { site, breakage } = stage();
  const target = { id: "postgres/n1", role: "postgres", node: "n1" };
  breakage.apply({ id: "late", capability: "delay", target, parameters: {} });
  site.app.impair(UNIMPAIRED);
  assert.equal(breakage.isBitten({ id: "late", capability: "delay", target, parameters: {} }), false);
  const nobody = { id: "postgres/n9", role: "postgres", node: "n9" };
  breakage.apply({ id: "nobody", capability: "stop", target: nobody, parameters: { stayDown: true } });
  assert.equal(breakage.isBitten({ id: "nobody", capability: "stop", target: nobody, parameters: {} }), false);
});

test("the fake has exactly the capabilities that were written for it", () => {
  const planted = "teleport" as CapabilityName;
  (CAPABILITIES as CapabilityName[]).push(planted);
  const { breakage, site } = stage();
  const platform = new FakePlatform({
    behaviour: site.behaviour,
    seed: "1",
    autoscaler: false,
    clock: new ManualClock(),
  });
  assert.equal(capabilityOf(platform, planted), undefined);
  assert.ok(!fakePlatform.capabilities.includes(planted));
  assert.deepEqual(Object.keys(platform.can).sort(), [...fakePlatform.capabilities].sort());
  const target = { id: "postgres/n1", role: "postgres", node: "n1" };
  assert.throws(() => breakage.apply({ id: "planted", capability: planted, target, parameters: {} }), /"teleport"/);
});
