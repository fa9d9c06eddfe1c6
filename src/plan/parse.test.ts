import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { GamedayError } from "../std/errors.ts";
import { parsePlan } from "./parse.ts";

const platforms = {
  fake: z.strictObject({ kind: z.literal("fake"), replicas: z.int().default(3), password: z.string().optional() }),
};
const minimal = `
name: small
platform: { kind: fake }
load:
  scenarios: [{ file: sale.ts }]
  vus: 5
`;
const parse = (text: string, environment: Record<string, string> = {}) =>
  parsePlan(text, { file: "/plans/small.yaml", environment, platforms });

function complaint(text: string, environment?: Record<string, string>): GamedayError {
  try {
    parse(text, environment);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown;
    throw thrown;
  }
  throw new Error("expected the plan to be refused");
}

test("a minimal plan is completed with defaults and absolute paths", () => {
  const { plan } = parse(minimal);
  assert.deepEqual(plan.platform, { kind: "fake", replicas: 3 });
  assert.deepEqual(plan.load.scenarios, [{ file: "/plans/sale.ts", weight: null }]);
  assert.deepEqual(plan.load.stages, [{ durationMs: 5000, target: 5 }]);
  assert.deepEqual(plan.experiments, []);
});

test("an unknown key is reported with line, column and the nearest known key", () => {
  const error = complaint(`${minimal}experimants: []\n`);
  assert.equal(error.code, "plan-unknown-key");
  assert.deepEqual(error.place, { file: "/plans/small.yaml", line: 7, column: 1 });
  assert.match(error.hint ?? "", /did you mean "experiments"/);
});

test("an unknown key deep inside is compared with its own schema", () => {
  const error = complaint(`${minimal}experiments:\n  - name: a\n    fault: kill-leader\n    holt: 30s\n`);
  assert.deepEqual(error.place, { file: "/plans/small.yaml", line: 10, column: 5 });
  assert.match(error.hint ?? "", /did you mean "hold"/);
});

test("for a malformed duration the message shows what one looks like, at its place", () => {
  const error = complaint(`${minimal}warmUp: 30 sec\n`);
  assert.deepEqual(error.place, { file: "/plans/small.yaml", line: 7, column: 9 });
  assert.match(error.message, /"30 sec"/);
});

test("keys of the platform section are checked by the platform's own schema", () => {
  const error = complaint(minimal.replace("kind: fake", "kind: fake, replica: 3"));
  assert.equal(error.place?.line, 3);
  assert.match(error.hint ?? "", /did you mean "replicas"/);
});

test("for an unknown platform the message lists the known ones", () => {
  assert.match(complaint(minimal.replace("fake", "fakke")).hint ?? "", /did you mean "fake"/);
});

test("broken YAML is reported with line and column", () => {
  const error = complaint("name: [1, 2\nload: x\n");
  assert.equal(error.code, "plan-not-yaml");
  assert.ok((error.place?.line ?? 0) >= 1);
});

const secretNamed = (name: string) => `"$\{env:${name}}"`;

test("a secret is resolved, and redacted in plain, JSON and URL form and in error messages", () => {
  const text = minimal.replace("kind: fake", () => `kind: fake, password: ${secretNamed("PW")}`);
  const { plan, secrets } = parse(text, { PW: 'pa"ss word' });
  assert.equal(plan.platform["password"], 'pa"ss word');
  for (const leak of ['x pa"ss word y', JSON.stringify({ p: 'pa"ss word' }), "http://u:pa%22ss%20word@h"]) {
    assert.match(secrets.redact(leak), /\[secret PW\]/);
  }
  const error = complaint(
    minimal.replace("kind: fake", () => `kind: ${secretNamed("PW")}`),
    { PW: "hunter22" },
  );
  assert.doesNotMatch(error.describe(), /hunter22/);
});

test("the error for a missing secret names the variable", () => {
  const text = minimal.replace("kind: fake", () => `kind: ${secretNamed("NOPE")}`);
  assert.match(complaint(text).message, /NOPE/);
});

