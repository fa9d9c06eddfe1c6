import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clockOffset } from "./clock-offset.ts";
import { Outbox } from "./outbox.ts";

test("what is not acknowledged is kept, in order, whatever was sent and lost", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 50 }), (acknowledged) => {
      const outbox = new Outbox();
      let safe = 0;
      for (const [index, ahead] of acknowledged.entries()) {
        outbox.add({ type: "beat" });
        safe = Math.max(safe, Math.min(index + 1, ahead));
        outbox.acknowledge(ahead > index + 1 ? 0 : ahead);
      }
      const expected = Array.from({ length: acknowledged.length }, (_, index) => index + 1);
      const kept = outbox.kept.map(({ number }) => number);
      assert.deepEqual(kept, expected.slice(expected.length - kept.length));
      assert.equal(outbox.next, kept[0] ?? acknowledged.length + 1);
    }),
  );
});

test("the true offset lies within the bound, whatever the ways there and back", () => {
  const way = fc.bigInt({ min: 0n, max: 50_000_000n });
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 8 }),
      (truth, ways) => {
        const samples = ways.map(([there, back], index) => {
          const sentNs = 10n ** 13n + BigInt(index) * 1_000_000_000n;
          return { sentNs, atNs: sentNs + there - truth, receivedNs: sentNs + there + back };
        });
        const { offsetNs, boundNs } = clockOffset(samples);
        const error = offsetNs > truth ? offsetNs - truth : truth - offsetNs;
        assert.ok(error <= boundNs + 1n, `off by ${error}, bound ${boundNs}`);
      },
    ),
  );
});

test("batches of single requests that were written are not repeated, and no number is missing", () => {
  const outbox = new Outbox();
  const batch = { worker: "w0", lost: 0, texts: [], tags: [], rows: [] };
  for (const number of [1, 2]) outbox.add({ type: "requests", batch: { ...batch, number } });
  outbox.add({ type: "exhausted" });
  outbox.requestsWritten(1);
  assert.deepEqual(
    outbox.kept.map(({ number, message }) => [number, message.type]),
    [
      [1, "beat"],
      [2, "requests"],
      [3, "exhausted"],
    ],
  );
});
