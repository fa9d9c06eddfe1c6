import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type AcknowledgedWrites, acknowledgedWrites } from "./acknowledged.ts";
import type { Command } from "./redis.ts";

interface Sent {
  readonly commands: readonly Command[];
  answer(answers: unknown[]): void;
  fail(error: Error): void;
}

function played(): { sent: Sent[]; renewed: string[]; writes: AcknowledgedWrites } {
  const sent: Sent[] = [];
  const renewed: string[] = [];
  const send = (commands: readonly Command[]) =>
    new Promise<unknown[]>((resolve, reject) => sent.push({ commands, answer: resolve, fail: reject }));
  const connection = { send, close: () => undefined, renew: () => void renewed.push("renewed") };
  return {
    sent,
    renewed,
    writes: acknowledgedWrites({ connection, replicas: 1, waitMs: 400, groupMax: 2, waitersMax: 3 }),
  };
}

const WAIT: Command = ["wait", 1, 400];
const set = (key: string): Command => ["set", key, "1"];
const outcome = (promise: Promise<void>) =>
  promise.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

test("writes that arrive while a group waits share the next WAIT, in order, up to a limit", async () => {
  const { sent, writes } = played();
  const all = ["a", "b", "c", "d"].map((key) => outcome(writes.write([set(key)])));
  assert.deepEqual(
    sent.map(({ commands }) => commands),
    [[set("a"), WAIT]],
  );
  sent[0]?.answer(["OK", 1]);
  await turn();
  assert.deepEqual(sent[1]?.commands, [set("b"), set("c"), WAIT]);
  sent[1]?.answer(["OK", "OK", 2]);
  await turn();
  sent[2]?.answer(["OK", 1]);
  assert.deepEqual(await Promise.all(all), ["ok", "ok", "ok", "ok"]);
});

test("a short WAIT acknowledges none of its group, and closes the connection", async () => {
  const { sent, renewed, writes } = played();
  const first = outcome(writes.write([set("a")]));
  const rest = [outcome(writes.write([set("b")])), outcome(writes.write([set("c")]))];
  sent[0]?.answer(["OK", 1]);
  assert.equal(await first, "ok");
  sent[1]?.answer(["OK", "OK", 0]);
  assert.deepEqual(await Promise.all(rest), ["not-replicated", "not-replicated"]);
  assert.deepEqual(renewed, ["renewed"]);
});

test("a command that Redis refused fails only its own write", async () => {
  const { sent, writes } = played();
  const first = outcome(writes.write([set("a")]));
  sent[0]?.answer(["OK", 1]);
  await first;
  const rest = [
    outcome(writes.write([set("b")])),
    outcome(writes.write([set("c")])),
    outcome(writes.write([set("d")])),
  ];
  sent[1]?.answer([new Error("NOREPLICAS"), 1]);
  await turn();
  sent[2]?.answer(["OK", "OK", 1]);
  assert.deepEqual(await Promise.all(rest), ["redis-refused", "ok", "ok"]);
});

test("a lost connection fails the group, and the next group is sent all the same", async () => {
  const { sent, writes } = played();
  const first = outcome(writes.write([set("a")]));
  const second = outcome(writes.write([set("b")]));
  sent[0]?.fail(Object.assign(new Error("lost"), { code: "redis-lost" }));
  assert.equal(await first, "redis-lost");
  sent[1]?.answer(["OK", 1]);
  assert.equal(await second, "ok");
});

test("more waiting writes than the limit are refused at once", () => {
  const { writes } = played();
  for (const key of ["a", "b", "c", "d"]) writes.write([set(key)]).catch(() => undefined);
  assert.throws(() => writes.write([set("e")]), /too many writes are waiting/);
});
