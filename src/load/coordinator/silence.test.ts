/** Tests which workers are given up because they are silent, and which are not. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { LoadOptions } from "../../load.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { CoordinatorEvents } from "./events.ts";
import { newMember } from "./member.ts";
import { SilenceWatch } from "./silence.ts";

function watched(context: TestContext) {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const clock = { originNs: "0", nowMs: () => clock.atMs, atMs: 0 };
  const said: TimelineEvent[] = [];
  const lost = new Set<string>();
  const events = new CoordinatorEvents({
    clock,
    onEvent: (event: TimelineEvent) => said.push(event),
  } as unknown as LoadOptions);
  const link = {
    where: "here",
    send: () => undefined,
    whereStuck: async () => null,
    kill: () => undefined,
    gone: new Promise<void>(() => undefined),
  };
  const members = ["w0", "w1"].map((name, slot) => ({ ...newMember(name, slot, link, 0), state: "running" as const }));
  const watch = new SilenceWatch(members, clock, events, (member) => lost.add(member.name));
  watch.begin();
  const pass = (forMs: number, stepMs = 250) => {
    for (let passed = 0; passed < forMs; passed += stepMs) {
      clock.atMs += stepMs;
      context.mock.timers.tick(250);
    }
  };
  return { clock, members, said, lost, pass };
}

test("a worker that says nothing is given up within 3 s, the one that speaks is not", (context) => {
  const { clock, members, lost, pass } = watched(context);
  for (let second = 0; second < 3; second++) {
    pass(1_000);
    if (members[1] !== undefined) members[1].lastHeardMs = clock.atMs;
  }
  assert.deepEqual([...lost], ["w0"]);
});

test("a coordinator that stood still itself gives nobody up for that, and says so", (context) => {
  const { lost, said, pass } = watched(context);
  pass(500);
  pass(5_000, 5_000);
  assert.equal(lost.size, 0);
  assert.match(JSON.stringify(said), /the coordinator stood still for 4750 ms/);
  pass(2_750);
  assert.deepEqual([...lost], ["w0", "w1"]);
});
