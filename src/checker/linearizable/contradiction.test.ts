import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../../history.ts";
import { importHistory } from "../import/import-history.ts";
import { coreOf, drawn } from "./contradiction.ts";
import { linearize } from "./linearize.ts";
import { modelNamed } from "./models.ts";

function core(text: string, name: string): readonly Operation[] {
  const model = modelNamed(name);
  const { refutations } = linearize(importHistory(text, { file: "h", model, independent: false }), model);
  const [first] = refutations;
  assert.ok(first !== undefined, "it is refuted");
  return coreOf(first, model);
}

const call = (process: number, f: string, value: string) =>
  `{:process ${process} :type :invoke :f :${f} :value ${value}}`;
const answer = (process: number, f: string, value: string) =>
  `{:process ${process} :type :ok :f :${f} :value ${value}}`;
const whole = (process: number, f: string, value: string) => [call(process, f, value), answer(process, f, value)];

test("a stale read is explained by the two writes and itself, not by the sixty operations around them", () => {
  const around = Array.from({ length: 20 }, (_, at) => [
    ...whole(0, "write", String(10 + at)),
    ...whole(1, "read", String(10 + at)),
  ]);
  const text = [
    ...around.flat(),
    ...whole(0, "write", "1"),
    ...whole(0, "write", "2"),
    ...whole(1, "read", "1"),
    ...around.flat(),
  ].join("\n");
  const found = core(text, "register");
  assert.deepEqual(
    found.map(({ kind, input, outcome }) => [kind, kind === "read" ? outcome : input]),
    [
      ["write", 1],
      ["write", 2],
      ["read", { type: "ok", output: 1 }],
    ],
  );
});

test("a value that no operation wrote is wrong without any other answer", () => {
  const text = [...whole(0, "write", "1"), ...whole(1, "write", "2"), ...whole(2, "read", "3")].join("\n");
  assert.deepEqual(
    core(text, "cas-register").map(({ process, kind }) => [process, kind]),
    [["process 2", "read"]],
  );
});

test("a lost append among many to strings by key is explained", () => {
  const keyed = (text: string) => text.replace(":value", ':key "0" :value');
  const text = [
    ...whole(0, "append", '"a "'),
    ...whole(1, "append", '"b "'),
    ...whole(0, "append", '"c "'),
    call(1, "get", "nil"),
    answer(1, "get", '"a c "'),
    ...whole(0, "append", '"d "'),
  ].map(keyed);
  const found = core(text.join("\n"), "kv");
  assert.ok(found.some(({ input }) => input === "b ") && found.some(({ kind }) => kind === "get"));
  assert.ok(!found.some(({ input }) => input === "d "));
});

test("without the answers of its core nothing is refuted: each of them is necessary", () => {
  const text = [...whole(0, "write", "1"), ...whole(0, "write", "2"), ...whole(1, "read", "1")].join("\n");
  const model = modelNamed("register");
  const operations = importHistory(text, { file: "h", model, independent: false });
  const found = core(text, "register");
  for (const left of found) {
    const weakened = operations.map(
      (each): Operation =>
        each.id === left.id ? { ...each, outcome: { type: "unknown", code: "" }, completedAtMs: null } : each,
    );
    assert.equal(linearize(weakened, model).linearizable, true, left.id);
  }
});

test("the bars keep the order of calls and answers", () => {
  const operation = (invokedAtMs: number, completedAtMs: number | null) =>
    ({ invokedAtMs, completedAtMs }) as unknown as Operation;
  assert.deepEqual(
    drawn([operation(0, 100), operation(50, 900), operation(120, null)]).map((bar) => bar.trimEnd()),
    ["|---|", "  |-----|", "      |--->"],
  );
});
