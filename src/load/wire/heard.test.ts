import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsed } from "./heard.ts";

const interval = {
  ...{ worker: "w0", epoch: 1, sequence: 1, fromMs: 0, toMs: 1, users: 1, usersIntended: 1, dropped: 0 },
  metrics: [{ metric: "m", count: 1, failed: 0, sum: 1, min: 0, max: 1, buckets: [1, 1] }],
  health: {},
};
const said = { wire: "message", number: 1, message: { type: "interval", interval } };

test("what a worker says is taken", () => {
  assert.deepEqual(parsed(JSON.stringify(said)), said);
  assert.deepEqual(parsed('{"wire":"alive"}'), { wire: "alive" });
});

test("a report that lacks a part, or has another kind of it, is none", () => {
  for (const name of Object.keys(interval).filter((key) => key !== "epoch")) {
    for (const value of [undefined, null, "x", [7]]) {
      if (name === "worker" && value === "x") continue;
      const broken = { ...said, message: { type: "interval", interval: { ...interval, [name]: value } } };
      assert.equal(parsed(JSON.stringify(broken)), undefined, `${name}: ${JSON.stringify(value)}`);
    }
  }
});

const example = { name: "a", error: "timeout", atMs: 1, method: "GET", url: "http://a/", status: 0, says: "" };
const batch = {
  ...{ worker: "w0", number: 1, lost: 0, texts: ["GET"], tags: [{ name: "a" }] },
  rows: [0, 1, 1, -1, -1, 1, 0, 9, 200, 0, 0, 0, -1, 0],
};

test("examples of failures and single requests are taken, and are none when a part is of another kind", () => {
  const withExample = (change: object) => ({
    ...said,
    message: { type: "interval", interval: { ...interval, examples: [{ ...example, ...change }] } },
  });
  const requests = (change: object) => ({ ...said, message: { type: "requests", batch: { ...batch, ...change } } });
  for (const whole of [withExample({}), requests({})]) assert.deepEqual(parsed(JSON.stringify(whole)), whole);
  for (const broken of [
    ...[{ says: 1 }, { atMs: "x" }, { status: null }].map(withExample),
    ...[{ rows: [1] }, { rows: ["x", ...batch.rows.slice(1)] }, { texts: [1] }, { tags: [{ name: 1 }] }].map(requests),
    ...[{ worker: 1 }, { number: -1 }, { lost: 0.5 }].map(requests),
  ])
    assert.equal(parsed(JSON.stringify(broken)), undefined, JSON.stringify(broken));
});

test("whatever comes in, nothing is thrown", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsed(text)));
  const wire = fc.constantFrom("hello", "clock", "message", "alive", "x");
  fc.assert(fc.property(wire, fc.object(), (kind, more) => void parsed(JSON.stringify({ ...more, wire: kind }))));
});
