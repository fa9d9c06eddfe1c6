import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadline, Deadlines } from "./deadlines.ts";

test("of deadlines of one length, one that counts from long ago is due before the others", async () => {
  const order: string[] = [];
  const deadlines = new Deadlines();
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = (name: string) =>
    new Deadline({
      onDue: () => {
        order.push(name);
        if (order.length === 4) resolve();
      },
    });
  const nowMs = performance.now();
  deadlines.add(deadline("second"), 30, nowMs);
  deadlines.add(deadline("third"), 30, nowMs + 10);
  deadlines.add(deadline("first"), 30, nowMs - 30);
  const gone = deadline("gone");
  deadlines.add(gone, 30, nowMs + 5);
  deadlines.add(deadline("last"), 30, nowMs + 10);
  deadlines.remove(gone);
  await promise;
  assert.deepEqual(order, ["first", "second", "third", "last"]);
});
