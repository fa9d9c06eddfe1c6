import assert from "node:assert/strict";
import { test } from "node:test";
import { BATCH_REQUESTS_MAX, type RequestBatch, requestsIn, waitingMax } from "./request-batch.ts";
import { type EndedRequest, RequestLog } from "./request-log.ts";

const TAGS = { name: "cart", scenario: "sale" };

function ended(change: Partial<EndedRequest> = {}): EndedRequest {
  const times = { dueMs: 10, sentMs: 11, firstByteMs: 14, endedMs: 15, connectingMs: -1, tlsMs: -1, receivingMs: 1 };
  const answer = { bytes: 7, status: 200, user: 3, method: "GET", url: "http://a/cart", error: "", tags: TAGS };
  return { ...times, ...answer, ...change };
}

function logOf(most = 2): { log: RequestLog; batches: RequestBatch[] } {
  const batches: RequestBatch[] = [];
  const clock = { nowMs: () => performance.now() + 1_000 };
  return { log: new RequestLog({ worker: "w0", waitingMax: most, clock, send: (one) => batches.push(one) }), batches };
}

test("a batch has each text once, and times on the run's clock", () => {
  const { log, batches } = logOf();
  log.add(ended());
  log.add(ended({ error: "timeout", status: 0, firstByteMs: 0 }));
  log.flush();
  const [batch] = batches;
  assert.deepEqual([batch?.worker, batch?.number, batch?.lost], ["w0", 1, 0]);
  assert.deepEqual(batch?.texts, ["GET", "http://a/cart", "timeout"]);
  assert.deepEqual(batch?.tags, [TAGS]);
  const [dueMs = 0, ...rest] = batch?.rows.slice(0, 14) ?? [];
  assert.ok(Math.abs(dueMs - 1_010) < 1, `${dueMs}`);
  assert.deepEqual(rest, [5, 4, -1, -1, 3, 1, 7, 200, 3, 0, 1, -1, 0]);
  assert.deepEqual(batch?.rows.slice(15), [5, 4, -1, -1, -1, -1, 7, 0, 3, 0, 1, 2, 0]);
  log.flush();
  assert.equal(batches.length, 1, "nothing is sent for nothing");
});

test("while too many batches wait to be written, further requests are counted instead of kept", () => {
  const { log, batches } = logOf(1);
  for (let made = 0; made < BATCH_REQUESTS_MAX; made++) log.add(ended());
  assert.equal(batches.length, 1);
  for (let made = 0; made < BATCH_REQUESTS_MAX + 5; made++) log.add(ended());
  assert.equal(batches.length, 1, "the first batch is not written yet");
  log.written(1);
  log.add(ended());
  assert.deepEqual([batches[1]?.lost, batches.map(requestsIn)], [5, [BATCH_REQUESTS_MAX, BATCH_REQUESTS_MAX]]);
  log.close();
  assert.deepEqual([batches.length, batches.at(-1)?.lost], [3, 0], "the end does not wait");
});

test("a coordinator that took over frees all places, and an old message takes none away", () => {
  const { log, batches } = logOf(1);
  for (let round = 0; round < 3; round++) {
    log.add(ended());
    assert.equal(log.flush(), true);
    log.written(Number.MAX_SAFE_INTEGER);
    log.written(1);
  }
  assert.equal(batches.length, 3);
});

test("the more workers, the fewer batches of each may wait, but always two", () => {
  assert.deepEqual([1, 16, 1_000].map(waitingMax), [64, 32, 2]);
});
