import assert from "node:assert/strict";
import { test } from "node:test";
import { userOn } from "./user.fixture.ts";

interface Placed {
  readonly number: number;
}

/** A fake client in the shape of @grpc/grpc-js: with a callback, a deadline, and errors whose codes are numbers. */
const grpc = {
  placeOrder(
    request: { readonly id: string },
    _options: { readonly deadline: number },
    done: (error: (Error & { code: number }) | null, answer?: Placed) => void,
  ): { cancel(): void } {
    const failure = request.id.endsWith("bad") ? Object.assign(new Error("14 UNAVAILABLE"), { code: 14 }) : null;
    const taken = request.id.endsWith("taken") ? Object.assign(new Error("6 ALREADY_EXISTS"), { code: 6 }) : null;
    if (!request.id.endsWith("slow")) setImmediate(() => done(failure ?? taken, { number: 7 }));
    return { cancel: () => done(Object.assign(new Error("1 CANCELLED"), { code: 1 })) };
  },
};

/** Makes a unary call as the guide shows it: as a promise that the engine's signal cancels. */
function placeOrder(id: string, signal: AbortSignal): Promise<Placed> {
  return new Promise((resolve, reject) => {
    const call = grpc.placeOrder({ id }, { deadline: Date.now() + 5_000 }, (error, answer) =>
      error === null && answer !== undefined ? resolve(answer) : reject(error),
    );
    signal.addEventListener("abort", () => call.cancel(), { once: true });
  });
}

const options = {
  object: "orders",
  output: ({ number }: Placed) => ({ number }),
  notApplied: (error: unknown) => (error as { code?: number }).code === 6,
};

test("a call by a package of the script's own is timed, counted, and part of the history", async () => {
  const { user, operations, counted } = userOn("http://127.0.0.1:1");
  const good = await user.record("PlaceOrder", { id: "a" }, (signal) => placeOrder("a", signal), options);
  assert.deepEqual([good.ok, good.value], [true, { number: 7 }]);
  assert.ok(good.responseMs >= good.serviceMs && good.serviceMs >= 0);
  const bad = await user.record("PlaceOrder", { id: "bad" }, (signal) => placeOrder("bad", signal), options);
  assert.deepEqual([bad.ok, bad.error?.code, bad.error?.message], [false, "14", "14 UNAVAILABLE"]);
  await user.record("PlaceOrder", { id: "taken" }, (signal) => placeOrder("taken", signal), options);
  assert.deepEqual(
    operations.map(({ object, kind, outcome }) => [object, kind, outcome]),
    [
      ["orders", "PlaceOrder", { type: "ok", output: { number: 7 } }],
      ["orders", "PlaceOrder", { type: "unknown", code: "14" }],
      ["orders", "PlaceOrder", { type: "refused", code: "6" }],
    ],
  );
  assert.equal(new Set(operations.map(({ id }) => id)).size, 3);
  assert.deepEqual(new Set(operations.map(({ idWasMade }) => idWasMade)), new Set([true]), "nobody sent these ids");
  assert.deepEqual(counted()["call_duration{name:PlaceOrder,scenario:s}"], [3, 2]);
  await user.record("PlaceOrder", { id: "b" }, (signal) => placeOrder("b", signal), { ...options, id: "b" });
  assert.deepEqual([operations.at(-1)?.id, operations.at(-1)?.idWasMade], ["b", undefined]);
});

test("a call that does not end in time is given up, and told by its signal", async () => {
  const { user, operations } = userOn("http://127.0.0.1:1");
  let cancelled = false;
  const late = await user.record(
    "PlaceOrder",
    null,
    (signal) => {
      signal.addEventListener("abort", () => {
        cancelled = true;
      });
      return placeOrder("slow", signal);
    },
    { ...options, timeout: "30ms" },
  );
  assert.deepEqual([late.ok, late.error?.code, cancelled], [false, "timeout", true]);
  assert.deepEqual(operations[0]?.outcome, { type: "unknown", code: "timeout" });
});

test("a user that is stopped gives its calls up; later ones reject", async () => {
  const { user, operations, counted } = userOn("http://127.0.0.1:1");
  const begun = Promise.withResolvers<void>();
  const never = () => {
    begun.resolve();
    return new Promise<void>(() => undefined);
  };
  const hanging = user.record("Wait", null, never, { object: "orders" });
  await begun.promise;
  user.abort();
  assert.equal((await hanging).error?.code, "aborted");
  assert.deepEqual(operations[0]?.outcome, { type: "unknown", code: "aborted" });
  assert.deepEqual(counted(), { "call_interrupted{name:Wait,scenario:s}": [1, 0] }, "no failure");
  await assert.rejects(
    user.record("Wait", null, async () => 1),
    { name: "UserStopped" },
  );
});

test("a call without an object is counted, and no operation; what a script gives wrongly is its own error", async () => {
  const { user, operations } = userOn("http://127.0.0.1:1");
  assert.equal((await user.record("ping", null, async () => "pong", { name: "redis ping" })).value, "pong");
  assert.equal(operations.length, 0);
  const broken = user.record("x", null, async () => 1, {
    object: "orders",
    output: () => {
      throw new Error("in the script");
    },
  });
  await assert.rejects(broken, /in the script/);
  assert.deepEqual(operations[0]?.outcome, { type: "unknown", code: "script-error" });
});
