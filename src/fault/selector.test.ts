import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { THREE_NODES, target } from "../../test/contract/memory-platform.ts";
import type { FaultKind } from "../fault.ts";
import type { Selector } from "../plan.ts";
import { GamedayError } from "../std/errors.ts";
import { seededRandom } from "../std/random.ts";
import { killLeader } from "./kind/kill-leader.ts";
import { killReplicas } from "./kind/kill-replicas.ts";
import { assertWithin, blastRadiusOf, choose, effectiveSelector } from "./selector.ts";

const chosen = (selector: Selector, seed = "1") =>
  choose(selector, THREE_NODES, seededRandom(seed)).map((one) => one.id);

test("every condition narrows the choice, and all must hold", () => {
  assert.deepEqual(chosen({ role: "postgres", leader: true }), ["postgres/n1"]);
  assert.deepEqual(chosen({ role: "app", node: "n2" }), ["app/n2-1", "app/n2-2"]);
  assert.deepEqual(chosen({ name: "redis/n3" }), ["redis/n3"]);
  const labelled = [
    target("vm/a", { labels: { zone: "east", size: "l" } }),
    target("vm/b", { labels: { zone: "west" } }),
  ];
  assert.equal(choose({ labels: { zone: "east", size: "l" } }, labelled, seededRandom("1"))[0]?.id, "vm/a");
});

test("count and percent choose that many targets by the seed, in the topology's order", () => {
  assert.equal(chosen({ role: "app", count: 2 }).length, 2);
  assert.equal(chosen({ role: "app", percent: 50 }).length, 3);
  assert.equal(chosen({ role: "app", percent: 1 }).length, 1);
  assert.deepEqual(chosen({ role: "app", count: 2 }, "5"), chosen({ role: "app", count: 2 }, "5"));
  const pairs = new Set(Array.from({ length: 60 }, (_, seed) => chosen({ role: "app", count: 2 }, `${seed}`).join()));
  assert.ok(pairs.size > 8, `${pairs.size} different pairs of 15`);
});

test("a selector that matches nothing, or too few, is an error with a hint and never an empty choice", () => {
  const hintOf = (selector: Selector) => {
    try {
      chosen(selector);
    } catch (thrown) {
      if (thrown instanceof GamedayError) return thrown.hint;
    }
    return "no error";
  };
  assert.equal(hintOf({ role: "postgers" }), 'did you mean "postgres"?');
  assert.equal(hintOf({ name: "redis/n4" }), 'did you mean "redis/n1"?');
  assert.equal(hintOf({ role: "app", leader: true }), "no such target is leader at the moment");
  assert.throws(() => chosen({ role: "app", count: 7 }), /expected 7 targets.*got 6/);
  const anySelector = fc.record(
    {
      role: fc.constantFrom("app", "node", "none"),
      leader: fc.boolean(),
      node: fc.constantFrom("n1", "n9"),
      count: fc.integer({ min: 1, max: 9 }),
      percent: fc.integer({ min: 1, max: 100 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anySelector, (selector) => {
      try {
        return chosen(selector).length > 0;
      } catch (thrown) {
        return thrown instanceof GamedayError;
      }
    }),
  );
});

test("a plan's selector replaces the kind's, except its number and what must always hold", () => {
  assert.deepEqual(effectiveSelector(killReplicas, {}), { role: "app", count: 2 });
  assert.deepEqual(effectiveSelector(killReplicas, { node: "n1" }), { node: "n1", count: 2 });
  assert.deepEqual(effectiveSelector(killReplicas, { role: "app", percent: 10 }), { role: "app", percent: 10 });
  assert.deepEqual(effectiveSelector(killLeader, { role: "redis" }), { role: "redis", leader: true, count: 1 });
  const all: FaultKind = { ...killReplicas, defaultSelector: { role: "app", percent: 100 } };
  assert.deepEqual(effectiveSelector(all, { role: "redis" }), { role: "redis", percent: 100 });
});

test("the blast radius counts what is hit, role by role, and always allows one target", () => {
  const apps = THREE_NODES.filter((one) => one.role === "app");
  assertWithin({ percentMax: 70 }, apps.slice(0, 4), THREE_NODES);
  assert.throws(() => assertWithin({ percentMax: 70 }, apps.slice(0, 5), THREE_NODES), /at most 4 of 6 "app"/);
  assert.throws(() => assertWithin({ targetsMax: 1 }, apps.slice(0, 2), THREE_NODES), /at most 1 targets/);
  assertWithin({ percentMax: 1 }, [target("haproxy/switch")], THREE_NODES);
  assertWithin({ percentMax: 70 }, [...apps.slice(0, 4), ...apps.slice(0, 4)], THREE_NODES);
});

test("limits that a plan omits from the blast radius keep their defaults: a count alone never allows all of a role", () => {
  const of = (role: string) => THREE_NODES.filter((one) => one.role === role);
  const within = (given: Parameters<typeof blastRadiusOf>[0], role: string) => () =>
    assertWithin(blastRadiusOf(given), of(role), THREE_NODES);
  assert.throws(within(undefined, "postgres"), { code: "blast-radius", message: /at most 2 of 3 "postgres"/ });
  assert.throws(
    within({ targetsMax: 3 }, "postgres"),
    /at most 2 of 3.*got 3: postgres\/n1, postgres\/n2, postgres\/n3/,
  );
  within({ percentMax: 100 }, "postgres")();
  assert.throws(within({ percentMax: 100, targetsMax: 2 }, "postgres"), /count 2/);
});

test("every allowed choice is within both limits, and every refusal names each target", () => {
  const radius = fc.record(
    { targetsMax: fc.integer({ min: 1, max: 6 }), percentMax: fc.integer({ min: 1, max: 100 }) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(radius, fc.subarray([...THREE_NODES], { minLength: 1 }), (given, targets) => {
      const { targetsMax = Number.POSITIVE_INFINITY, percentMax = 70 } = given;
      const roles = new Set(targets.map((one) => one.role));
      const share = (role: string) => {
        const hit = targets.filter((one) => one.role === role).length;
        return hit === 1 ? 0 : (100 * hit) / THREE_NODES.filter((one) => one.role === role).length;
      };
      const allowed = targets.length <= targetsMax && [...roles].every((role) => share(role) <= percentMax + 1e-9);
      try {
        assertWithin(blastRadiusOf(given), targets, THREE_NODES);
        assert.ok(allowed);
      } catch (thrown) {
        assert.ok(thrown instanceof GamedayError && !allowed, `${thrown}`);
      }
    }),
  );
});
