import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { GamedayError } from "../std/errors.ts";
import { parsePlan } from "./parse.ts";
import { Secrets } from "./secrets.ts";

/** Assembles the text from "$" and the rest, so that no linter mistakes it for a template. */
const named = (what: string) => `$\{${what}}`;
const parse = (lines: string, environment: Record<string, string> = {}) =>
  parsePlan(`name: v\nplatform:\n  kind: any\nload:\n  scenarios: [{ file: s.ts }]\n${lines}`, {
    file: "plan.yaml",
    environment,
    platforms: { any: z.looseObject({ kind: z.string() }) },
  });

function complaint(lines: string, environment: Record<string, string> = {}): GamedayError {
  try {
    parse(lines, environment);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown;
    throw thrown;
  }
  throw new Error("expected a complaint, got none");
}

test("a variable is replaced by its value or its default, and a number stays a number if it is unquoted", () => {
  const users = (line: string, environment?: Record<string, string>) => parse(line, environment).plan.load.workers;
  assert.equal(users(`  workers: ${named("var:USERS:-3")}`), 3);
  assert.equal(users(`  workers: ${named("var:USERS:-3")}`, { USERS: "40" }), 40);
  assert.equal(users(`  workers: ${named("var:USERS:-3")}`, { USERS: "" }), 3, "an empty one is none");
  const { env } = parse(`  env: { URL: "http://${named("var:HOST:-a.example")}:${named("var:PORT")}/" }`, {
    PORT: "80",
  }).plan.load;
  assert.deepEqual(env, { URL: "http://a.example:80/" });
  assert.match(complaint(`  workers: "${named("var:USERS:-3")}"`).message, /to be a number, got "3"/);
  assert.match(complaint(`  workers: ${named("var:USERS:-3")}`, { USERS: "many" }).message, /got "many"/);
});

test("a variable without value and default, and a malformed one, are refused with line and column", () => {
  const missing = complaint(`  env: { A: "x${named("var:NOPE")}" }`);
  assert.deepEqual([missing.code, missing.place?.line, missing.place?.column], ["plan-variable-missing", 6, 13]);
  for (const odd of ["env:NOPE:-secret", "var:", "var:A B", "var:9", "env:A-B"])
    assert.deepEqual([complaint(`  env: { A: "${named(odd)}" }`, { NOPE: "x" }).code, odd], ["plan-variable", odd]);
  const secret = complaint(`  env: { A: "${named("env:NOPE")}" }`);
  assert.deepEqual([secret.code, secret.place?.line, secret.place?.column], ["plan-secret-missing", 6, 13]);
});

test("the value of a variable is not redacted from any text", () => {
  const { secrets } = parse(`  env: { A: "${named("var:A")}" }`, { A: "some-long-value-9" });
  assert.equal(secrets.isEmpty, true);
});

const secretsWith = (value: string) => {
  const secrets = new Secrets();
  const placeOf = () => ({ file: "plan.yaml" });
  secrets.resolve({ url: `redis://app:${named("env:PW")}@host`, role: "postgres" }, { PW: value }, placeOf);
  return secrets;
};

test("a secret that is a plain word, a number, a slash or empty leaves texts readable, and is redacted where it is a password", () => {
  for (const weak of ["3", "/", "runs", "", "postgres", "5432", "Shop"]) {
    const secrets = secretsWith(weak);
    const text = `3 runs of postgres/5432 at /srv/Shop: report runs/shop-3/report.html`;
    assert.equal(secrets.redact(text), text, weak);
    if (weak === "" || weak === "/") continue;
    assert.equal(secrets.redact(`to redis://app:${weak}@host`), "to redis://app:[secret PW]@host");
    assert.equal(secrets.redact(`{"password":"${weak}"}`), '{"password":"[secret PW]"}');
    assert.deepEqual(secrets.weak, ["PW"]);
  }
});

test("a secret is redacted everywhere except in a path that is printed to be opened", () => {
  const secrets = secretsWith("hunter2/x");
  secrets.keep("/home/hunter2/x/runs/one");
  assert.equal(
    secrets.redact("evidence: /home/hunter2/x/runs/one; hunter2/x failed; /home/hunter2/x"),
    "evidence: /home/hunter2/x/runs/one; [secret PW] failed; /home/[secret PW]",
  );
});

test("no text contains a strong secret", () => {
  const strong = fc.string({ minLength: 8, unit: "grapheme-ascii" }).map((text) => `a1${text}!`);
  fc.assert(
    fc.property(strong, fc.string(), fc.string(), (secret, before, after) => {
      const secrets = secretsWith(secret);
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
        assert.ok(!secrets.redact(`${before}${form}${after}`).includes(form));
    }),
  );
});

test("the recorded plan has no secret, however weak, unless the plan itself contains the same word", () => {
  const secrets = new Secrets();
  const plan = { env: { PASSWORD: named("env:PW"), NAME: named("env:ROLE") }, role: "postgres" };
  const resolved = secrets.resolve(plan, { PW: "admin", ROLE: "postgres" }, () => ({ file: "" }));
  assert.deepEqual(secrets.redactPlan(resolved), {
    env: { PASSWORD: "[secret PW]", NAME: "postgres" },
    role: "postgres",
  });
});
