import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { parsePlan } from "../plan/parse.ts";
import { portable } from "../plan/portable.ts";
import type { Plan } from "../plan.ts";
import { droppedFrom } from "./planned.ts";

const OPEN = z.looseObject({});
const PLATFORMS = Object.fromEntries(["fake", "lab", "external", "kubernetes"].map((kind) => [kind, OPEN]));
const FULL = `
name: all
platform: { kind: fake }
load: { scenarios: [{ file: a.ts }], vus: 1, thresholds: { http_req_failed: ["rate<0.01"], http_req_duration: ["p(95)<500"] } }
probes: p.ts
autoscaling: { up: { replicas: 4 }, down: { replicas: 2 } }
experiments:
  - { name: one, fault: kill-leader, target: { role: postgres } }
  - together:
      - { name: two, fault: freeze, target: { role: redis } }
      - { name: three, fault: kill-replicas, target: { role: app, count: 2 } }
stopWhen:
  notRecovered: 60s
  syncStandbyMissing: "off"
  errorRate: { above: 0.5, for: 10s }
  latency: { p95Above: 2s, for: 10s }
  probes: [{ name: nobody there, for: 10s, url: "http://127.0.0.1/" }]
claims:
  - { object: orders, checkers: [acked-set, duplicates], options: { holds: [customer] }, ledger: { http: /audit } }
  - { object: stock, checkers: [non-negative-stock] }
cleanUp: { http: POST /clean }
objectives:
  - { id: lost, says: nothing is lost, measure: lost-writes, atMost: 0 }
  - { id: soon, says: soon, measure: recovery-seconds, over: { experiment: one }, under: 30 }
`;

function recorded(text: string, file = "plan.yaml"): Plan {
  const { plan } = parsePlan(text, { file, environment: { TOKEN: "abcdef" }, platforms: PLATFORMS });
  return portable(plan, dirname(resolve(file)));
}

/** Returns the plan in the form that run.json contains. */
function written(plan: Plan): Record<string, unknown> {
  return JSON.parse(JSON.stringify(plan)) as Record<string, unknown>;
}

test("a plan agrees with its own resolved form: this plan, and every example", () => {
  assert.deepEqual(droppedFrom(written(recorded(FULL)), FULL), []);
  const files = globSync(["examples/**/*.yaml", "test/fixtures/**/*.yaml"]).filter(
    (file) => /^platform:/m.test(readFileSync(file, "utf8")) && !file.includes("runs/"),
  );
  assert.ok(files.length >= 5, files.join());
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    assert.deepEqual(droppedFrom(written(recorded(text, file)), text), [], file);
  }
});

test("everything that was dropped from the recorded plan, or relaxed in it, is named", () => {
  type Rows = Record<string, unknown>[];
  const cases: [RegExp, (plan: Record<string, unknown>) => void][] = [
    [/experiment "one"/, (plan) => void (plan["experiments"] as Rows).shift()],
    [/experiment "three"/, (plan) => void (plan["experiments"] as Rows).pop()],
    [/experiment "two"/, (plan) => Object.assign((plan["experiments"] as Rows)[1] ?? {}, { fault: "kill-leader" })],
    [/its target/, (plan) => Object.assign((plan["experiments"] as Rows)[0] ?? {}, { selector: { role: "app" } })],
    [/claim about "stock"/, (plan) => void (plan["claims"] as Rows).pop()],
    [/claim about "orders"/, (plan) => Object.assign((plan["claims"] as Rows)[0] ?? {}, { checkers: ["duplicates"] })],
    [/claim about "orders"/, (plan) => Object.assign((plan["claims"] as Rows)[0] ?? {}, { options: {} })],
    [/claim about "orders"/, (plan) => Object.assign((plan["claims"] as Rows)[0] ?? {}, { source: { kind: "none" } })],
    [/claim about "orders"/, (plan) => Object.assign(plan, { claims: null })],
    [/objective "soon"/, (plan) => void (plan["objectives"] as Rows).pop()],
    [/objective "soon"/, (plan) => Object.assign((plan["objectives"] as Rows)[1] ?? {}, { bound: { under: 300 } })],
    [/objective "lost"/, (plan) => Object.assign((plan["objectives"] as Rows)[0] ?? {}, { bound: { atLeast: 0 } })],
    [/objective "lost"/, (plan) => Object.assign((plan["objectives"] as Rows)[0] ?? {}, { measure: "outages" })],
    [/objective "soon"/, (plan) => Object.assign((plan["objectives"] as Rows)[1] ?? {}, { over: {} })],
    [/stop condition notRecovered/, (plan) => Object.assign(plan["stopWhen"] ?? {}, { notRecoveredMs: null })],
    [/stop condition errorRate/, (plan) => Object.assign(plan["stopWhen"] ?? {}, { errorRate: null })],
    [/stop condition latency/, (plan) => Object.assign(plan["stopWhen"] ?? {}, { latency: null })],
    [/stop condition "nobody there"/, (plan) => Object.assign(plan["stopWhen"] ?? {}, { probes: [] })],
    [/threshold of http_req_failed/, (plan) => Object.assign(plan["load"] ?? {}, { thresholds: {} })],
    [/: probes/, (plan) => Object.assign(plan, { probes: null })],
    [/: autoscaling/, (plan) => Object.assign(plan, { autoscaling: null })],
    [/: cleanUp/, (plan) => Object.assign(plan, { cleanUp: null })],
  ];
  for (const [says, change] of cases) {
    const plan = written(recorded(FULL));
    change(plan);
    const dropped = droppedFrom(plan, FULL);
    assert.ok(dropped.length >= 1 && dropped.some((one) => says.test(one)), `${says}: ${dropped.join("; ")}`);
  }
});

test("values resolved from the environment, and objectives added to the file, are no contradiction", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a plan refers to a secret in this way
  const text = FULL.replace("says: soon,", 'says: "${env:TOKEN}",').replace("[customer]", '["${env:TOKEN}"]');
  assert.deepEqual(droppedFrom(written(recorded(text)), text), []);
  const more = { ...written(recorded(FULL)), later: [1] };
  assert.deepEqual(droppedFrom(more, FULL), []);
  for (const nothing of ["", "name: by hand\n", "[]", "5"]) assert.deepEqual(droppedFrom({}, nothing), [], nothing);
});

test("a damaged plan.yaml is a flaw", () => {
  for (const text of ["{{{", "a: [", `${"[".repeat(5_000)}`])
    assert.match(droppedFrom({}, text).join(), /plan\.yaml cannot be read/, text.slice(0, 9));
});
