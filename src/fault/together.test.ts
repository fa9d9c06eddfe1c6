import assert from "node:assert/strict";
import { test } from "node:test";
import { THREE_NODES } from "../../test/contract/memory-platform.ts";
import { seededRandom } from "../std/random.ts";
import { FAULTS, faultNamed } from "./catalogue.ts";
import { planFault } from "./choice.ts";
import { requireApart, requireComposable } from "./together.ts";

test("a kind that must be injected alone is refused with its reason, and kinds of several rounds always are", () => {
  for (const kind of FAULTS.filter(({ rounds }) => rounds !== undefined))
    assert.throws(() => requireComposable(kind), { code: "not-composable" }, kind.name);
  assert.throws(() => requireComposable(faultNamed("power-off-node")), {
    code: "not-composable",
    exitCode: 3,
    message: /ends the node/,
  });
  requireComposable(faultNamed("kill-leader"));
});

test("two faults of one capability on one target are refused, on different targets they are not", () => {
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
