import assert from "node:assert/strict";
import { test } from "node:test";
import { startThread } from "../../std/thread.ts";
import { type Bell, FineBell, TimerBell } from "./bell.ts";

/** Resolves with the moment when the bell rang, on the scale of performance.now(). */
function rung(bell: Bell, dueMs: number): Promise<number> {
  return new Promise((resolve) => bell.aim(dueMs, () => resolve(performance.now())));
}

for (const [name, newBell] of [
  ["a bell by timer", async () => Object.assign(new TimerBell(), { close: async () => undefined })],
  [
    "a bell by thread",
    async () => {
      const bell = new FineBell();
      await bell.ready;
      return bell;
    },
  ],
  [
    "a bell for which the system has no thread",
    async () => new FineBell(() => startThread("no-file.ts", () => "what no thread can be given, so Node throws")),
  ],
  ["a bell whose thread is not there yet", async () => new FineBell()],
] as const) {
  test(`${name} never rings before it is due, again and again`, async () => {
    const bell = await newBell();
    for (const aheadMs of [0, 0.3, 1.7, 3.2, 0.4, 12.5, 0]) {
      const dueMs = performance.now() + aheadMs;
      const atMs = await rung(bell, dueMs);
      assert.ok(atMs >= dueMs, `${dueMs - atMs} ms early`);
    }
    await bell.close();
  });

  test(`${name} obeys the last aim only, be it sooner or later than the one before`, async () => {
    const bell = await newBell();
    bell.aim(performance.now() + 60_000, () => assert.fail("the order before the last"));
    await rung(bell, performance.now() + 2);
    bell.aim(performance.now() + 1, () => assert.fail("the order before the last"));
    const dueMs = performance.now() + 15;
    assert.ok((await rung(bell, dueMs)) >= dueMs);
    await bell.close();
  });

  test(`${name} is silent once it was cancelled`, async () => {
    const bell = await newBell();
    bell.aim(performance.now() + 2, () => assert.fail("it was cancelled"));
    bell.cancel();
    const other = new TimerBell();
    await rung(other, performance.now() + 20);
    await bell.close();
  });
}

test("a bell whose thread ends in the middle rings by timer", async () => {
  const bell = new FineBell();
  await bell.ready;
  const dueMs = performance.now() + 50;
  const ringing = rung(bell, dueMs);
  await bell.endThread();
  assert.ok((await ringing) >= dueMs);
  assert.ok((await rung(bell, performance.now() + 1)) > dueMs);
  await bell.close();
});

test("rings of a thread are half a millisecond apart, and what is due meanwhile is not lost", async () => {
  const bell = new FineBell();
  await bell.ready;
  const first = await rung(bell, performance.now());
  const second = await rung(bell, performance.now() + 0.01);
  assert.ok(second - first >= 0.45, `${second - first} ms apart`);
  await bell.close();
});
