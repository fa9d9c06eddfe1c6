import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPlan } from "./plan-check.ts";

const HEAD = "name: n\nplatform: { kind: fake }\nload: { scenarios: [{ file: ./plan-check.test.ts }] }\n";

function check(lines: string, environment: Record<string, string> = {}) {
  return checkPlan({ text: `${HEAD}${lines}`, file: "plan.yaml", folder: import.meta.dirname, environment });
}

test("a valid plan has no problem", () => {
  const { parsed, problems } = check("");
  assert.equal(parsed?.plan.name, "n");
  assert.deepEqual(problems, []);
});

test("all problems are returned at once, as plain data in the order of the file, each with line and column", () => {
  const { problems } = check(`probes: nowhere.ts
experiments:
  - { name: a, fault: kil-leader }
  - { name: a, fault: latency, with: { latencee: 1s } }
claims:
  - { object: o, checkers: [ackd-set] }
objectives:
  - { id: x, says: x, measure: outages, atMost: 0 }
  - { id: x, says: x, measure: outags, atMost: 0 }
`);
  assert.deepEqual(
    problems.map(({ code, place }) => `${place.line} ${code}`),
    [
      "4 plan-missing-file",
      "6 fault-unknown",
      "7 plan-duplicate",
      "7 fault-parameter-unknown",
      "9 plan-unknown-checker",
      "12 plan-duplicate",
      "12 plan-objective",
    ],
  );
  assert.ok(problems.every(({ place }) => place.file === "plan.yaml" && place.column !== undefined));
  assert.deepEqual(JSON.parse(JSON.stringify(problems)), problems);
});

test("a text that is not a plan has one problem, with its place, and no plan", () => {
  const { parsed, problems } = check("experimants: []\n");
  assert.equal(parsed, null);
  assert.deepEqual(
    problems.map(({ code, place }) => `${place.line}:${place.column} ${code}`),
    ["4:1 plan-unknown-key"],
  );
});

test("a fault that the platform does not support is a problem of the plan", () => {
  const external = HEAD.replace("{ kind: fake }", "{ kind: external, endpoint: 'http://127.0.0.1:1', members: [] }");
  const text = `${external}experiments: [{ name: a, fault: latency }]\n`;
  const { problems } = checkPlan({ text, file: "plan.yaml", folder: import.meta.dirname, environment: {} });
  assert.deepEqual(
    problems.map(({ code, got }) => `${code}: ${got}`),
    ['fault-not-supported: "external", which does not support: delay'],
  );
});

test("no problem contains a secret", () => {
  const secret = "hunter2-and-more";
  const { problems } = check(`experiments: [{ name: a, fault: "\${env:WORD}" }]\n`, { WORD: secret });
  assert.equal(problems.length, 1);
  assert.ok(!JSON.stringify(problems).includes(secret), JSON.stringify(problems));
  assert.match(problems[0]?.got ?? "", /\[secret WORD\]/);
});
