import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation, Outcome } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { operation } from "../evidence.fixture.ts";
import { linearize } from "./linearize.ts";
import { MODELS, modelNamed } from "./models.ts";

/** Builds a sequential history from [kind, input, output], one after another; the output "?" means unanswered. */
function sequence(steps: readonly (readonly [kind: string, input: Json, output: Json])[], key?: string): Operation[] {
  return steps.map(([kind, input, output], index) => {
    const outcome: Outcome = output === "?" ? { type: "unknown", code: "timeout" } : { type: "ok", output };
    return operation({ kind, input, outcome, invokedAtMs: index * 10, ...(key === undefined ? {} : { key }) });
  });
}

function verdict(model: string, steps: Parameters<typeof sequence>[0], initial?: Json): boolean | "unknown" {
  return linearize(sequence(steps), modelNamed(model), initial === undefined ? {} : { initial }).linearizable;
}

test("register: it is null until written, then holds what was written last, from any initial value", () => {
  assert.equal(
    verdict("register", [
      ["read", null, null],
      ["write", 1, null],
      ["read", null, 1],
    ]),
    true,
  );
  assert.equal(
    verdict("register", [
      ["write", 1, null],
      ["read", null, null],
    ]),
    false,
  );
  assert.equal(verdict("register", [["read", null, 7]], 7), true);
});

test("register: unanswered writes that no client read cost no search, and one that was read still counts", () => {
  const unseen = Array.from({ length: 60 }, (_, n) => ["write", 1_000 + n, "?"] as const);
  const steps = [["write", 1, null], ...unseen, ["read", null, 1], ["read", null, 1_007]] as const;
  const { linearizable, configurations } = linearize(sequence(steps), modelNamed("register"));
  assert.equal(linearizable, true);
  assert.ok(configurations < 20, `${configurations} configurations`);
  assert.equal(verdict("register", [...steps, ["read", null, 1]]), false);
});

test("cas-register: success sets, and a failed compare means that the value was another", () => {
  assert.equal(
    verdict("cas-register", [
      ["write", 1, null],
      ["cas", [1, 2], true],
      ["read", null, 2],
    ]),
    true,
  );
  assert.equal(
    verdict("cas-register", [
      ["write", 1, null],
      ["cas", [2, 3], true],
    ]),
    false,
  );
  assert.equal(
    verdict("cas-register", [
      ["write", 1, null],
      ["cas", [1, 2], false],
    ]),
    false,
  );
  assert.equal(
    verdict("cas-register", [
      ["write", 1, null],
      ["cas", { from: 1, to: 2 }, "?"],
      ["read", null, 2],
    ]),
    true,
  );
  assert.equal(
    verdict("cas-register", [
      ["write", 1, null],
      ["cas", [1, 2], "?"],
      ["read", null, 1],
    ]),
    true,
  );
});

test("set: a read returns each element once", () => {
  const two: Parameters<typeof sequence>[0] = [
    ["add", 1, null],
    ["add", 2, null],
  ];
  assert.equal(verdict("set", [...two, ["read", null, [2, 1]]]), true);
  assert.equal(verdict("set", [...two, ["read", null, [1, 2, 2]]]), false);
  assert.equal(verdict("set", [...two, ["read", null, [1]]]), false);
  assert.equal(verdict("set", [...two, ["remove", 1, null], ["contains", 1, false], ["read", null, [2]]]), true);
});

test("counter: sums are checked, and so are increments that return the value after them", () => {
  assert.equal(
    verdict("counter", [
      ["increment", 2, null],
      ["decrement", 1, null],
      ["read", null, 1],
    ]),
    true,
  );
  assert.equal(
    verdict("counter", [
      ["increment", 2, null],
      ["read", null, 1],
    ]),
    false,
  );
  assert.equal(
    verdict("counter", [
      ["increment", null, 1],
      ["increment", null, 1],
    ]),
    false,
  );
});

