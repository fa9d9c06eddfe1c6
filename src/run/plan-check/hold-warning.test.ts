import assert from "node:assert/strict";
import { test } from "node:test";
import { THREE_NODES } from "../../../test/contract/memory-platform.ts";
import { faultNamed } from "../../fault/catalogue.ts";
import { planFault } from "../../fault/choice.ts";
import { labKind } from "../../platform/lab/kind.ts";
import { seededRandom } from "../../std/random.ts";
import { warnOfHold } from "./hold-warning.ts";

const NOTICED = { postgres: { afterMs: 8_000, says: "ttl" }, redis: { afterMs: 2_000, says: "downAfter" } };

function warnings(fault: string, name: string, holdMs: number): string[] {
  const kind = faultNamed(fault);
  const planned = planFault(kind, { selector: { name }, parameters: {}, random: seededRandom("1") });
  const experiment = { name: "x", fault, selector: { name }, parameters: {}, holdMs, recoverWithinMs: 1, settleMs: 1 };
  const requests = planned.choose(THREE_NODES).flatMap((round) => round.requests);
  return warnOfHold({ experiment, requests }, THREE_NODES, NOTICED);
}

test("a leader that is absent for less than its lease causes a warning", () => {
  const [warning] = warnings("kill-leader", "postgres/n1", 8_000);
  assert.match(
    warning ?? "",
    /"x" is held 8s, but a missing leader of postgres is noticed after 8s \(ttl\).*hold it longer/,
  );
  assert.equal(warnings("partition-node", "node/n1", 3_000).length, 1, "the node's leader counts");
  assert.equal(warnings("partition-node", "node/n2", 1_000).length, 1, "Redis leads on n2");
});

test("a long hold, a standby, or a fault that removes no leader causes no warning", () => {
  assert.deepEqual(warnings("kill-leader", "postgres/n1", 8_001), []);
  assert.deepEqual(warnings("kill-member", "postgres/n3", 1_000), []);
  assert.deepEqual(warnings("latency", "postgres/n1", 1_000), []);
  assert.deepEqual(warnings("partition-node", "node/n2", 2_001), []);
});

test("the lab takes its leases from the plan's own settings", () => {
  const app = { command: ["true"], directory: "." };
  const noticed = labKind.noticedAfter?.({ kind: "lab", app, redis: { downAfter: "3s" } });
  assert.equal(noticed?.["redis"]?.afterMs, 3_000);
  assert.equal(noticed?.["postgres"]?.afterMs, 8_000);
});
