import assert from "node:assert/strict";
import { test } from "node:test";
import { THREE_NODES } from "../../test/contract/memory-platform.ts";
import { seededRandom } from "../std/random.ts";
import { FAULTS, faultNamed } from "./catalogue.ts";
import { planFault } from "./choice.ts";
import { ALONE, COMPOSABLE, requireApart, requireComposable } from "./together.ts";

test("every kind is either composable or says why not; kinds of several rounds never are", () => {
  assert.deepEqual([...COMPOSABLE, ...Object.keys(ALONE)].sort(), FAULTS.map((kind) => kind.name).sort());
  for (const kind of FAULTS.filter(({ rounds }) => rounds !== undefined))
    assert.ok(!COMPOSABLE.has(kind.name), kind.name);
  assert.throws(() => requireComposable("power-off-node"), {
    code: "not-composable",
    exitCode: 3,
    message: /ends the node/,
  });
  requireComposable("kill-leader");
});

test("two faults of one capability on one target are refused, on different ones not", () => {
  const of = (fault: string, name: string) => {
    const kind = faultNamed(fault);
    return planFault(kind, { selector: { name }, parameters: {}, random: seededRandom("1") })
      .choose(THREE_NODES)
      .flatMap(({ requests }) => requests);
  };
  requireApart([...of("latency", "postgres/n1"), ...of("latency", "postgres/n2"), ...of("packet-loss", "postgres/n1")]);
  assert.throws(
    () => requireApart([...of("latency", "postgres/n1"), ...of("jitter", "redis/n1")]),
    /delay of node\/n1 twice/,
  );
});
