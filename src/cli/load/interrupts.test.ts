import assert from "node:assert/strict";
import { test } from "node:test";
import type { InterruptSignal, World } from "../../cli.ts";
import { LoadInterrupts } from "./interrupts.ts";

function interruptible() {
  let hear: (signal: InterruptSignal) => void = () => assert.fail("there is no listener");
  const said: string[] = [];
  const world = {
    stderr: { isTTY: false, columns: 80, write: (text: string) => said.push(text) },
    onInterrupt: (callback: typeof hear) => {
      hear = callback;
      return { [Symbol.dispose]: () => undefined };
    },
  } as unknown as World;
  const abort = new AbortController();
  return {
    abort,
    said,
    interrupts: new LoadInterrupts(world, abort, 10_000),
    interrupt: (signal: InterruptSignal = "SIGINT") => hear(signal),
  };
}

test("an interrupt before the load begins ends it at once", () => {
  const { abort, interrupt } = interruptible();
  interrupt();
  assert.match(String(abort.signal.reason), /expected the load to begin, got an interrupt/);
});

test("the first interrupt of a load ends it cleanly, the second at once", () => {
  const { abort, said, interrupts, interrupt } = interruptible();
  let ended = 0;
  interrupts.begun(() => ended++);
  interrupt();
  assert.equal(ended, 1);
  assert.equal(abort.signal.aborted, false);
  assert.match(said.join(""), /running iterations have 10s; interrupt again to end at once/);
  interrupts.ending();
  interrupt();
  assert.match(String(abort.signal.reason), /got a second interrupt/);
  assert.equal(ended, 1);
});

test("a terminal that closes may send two signals", () => {
  const { abort, interrupts, interrupt } = interruptible();
  interrupts.begun(() => undefined);
  interrupt("SIGHUP");
  interrupt("SIGHUP");
  assert.equal(abort.signal.aborted, false);
});

test("a load that is ending by itself is cut short only by the second interrupt", () => {
  const { abort, interrupts, interrupt } = interruptible();
  interrupts.begun(() => assert.fail("it was ending"));
  interrupts.ending();
  interrupt();
  assert.equal(abort.signal.aborted, false);
  interrupt();
  assert.equal(abort.signal.aborted, true);
});
