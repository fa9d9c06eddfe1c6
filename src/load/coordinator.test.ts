/** Tests a coordinator that takes over a load from one that was lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { aSecond } from "../interval/interval.fixture.ts";
import type { LoadPlan } from "../plan.ts";
import { ManualClock } from "../std/clock.ts";
import type { TimelineEvent } from "../timeline.ts";
import type { Adopted } from "./coordinator/take-over.ts";
import { Coordinator } from "./coordinator.ts";
import { firstEpoch } from "./share.ts";
import type { Link, LinkListener } from "./wire/link.ts";
import type { ToWorker } from "./wire/protocol.ts";

class FakeLink implements Link {
  readonly where = "a fake";
  readonly sent: ToWorker[] = [];
  readonly listener: LinkListener;
  readonly gone = new Promise<void>(() => undefined);
  killed = false;
  constructor(listener: LinkListener) {
    this.listener = listener;
  }
  send(message: ToWorker): void {
    this.sent.push(message);
  }
  whereStuck(): Promise<null> {
    return Promise.resolve(null);
  }
  kill(): void {
    this.killed = true;
  }
}

function stateOf(slot: number, change: Partial<Adopted> = {}): Adopted {
  const more = { startAtMs: 5, data: [], exhausted: false, done: false, lastSequence: 0 };
  return { slot, epoch: firstEpoch(3), ...more, ...change };
}

async function takenOver(adopted: readonly Adopted[]) {
  const abort = new AbortController();
  const events: TimelineEvent[] = [];
  const intervals: number[] = [];
  const clock = new ManualClock();
  clock.advance(9_000);
  const coordinator = new Coordinator({
    plan: { workers: 3, executor: "shared-iterations", gracefulStopMs: 1 } as LoadPlan,
    baseUrl: "http://a",
    runId: "r",
    seed: "s",
    clock,
    onInterval: ({ sequence }) => intervals.push(sequence),
    onOperation: () => undefined,
    onEvent: (event) => events.push(event),
    signal: abort.signal,
  });
  const links: FakeLink[] = [];
  const open = (listener: LinkListener) => {
    const link = new FakeLink(listener);
    links.push(link);
    return link;
  };
  await coordinator.start({ open, adopted, lastReportsMs: new Map([["w1", 2_000]]) });
  return { coordinator, links, events, intervals, [Symbol.dispose]: () => abort.abort() };
}

const lostIn = (events: readonly TimelineEvent[]) =>
  events.flatMap((event) => (event.type === "worker" && event.edge === "lost" ? [event.worker] : []));

test("workers that had not heard of the newest epoch hear it", async () => {
  const newest = { ...firstEpoch(3), number: 3, lost: [2] };
  using over = await takenOver([stateOf(0), stateOf(1, { epoch: newest })]);
  assert.deepEqual(over.links[0]?.sent, [{ type: "epoch", epoch: newest }]);
  assert.deepEqual(over.links[1]?.sent, []);
  assert.deepEqual(lostIn(over.events), [], "the loss was told by the coordinator before");
});

test("one that did not come back is lost, and told so should it come later", async () => {
  using over = await takenOver([stateOf(0), stateOf(2)]);
  assert.deepEqual(lostIn(over.events), ["w1"]);
  const gap = over.events.find((event) => event.type === "gap");
  assert.equal(gap?.fromMs, 2_000, "what it did after its last report is not known");
  assert.equal(over.links[1]?.killed, true);
  assert.deepEqual(over.links[0]?.sent.at(-1)?.type, "epoch");
});

test("iterations that were used up before the take-over are used up", async () => {
  using over = await takenOver([stateOf(0, { exhausted: true }), stateOf(1, { done: true }), stateOf(2)]);
  over.links[2]?.listener.onMessage({ type: "exhausted" });
  await over.coordinator.exhausted;
});

test("reports that the coordinator before had kept are not counted again", async () => {
  using over = await takenOver([stateOf(0, { lastSequence: 4 }), stateOf(1), stateOf(2)]);
  for (const sequence of [3, 4, 5, 5, 6])
    over.links[0]?.listener.onMessage({ type: "interval", interval: aSecond({ sequence }) });
  assert.deepEqual(over.intervals, [5, 6]);
});