const nonsense: readonly [what: string, text: string, says: RegExp][] = [
  ["nothing", "", /the plan to be a map, got nothing/],
  ["a list", "- 1", /the plan to be a map, got \[1\]/],
  ["an alias that contains itself", `${minimal}calm: &c [*c]\n`, /never ends/],
  [
    "a bomb of aliases",
    `a: &a [1,1,1,1,1,1,1,1,1,1,1]\nb: &b [${"*a,".repeat(20)}]\nc: [${"*b,".repeat(20)}]`,
    /alias/,
  ],
  ["a key that is a map", "{ .Values }: 1", /strings|undefined/i],
  ["an unknown tag", `${minimal}calm: !!js/function "x"\n`, /tag/],
  ["a platform named like a part of every object", minimal.replace("fake", "constructor"), /a known kind of platform/],
  ["a number that is not one", minimal.replace("vus: 5", "vus: .nan"), /"load.vus" to be a (whole )?number, got NaN/],
  ["too few", minimal.replace("vus: 5", "vus: 0"), /"load.vus" to be at least 1, got 0/],
  [
    "a word that is not one of the known",
    minimal.replace("vus: 5", "executor: many"),
    /one of "constant-vus", .*got "many"/,
  ],
  ["a malformed unit", `${minimal}warmUp: -2s\n`, /"warmUp" to be a duration with its unit, such as .*\), got "-2s"/],
  [
    "a number without a unit",
    `${minimal}warmUp: 500\n`,
    /"warmUp" to be a duration with its unit, such as .*\), got 500/,
  ],
  ["an empty name", minimal.replace("small", '""'), /"name" to be a text of at least 1 character, got ""/],
  [
    "a ledger on another host",
    `${minimal}claims: [{ object: o, checkers: [acked-set], ledger: { http: "//evil.example/x" } }]\n`,
    /to be a path of the app, .*got .*evil/,
  ],
  ["a clean-up on another host", `${minimal}cleanUp: { http: "POST //evil.example/x" }\n`, /a METHOD and path/],
];

for (const [what, text, says] of nonsense) {
  test(`${what} is refused with a GamedayError`, () => assert.match(complaint(text).message, says));
}

test("the blast radius of a plan holds for all experiments, and an experiment's own keys take precedence", () => {
  const radiiOf = (forAll: string, own: string) =>
    parse(`${minimal}${forAll}experiments: [{ name: a, fault: freeze${own} }]\n`).plan.experiments.map(
      ({ blastRadius }) => blastRadius,
    );
  assert.deepEqual(radiiOf("", ""), [undefined]);
  assert.deepEqual(radiiOf("blastRadius: { percent: 50 }\n", ""), [{ percentMax: 50 }]);
  const both = radiiOf("blastRadius: { percent: 50, count: 1 }\n", ", blastRadius: { percent: 100 }");
  assert.deepEqual(both, [{ percentMax: 100, targetsMax: 1 }]);
  assert.match(complaint(`${minimal}blastRadius: {}\n`).message, /a count, a percent, or both/);
});

test("experiments of a group are counted one by one, and reported with their place in the file", () => {
  const text = `${minimal}experiments:
  - { name: a, fault: freeze }
  - together:
      - { name: b, fault: kill-leader, hold: 10s }
      - { name: c, fault: latency }
  - { name: d, fault: freeze }
`;
  const { plan, placeOf } = parse(text);
  assert.deepEqual(
    plan.experiments.map(({ name, together }) => [name, together]),
    [
      ["a", undefined],
      ["b", 1],
      ["c", 1],
      ["d", undefined],
    ],
  );
  const lineOf = (number: number) => placeOf(["experiments", number, "fault"]).line;
  const first = lineOf(0) ?? 0;
  assert.deepEqual(
    [1, 2, 3].map((number) => (lineOf(number) ?? 0) - first),
    [2, 3, 4],
  );
  assert.match(complaint(text.replace("hold: 10s", "holt: 10s")).describe(), /"holt".*\n.*did you mean "hold"/);
  const wrong = 'expected "experiments.1.together.0.hold" to be a duration';
  assert.ok(complaint(text.replace("hold: 10s", "hold: soon")).message.startsWith(wrong));
  const alone = complaint(`${minimal}experiments: [{ name: a, fault: freeze, hold: soon }]`);
  assert.ok(alone.message.startsWith('expected "experiments.0.hold" to be a duration'), alone.message);
});
