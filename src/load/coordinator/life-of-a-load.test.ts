/** Tests a whole life of a coordinator, and its abort in each state, with workers that are played by hand. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import type { LoadOptions } from "../../load.ts";
import type { LoadPlan } from "../../plan.ts";
import { ManualClock } from "../../std/clock.ts";
import { Coordinator } from "../coordinator.ts";
import type { Link, LinkListener } from "../wire/link.ts";
import type { ToWorker } from "../wire/protocol.ts";

class PlayedLink implements Link {
  readonly where = "a played one";
  readonly sent: ToWorker["type"][] = [];
  readonly listener: LinkListener;
  readonly #gone = Promise.withResolvers<void>();
  readonly gone = this.#gone.promise;
  killed = false;
  constructor(listener: LinkListener) {
    this.listener = listener;
  }
  send({ type }: ToWorker): void {
    this.sent.push(type);
  }
  whereStuck(): Promise<null> {
    return Promise.resolve(null);
  }
  exit(): void {
    this.#gone.resolve();
    this.listener.onGone("exit 0");
  }
  kill(): void {
    this.killed = true;
    this.exit();
  }
}

type Step = (link: PlayedLink, coordinator: Coordinator) => void;

/** What brings a load into each state, one step after the other. */
const STEPS: Readonly<Record<string, Step>> = {
  opening: () => undefined,
  ready: (link) => link.listener.onMessage({ type: "ready" }),
  running: (link) => link.listener.onMessage({ type: "set-up", data: [] }),
  stopping: (_, coordinator) => void coordinator.stop().catch(() => undefined),
  "tearing-down": (link) => link.listener.onMessage({ type: "done", usersMax: 3 }),
  ending: (link) => link.listener.onMessage({ type: "torn-down" }),
  ended: (link) => link.exit(),
};

async function loadIn(state: string, onRequests?: LoadOptions["onRequests"]) {
  const abort = new AbortController();
  const passedOn: string[] = [];
  const coordinator = new Coordinator({
    plan: { workers: 1, executor: "constant-vus", gracefulStopMs: 1 } as LoadPlan,
    baseUrl: "http://a",
    runId: "r",
    seed: "s",
    clock: new ManualClock(),
    onInterval: () => undefined,
    onOperation: () => undefined,
    onEvent: (event) => passedOn.push(event.type === "worker" ? event.edge : event.type),
    onRequests,
    signal: abort.signal,
  });
  const links: PlayedLink[] = [];
  const open = (listener: LinkListener) => {
    const link = new PlayedLink(listener);
    links.push(link);
    return link;
  };
  const started = coordinator.start({ open, adopted: [] });
  started.catch(() => undefined);
  const [link] = links;
  if (link === undefined) throw new Error("expected a link");
  for (const [name, step] of Object.entries(STEPS)) {
    step(link, coordinator);
    await new Promise((resolve) => setImmediate(resolve));
    if (name === state) break;
  }
  return { coordinator, link, started, abort, passedOn };
}

test("a load lives from its job to its exit, and says so to its worker", async () => {
  const { coordinator, link, started, passedOn } = await loadIn("ended");
  await Promise.all([started, coordinator.finished, coordinator.stop()]);
  assert.deepEqual(link.sent, ["job", "setup", "begin", "stop", "teardown", "exit"]);
  assert.deepEqual([passedOn, coordinator.usersMax, link.killed], [["joined", "left"], 3, false]);
  link.listener.onMessage({ type: "note", says: "late", detail: null });
  assert.deepEqual(passedOn, ["joined", "left"], "nothing is passed on after the end");
});

for (const state of Object.keys(STEPS).filter((name) => name !== "ended"))
  test(`an abort of a load that is ${state} kills its worker and is the reason of its end`, async () => {
    const { coordinator, link, abort } = await loadIn(state);
    abort.abort(new Error("enough"));
    await assert.rejects(coordinator.finished, /enough/);
    await assert.rejects(coordinator.stop(), /enough/);
    assert.equal(link.killed, true);
  });

test("an abort after the end changes nothing, and is not even heard", async () => {
  const { coordinator, abort, link } = await loadIn("ended");
  assert.deepEqual(getEventListeners(abort.signal, "abort"), []);
  abort.abort(new Error("enough"));
  await Promise.all([coordinator.finished, coordinator.stop()]);
  assert.equal(link.killed, false);
});

test("a worker that ends while its load opens fails it, and the start rejects with the reason", async () => {
  const { link, started, coordinator } = await loadIn("opening");
  link.exit();
  await assert.rejects(started, /to start/);
  await assert.rejects(coordinator.finished, /to start/);
});

test("a worker learns that its single requests are written when they are, and nobody reports for another", async () => {
  const disk = Promise.withResolvers<void>();
  const given: string[] = [];
  const { link, passedOn, abort, coordinator } = await loadIn("running", async ({ worker }) => {
    given.push(worker);
    await disk.promise;
  });
  const batch = { number: 1, lost: 0, texts: [], tags: [], rows: [] };
  for (const worker of ["w0", "w1"]) link.listener.onMessage({ type: "requests", batch: { ...batch, worker } });
  link.listener.onMessage({ type: "note", says: "the load goes on", detail: null });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(given, ["w0"]);
  assert.deepEqual([link.sent.includes("requests-written"), passedOn.at(-1)], [false, "note"]);
  disk.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(link.sent.filter((type) => type === "requests-written").length, 1);
  abort.abort(new Error("enough"));
  await assert.rejects(coordinator.finished, /enough/);
});
