import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { THREE_NODES } from "../../test/contract/memory-platform.ts";
import type { Selector } from "../plan.ts";
import type { Target } from "../platform.ts";
import { GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { seededRandom } from "../std/random.ts";
import { FAULTS, faultNamed } from "./catalogue.ts";
import { planFault } from "./choice.ts";
import { OUTSIDE } from "./nodes.ts";
import { resolveParameters } from "./parameter.ts";
import { peersOf } from "./peers.ts";

const named = (id: string): Target => {
  const found = THREE_NODES.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
};
const of = (id: string, given: Json) => peersOf(named(id), given, THREE_NODES, seededRandom("1"));

test("peers are the nodes of the matching targets, and what is on no node is outside", () => {
  assert.deepEqual(of("node/n1", { name: "redis/n3" }), ["n3"]);
  assert.deepEqual(of("node/n1", { role: "haproxy" }), [OUTSIDE]);
  assert.deepEqual(of("node/n1", [{ node: "n2" }, { role: "haproxy" }]), ["n2", OUTSIDE]);
  assert.deepEqual(of("node/n1", "everybody"), []);
});

test("the target itself is excluded from its peers, and refused if it is the only one", () => {
  assert.deepEqual(of("postgres/n1", { role: "postgres" }), ["n2", "n3"]);
  assert.throws(() => of("node/n1", { role: "postgres", leader: true }), {
    code: "peers-are-the-target",
    message: /elsewhere than on n1.*got postgres\/n1 only/,
  });
  assert.throws(() => of("node/n1", { name: "redis/n1" }), /elsewhere/);
});

test("peers that match nothing are refused with a hint", () => {
  assert.throws(() => of("node/n1", { role: "reddis" }), { code: "no-target", hint: 'did you mean "redis"?' });
  assert.throws(() => of("node/n1", { role: "redis", count: 3 }), /expected 3 targets.*got 2/);
});

test("for every selector, the target's own node is never a peer, and the list of peers is never empty", () => {
  const selector: fc.Arbitrary<Selector> = fc.record(
    {
      role: fc.constantFrom("app", "node", "redis", "haproxy", "none"),
      leader: fc.boolean(),
      node: fc.constantFrom("n1", "n2", "n9"),
      count: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...THREE_NODES),
      fc.array(selector, { minLength: 1, maxLength: 3 }),
      (target, given) => {
        try {
          const found = peersOf(target, given as Json, THREE_NODES, seededRandom("1"));
          assert.ok(found.length > 0 && new Set(found).size === found.length);
          assert.ok(!found.includes(target.node));
          assert.ok(target.role !== "haproxy" || !found.includes(OUTSIDE));
        } catch (thrown) {
          assert.ok(thrown instanceof GamedayError);
        }
      },
    ),
  );
});

test("each fault that takes peers passes them to its capability, and without peers it affects everything", () => {
  const taking = FAULTS.filter((kind) => kind.parameters["peers"] !== undefined);
  const names = ["partition-one-way", "latency", "jitter", "packet-loss", "bandwidth", "connection-reset"];
  assert.deepEqual(
    taking.map((kind) => kind.name),
    names,
  );
  for (const kind of taking) {
    const asked = (given: Record<string, Json>) =>
      planFault(kind, {
        selector: { name: "node/n1".replace("node", kind.defaultSelector.role ?? "") },
        parameters: given,
        random: seededRandom("1"),
      })
        .choose(THREE_NODES)
        .flatMap(({ requests }) => requests)
        .map(({ parameters }) => ("peers" in parameters ? parameters.peers : undefined));
    assert.deepEqual(asked({ peers: { node: "n2", role: "redis" } }), [["n2"]], kind.name);
    assert.deepEqual(asked({}), [[]], kind.name);
  }
});

test("peers in a plan are a selector or a list of selectors, and resolve to themselves", () => {
  const kind = faultNamed("latency");
  for (const good of [{ role: "redis" }, [{ role: "redis" }, { node: "n2" }], "everybody"]) {
    const resolved = resolveParameters(kind, { peers: good });
    assert.deepEqual(resolved["peers"], good);
    assert.deepEqual(resolveParameters(kind, resolved), resolved);
  }
  for (const bad of [[], {}, [{}], "redis", { roll: "redis" }, 3])
    assert.throws(() => resolveParameters(kind, { peers: bad }), /"peers" of fault "latency" to be a selector/);
});
