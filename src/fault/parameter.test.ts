import assert from "node:assert/strict";
import { test } from "node:test";
import type { FaultKind } from "../fault.ts";
import { GamedayError } from "../std/errors.ts";
import { argv, choice, duration, percent, resolveParameters, signedDuration, whole } from "./parameter.ts";

const kind: FaultKind = {
  name: "trial",
  says: "A trial.",
  needs: [],
  defaultSelector: {},
  parameters: {
    latency: duration("each way", 100),
    offset: signedDuration("ahead", 0),
    share: percent("of packets", 10),
    times: whole("how often", 3, 1, 10),
    how: choice("which way", "drop", "reject"),
    inject: argv("breaks it", ["true"]),
  },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: null,
  changes: () => [],
};

test("defaults are filled in, and durations resolve to milliseconds with the unit in the name", () => {
  assert.deepEqual(resolveParameters(kind, { latency: "1.5s", offset: "-2m" }), {
    latencyMs: 1500,
    offsetMs: -120_000,
    share: 10,
    times: 3,
    how: "drop",
    inject: ["true"],
  });
});

test("resolved parameters resolve to themselves", () => {
  const resolved = resolveParameters(kind, { latency: "250ms", offset: "-5ms", how: "reject" });
  assert.deepEqual(resolveParameters(kind, resolved), resolved);
});

test("for an unknown parameter the message suggests the nearest name", () => {
  assert.throws(
    () => resolveParameters(kind, { latencey: "1s" }),
    (thrown) => thrown instanceof GamedayError && thrown.hint === 'did you mean "latency"?',
  );
});

test("invalid values are refused", () => {
  const wrong = [
    { latency: "-1s" },
    { latency: "soon" },
    { latency: 200 },
    { offset: -5 },
    { share: 0 },
    { share: 101 },
    { times: 1.5 },
    { how: "nicely" },
  ];
  for (const given of [...wrong, { inject: "rm -rf" }, { inject: [1] }, { latency: [] }])
    assert.throws(() => resolveParameters(kind, given), GamedayError, JSON.stringify(given));
});

test("a parameter without a default is required", () => {
  const demanding = { ...kind, parameters: { inject: argv("breaks it") } };
  assert.throws(() => resolveParameters(demanding, {}), /to be a command as a list of words.*got nothing/);
});
