import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Outgoing } from "./outgoing.ts";

function recorded(outgoing: Outgoing): { readonly written: number[]; send(number: number): void } {
  const written: number[] = [];
  return { written, send: (number) => outgoing.send({ write: () => written.push(number) }, 0) };
}

test("while answers are read, requests wait for the end of the turn, and go out in order", async () => {
  const outgoing = new Outgoing();
  const { written, send } = recorded(outgoing);
  outgoing.reading();
  for (const number of [1, 2, 3]) send(number);
  assert.deepEqual(written, []);
  await nextTurn();
  assert.deepEqual(written, [1, 2, 3]);
});

test("without an answer being read a request goes out at once", async () => {
  const outgoing = new Outgoing();
  const { written, send } = recorded(outgoing);
  send(1);
  assert.deepEqual(written, [1]);
  outgoing.reading();
  await nextTurn();
  send(2);
  assert.deepEqual(written, [1, 2]);
});

test("a full row is not kept waiting", async () => {
  const outgoing = new Outgoing();
  const { written, send } = recorded(outgoing);
  outgoing.reading();
  for (let number = 0; number < 100; number++) send(number);
  assert.equal(written.length, 64);
  await nextTurn();
  assert.deepEqual(
    written,
    Array.from({ length: 100 }, (_, number) => number),
  );
});