test("queue: values leave first in, first out, each once", () => {
  const two: Parameters<typeof sequence>[0] = [
    ["enqueue", "a", null],
    ["enqueue", "b", null],
  ];
  assert.equal(
    verdict("queue", [...two, ["dequeue", null, "a"], ["dequeue", null, "b"], ["dequeue", null, null]]),
    true,
  );
  assert.equal(verdict("queue", [...two, ["dequeue", null, "b"]]), false);
  assert.equal(verdict("queue", [...two, ["dequeue", null, "a"], ["dequeue", null, "a"]]), false);
  assert.equal(verdict("queue", [...two, ["dequeue", null, "?"], ["dequeue", null, "b"]]), true);
});

test("kv: put, append and get are checked, and a key that was never put is empty", () => {
  assert.equal(
    verdict("kv", [
      ["get", null, ""],
      ["append", "x", null],
      ["append", "y", null],
      ["get", null, "xy"],
    ]),
    true,
  );
  assert.equal(
    verdict("kv", [
      ["put", "x", null],
      ["append", "y", null],
      ["get", null, "yx"],
    ]),
    false,
  );
  assert.equal(
    verdict("kv", [
      ["put", "x", null],
      ["delete", null, null],
      ["get", null, null],
    ]),
    true,
  );
});

test("list-append: transactions are atomic, and see their own writes", () => {
  const first: readonly [string, Json, Json] = [
    "txn",
    [
      ["append", "x", 1],
      ["append", "y", 1],
    ],
    null,
  ];
  const read = (x: Json, y: Json): readonly [string, Json, Json] => {
    const asked = [
      ["r", "x", null],
      ["r", "y", null],
    ];
    return [
      "txn",
      asked,
      [
        ["r", "x", x],
        ["r", "y", y],
      ],
    ];
  };
  assert.equal(verdict("list-append", [read(null, []), first, read([1], [1])]), true);
  assert.equal(verdict("list-append", [first, read([1], null)]), false);
  const own: Json = [
    ["append", "x", 5],
    ["r", "x", [5]],
  ];
  assert.equal(verdict("list-append", [["txn", own, own]]), true);
});

test("transactions: an answer that does not match its request is refused", () => {
  const asked: Json = [
    ["append", "x", 1],
    ["r", "y", null],
  ];
  const wrong: readonly Json[] = [
    [
      ["append", "x", 1],
      ["append", "y", [7]],
    ],
    [["append", "x", 1]],
    [
      ["append", "x", 1],
      ["r", "z", null],
    ],
    [
      ["append", "x", 2],
      ["r", "y", null],
    ],
  ];
  for (const output of wrong) {
    assert.throws(
      () => verdict("list-append", [["txn", asked, output]]),
      (thrown) => thrown instanceof GamedayError && thrown.code === "model-wrong-shape",
    );
  }
});

test("multi-register: several registers are read and written, with initial values by key", () => {
  const output: Json = [
    ["read", "x", 0],
    ["write", "y", 2],
  ];
  assert.equal(verdict("multi-register", [["txn", output, output]], { x: 0, y: 0 }), true);
  assert.equal(verdict("multi-register", [["txn", output, output]], { x: 1, y: 0 }), false);
});

test("keys are independent parts, unless a transaction touches several", () => {
  const mixed = [
    ...sequence(
      [
        ["write", 1, null],
        ["read", null, 1],
      ],
      "x",
    ),
    ...sequence([["read", null, null]], "y"),
  ];
  const result = linearize(mixed, modelNamed("register"));
  assert.deepEqual([result.linearizable, result.parts], [true, 2]);
  const across = sequence([
    [
      "txn",
      [
        ["append", "x", 1],
        ["append", "y", 1],
      ],
      null,
    ],
    ["txn", [["r", "z", null]], [["r", "z", null]]],
    [
      "txn",
      [
        ["append", "y", 2],
        ["append", "w", 1],
      ],
      null,
    ],
  ]);
  assert.equal(linearize(across, modelNamed("list-append")).parts, 2);
});

test("an operation that the model does not know, or of a wrong shape, is a clear error", () => {
  const complaint = (code: string) => (thrown: unknown) => thrown instanceof GamedayError && thrown.code === code;
  for (const model of MODELS) {
    assert.throws(
      () => linearize(sequence([["explode", null, null]]), model),
      complaint("model-wrong-kind"),
      model.name,
    );
  }
  assert.throws(() => verdict("cas-register", [["cas", 3, true]]), complaint("model-wrong-shape"));
  assert.throws(() => modelNamed("registre"), complaint("model-unknown"));
});
