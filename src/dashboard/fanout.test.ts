import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { Fanout, WatcherCount } from "./fanout.ts";

/** A response whose reader takes what the test says that it takes. */
class FakeResponse extends EventEmitter {
  readonly written: Buffer[] = [];
  writableLength = 0;
  destroyed = false;

  writeHead(): this {
    return this;
  }
  write(bytes: Buffer): boolean {
    this.written.push(bytes);
    this.writableLength += bytes.length;
    return false;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
  end(): void {
    this.emit("close");
  }
  get text(): string {
    return Buffer.concat(this.written).toString();
  }
}

const watch = (fanout: Fanout, response: FakeResponse, state: () => unknown, last?: string) =>
  fanout.watch(response as unknown as ServerResponse, last, state);
const MEGABYTE = "x".repeat(1 << 20);

test("a watcher that reads nothing is dropped at a bound, and the others lose nothing", () => {
  const fanout = new Fanout("e");
  const [slow, quick] = [new FakeResponse(), new FakeResponse()];
  for (const one of [slow, quick]) watch(fanout, one, () => ({}));
  for (let turn = 0; turn < 4; turn++) {
    quick.writableLength = 0;
    fanout.send([{ event: "event", data: MEGABYTE }]);
  }
  assert.deepEqual([slow.destroyed, quick.destroyed, fanout.watchers, fanout.dropped], [true, false, 1, 1]);
  assert.ok(slow.writableLength < 3 << 20, "what is kept for it is bounded");
  assert.equal(quick.text.match(/^event: event$/gm)?.length, 4);
});

test("a snapshot of a long run may exceed the bound for unread bytes, and is made once for all new watchers", () => {
  const fanout = new Fanout("e");
  const watchers = [new FakeResponse(), new FakeResponse()];
  let made = 0;
  const state = () => {
    made++;
    return MEGABYTE.repeat(3);
  };
  for (const one of watchers) watch(fanout, one, state);
  assert.equal(made, 1);
  assert.equal(watchers[0]?.written[1], watchers[1]?.written[1], "the same bytes, not a copy");
  fanout.send([{ event: "second", data: 1 }]); // it is still being read
  assert.equal(fanout.dropped, 0);
  for (const one of watchers) one.writableLength = 0;
  fanout.send([{ event: "second", data: 2 }]);
  for (const one of watchers) one.writableLength = 2 << 20;
  fanout.send([{ event: "second", data: 3 }]);
  assert.equal(fanout.dropped, 2, "once it is read, the usual bound holds");
  watch(fanout, new FakeResponse(), state);
  assert.equal(made, 2, "a later one gets the state of its own moment");
});

test("a watcher whose connection ended while its run was opened takes no place", () => {
  const count = new WatcherCount(1);
  const fanout = new Fanout("e", count);
  const gone = new FakeResponse();
  gone.destroyed = true;
  assert.equal(
    watch(fanout, gone, () => ({})),
    true,
  );
  assert.deepEqual([gone.written.length, count.now], [0, 0]);
  const there = new FakeResponse();
  assert.equal(
    watch(fanout, there, () => ({})),
    true,
  );
  assert.equal(
    watch(fanout, new FakeResponse(), () => ({})),
    false,
    "the server is full",
  );
  there.end();
  assert.equal(count.now, 0);
});

test("a watcher that returns gets what it missed, or a snapshot if the frames are no longer kept", () => {
  const fanout = new Fanout("e");
  const first = new FakeResponse();
  watch(fanout, first, () => "begin");
  fanout.send([{ event: "second", data: 1 }]);
  first.end();
  fanout.send([{ event: "second", data: 2 }]);
  const again = (last: string) => {
    const response = new FakeResponse();
    watch(fanout, response, () => "whole", last);
    return [...response.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data);
  };
  assert.deepEqual(again("e.1"), ["2"]);
  assert.deepEqual(again("e.2"), []);
  assert.deepEqual(again("other.1"), ['"whole"']);
  fanout.forgetFrames();
  assert.deepEqual(again("e.2"), ['"whole"']);
});
