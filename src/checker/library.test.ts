import assert from "node:assert/strict";
import { test } from "node:test";
import { checkClaim, checkers, checkHistory, checkText, GamedayError, models, parseHistory } from "./library.ts";

const log = (last: string) => `{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
{:process 0, :type :invoke, :f :write, :value 2}
{:process 0, :type :ok, :f :write, :value 2}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value ${last}}
`;

test("a history given as text is parsed and checked, and a refuted one comes with its witness", () => {
  const operations = parseHistory(log("1"), { model: "register" });
  assert.equal(operations.length, 3);
  const result = checkHistory(operations, { model: "register" });
  assert.equal(result.linearizable, false);
  assert.equal(result.witnesses[0]?.operation.kind, "read");
  assert.equal(result.witnesses[0]?.contradiction.length, 3);
  assert.match(result.because, /^read 1 by process 1 fits no order: the state could only be 2\.$/);
  assert.deepEqual(checkText(log("1"), { model: "register" }), result);
  assert.equal(checkText(log("2"), { model: "register" }).linearizable, true);
});

test("a history without reads, or an exhausted budget, is unknown with the reason", () => {
  const [write] = parseHistory(log("1"), { model: "register" });
  assert.ok(write);
  const vacuous = checkHistory([write], { model: "register" });
  assert.deepEqual([vacuous.linearizable, vacuous.because.startsWith("Nothing was ever read")], ["unknown", true]);
  const spent = checkHistory(parseHistory(log("1"), { model: "register" }), {
    model: "register",
    budget: { configurations: 1 },
  });
  assert.deepEqual([spent.linearizable, spent.because.startsWith("The budget ran out")], ["unknown", true]);
});

test("an initial value is respected; an unknown model or a malformed text is an error", () => {
  const read = log("7").split("\n").slice(4).join("\n") + log("2");
  assert.equal(checkText(read, { model: "register", initial: 7 }).linearizable, true);
  assert.equal(checkText(read, { model: "register" }).linearizable, false);
  const complains = (thrown: unknown) => thrown instanceof GamedayError;
  assert.throws(() => checkHistory([], { model: "regster" }), complains);
  assert.throws(() => checkText("{:process", { model: "register", file: "x.edn" }), complains);
});

test("a claim's checker can be run over operations and a ledger", () => {
  const add = (id: string) => ({
    id,
    process: "p",
    object: "orders",
    kind: "add",
    input: null,
    attempt: 1,
    outcome: { type: "ok" as const, output: null },
    intendedAtMs: 0,
    invokedAtMs: 0,
    completedAtMs: 1,
  });
  const read = (number: number, ids: readonly string[]) => [
    ...ids.map((id) => ({ line: "item" as const, read: number, object: "orders", id, count: 1 })),
    {
      line: "end" as const,
      read: number,
      object: "orders",
      startedAtMs: number * 10_000,
      completedAtMs: number * 10_000 + 1,
      complete: true,
      items: ids.length,
      source: "here",
    },
  ];
  const operations = [add("run/1"), add("run/2")];
  const finding = (ids: readonly string[]) =>
    checkClaim("acked-set", { object: "orders", operations, ledger: [...read(1, ids), ...read(2, ids)] });
  assert.equal(finding(["run/1", "run/2"]).status, "pass");
  assert.equal(finding(["run/1"]).status, "fail");
  assert.equal(finding(["run/1"]).figures["lost"], 1);
  assert.throws(() => checkClaim("acked-set", { object: "orders", operations, options: { sparce: true } }));
});

test("the catalogues list every checker and model", () => {
  assert.ok(models.some(({ name, kinds }) => name === "queue" && kinds.includes("dequeue")));
  assert.ok(checkers.includes("bank-total"));
});
