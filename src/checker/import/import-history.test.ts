/**
 * Tests each notation separately: what it contains, and the errors for histories that cannot be read.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { complaint, load, log, read, verdict } from "./import.fixture.ts";
import { formatOf } from "./import-history.ts";

test("Jepsen's log lines are read: values, nil reads, cas, and an :info that keeps its invocation's value", () => {
  const text = log(
    "0 :invoke :read nil",
    "0 :ok :read nil",
    "1 :invoke :write 3",
    "1 :info :write :timed-out",
    "2 :invoke :read nil",
    "2 :ok :read 3",
  );
  const operations = load(text);
  assert.deepEqual(
    operations.map(({ kind, input, outcome }) => [kind, input, outcome.type]),
    [
      ["read", null, "ok"],
      ["write", 3, "unknown"],
      ["read", null, "ok"],
    ],
  );
  assert.equal(verdict(text), true);
  assert.equal(operations[1]?.completedAtMs, null);
});

/** Builds the same cas history in each notation that has failures; `error` is why the cas failed. */
function failedCas(error: string): string[] {
  const reason = error === "" ? "" : `, :error ${error}`;
  const text = log("0 :invoke :write 1", "0 :ok :write 1", "1 :invoke :cas [1 2]", `1 :fail :cas [1 2] ${error}`);
  const json = error === "" ? "" : `, "error": ${JSON.stringify(error)}`;
  return [
    text,
    text.replaceAll("INFO  jepsen.util - ", ""),
    `{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :ok :f :write :value 1}
     {:process 1 :type :invoke :f :cas :value [1 2]} {:process 1 :type :fail :f :cas :value [1 2]${reason}}`,
    `[{"process": 0, "type": "invoke", "f": "write", "value": 1}, {"process": 0, "type": "ok", "f": "write", "value": 1},
      {"process": 1, "type": "invoke", "f": "cas", "value": [1, 2]},
      {"process": 1, "type": "fail", "f": "cas", "value": [1, 2]${json}}]`,
  ];
}

test("a failed cas means the same in every notation: without a reason that excludes the compare there are two readings", () => {
  for (const text of failedCas("")) {
    assert.deepEqual(
      read(text).map(({ failedCas }) => failedCas),
      ["not-applied", "mismatch"],
    );
    assert.equal(verdict(text), true);
    assert.equal(verdict(text, "cas-register", { failedCas: "mismatch" }), false);
    assert.equal(verdict(text, "cas-register", { failedCas: "not-applied" }), true);
  }
  for (const error of [":conn-closed", ":timed-out", '"no leader"']) {
    for (const text of failedCas(error)) {
      assert.deepEqual(
        read(text).map(({ failedCas }) => failedCas),
        ["not-applied"],
      );
      assert.equal(verdict(text, "cas-register", { failedCas: "mismatch" }), true);
    }
  }
  for (const text of failedCas(":precondition-failed")) assert.equal(read(text).length, 2);
  assert.equal(load(log("0 :invoke :read nil", "0 :fail :read :timed-out"))[0]?.outcome.type, "refused");
});

test("log lines of other loggers, of the nemesis and blank ones are skipped, and history.txt without a logger is read", () => {
  const text = `INFO  jepsen.core - Worker 0 starting\n\n${log(":nemesis :info :start nil")}\n0\t:invoke\t:write\t1\r\n0\t:ok\t:write\t1\n`;
  assert.equal(load(text).length, 1);
});

test("log lines of newer versions, with time and thread, are read, and the traces of exceptions between them are skipped", () => {
  const at = "2024-05-01 12:00:00,123{GMT}\tINFO\t[jepsen worker 4] jepsen.util: ";
  const text = [
    "2024-05-01 12:00:00,001{GMT}\tINFO\t[main] jepsen.core: Running test:",
    `${at}4\t:invoke\t:write\t3`,
    "2024-05-01 12:00:01,001{GMT}\tWARN\t[jepsen worker 4] jepsen.client: Process 4 crashed",
    "java.net.SocketTimeoutException: Read timed out",
    "\tat java.base/java.net.Socket.read(Socket.java:1)",
    "Caused by: clojure.lang.ExceptionInfo: throw+: {:type :timeout}",
    "\t... 12 more",
    `${at}4\t:info\t:write\t3\t"java.net.SocketTimeoutException"`,
    `${at}:nemesis\t:info\t:start-partition\t{"n1" #{"n2"}}`,
    `${at}9\t:invoke\t:read\tnil`,
    `${at}9\t:ok\t:read\t3`,
  ].join("\r\n");
  assert.deepEqual(
    load(text).map(({ kind, outcome }) => [kind, outcome.type]),
    [
      ["write", "unknown"],
      ["read", "ok"],
    ],
  );
  assert.equal(verdict(text), true);
});

test("half a line, a line without its start, and a value that breaks off are errors with their place", () => {
  const lines = log("0 :invoke :write 1", "0 :ok :write 1");
  assert.match(complaint(`${lines}\nINFO  jepsen.util - 1\t:inv`), /^h:3:21: expected PROCESS.*"1\\t:inv".*cut off/s);
  assert.match(complaint(`${lines}\n:ok\t:read\t1`), /^h:3:1: expected PROCESS/);
  assert.match(complaint(`${lines}\nINFO  jepsen.util - 1\t:invoke\t:cas\t[1 `), /^h:3:36: expected "\]"/);
  assert.match(complaint("{:process 0 :type :invoke :f :read}\n{:process 0 :type"), /^h:2:1: /);
});

test("EDN is read as one map a line, one vector or one list, with keys in any order, with namespaces or as strings", () => {
  const lines = [
    "{:process 0, :type :invoke, :f :write, :value 1}",
    '{"value" 1 "f" "write" "type" "ok" "process" 0}',
    "#jepsen.history.Op{:jepsen/f :read, :jepsen/process 1, :jepsen/type :invoke, :jepsen/value nil, :index 2}",
    "{:process :nemesis, :type :info, :f :start, :value nil} ; the nemesis",
    "{:type :ok :f :read :value 1 :process 1}",
  ];
  for (const text of [
    lines.join("\n"),
    `[${lines.join("\n")}]`,
    `(${lines.join("\n")}\n)`,
    `; a comment\n\n[${lines.join("\n")}]`,
  ]) {
    assert.equal(load(text).length, 2);
    assert.equal(verdict(text), true);
  }
  assert.equal(verdict(lines.join("\n").replace(":f :read :value 1", ":f :read :value 2")), false);
});

test("in EDN, a :fail did not happen, and an :info or a missing completion may have happened", () => {
  const text = (type: string) =>
    `[{:process 0 :type :invoke :f :write :value 1}\n${type === "" ? "" : `{:process 0 :type ${type} :f :write :value 1}`}
      {:process 1 :type :invoke :f :read :value nil} {:process 1 :type :ok :f :read :value 1}]`;
  assert.deepEqual(
    [":ok", ":info", "", ":fail"].map((type) => verdict(text(type))),
    [true, true, true, false],
  );
});

test("porcupine's kv logs are read, with strings by key", () => {
  const line = (type: string, f: string, key: string, value: string) =>
    `{:process 0, :type ${type}, :f ${f}, :key "${key}", :value ${value}}`;
  const both = (f: string, key: string, value: string, answer = value) => [
    line(":invoke", f, key, value),
    line(":ok", f, key, answer),
  ];
  const text = [
    ...both(":get", "7", "nil", '""'),
    ...both(":append", "0", '"x 0 0 y"'),
    ...both(":append", "0", '"x 0 1 y"'),
    ...both(":get", "0", "nil", '"x 0 0 yx 0 1 y"'),
  ].join("\n");
  assert.equal(verdict(text, "kv"), true);
  assert.equal(verdict(text.replace("yx 0 1", "yx 0 2"), "kv"), false);
});

test("Elle's transactions are read, also without :process and :f", () => {
  const text = `{:index 0 :type :invoke :value [[:append 1 1]]} {:index 1 :type :ok :value [[:append 1 1]]}
    {:index 2 :type :invoke :value [[:r 1 nil]]} {:index 3 :type :ok :value [[:r 1 [1]]]}`;
  assert.equal(verdict(text, "list-append"), true);
  assert.equal(verdict(text.replace("[:r 1 [1]]", "[:r 1 []]"), "list-append"), false);
});

test("completions alone prove no real time, so any order that explains them is accepted", () => {
  const text =
    "{:type :ok :process 0 :f :txn :value [[:r 1 [1]]]} {:type :ok :process 0 :f :txn :value [[:append 1 1]]}";
  assert.equal(verdict(text, "list-append"), true);
  assert.equal(verdict(text.replace("[:r 1 [1]]", "[:r 1 [2]]"), "list-append"), false);
});

test("jepsen.independent's [key value] is split", () => {
  const text = `{:process 0 :type :invoke :f :write :value [7 1]} {:process 0 :type :ok :f :write :value [7 1]}
    {:process 0 :type :invoke :f :cas :value [8 [1 2]]} {:process 0 :type :info :f :cas :value nil}`;
  const operations = load(text, "cas-register", { independent: true });
  assert.deepEqual(
    operations.map(({ key, input }) => [key, input]),
    [
      ["7", 1],
      ["8", [1, 2]],
    ],
  );
});

test("one object of a run's history.ndjson is read", () => {
  const line = (object: string, kind: string, output: unknown, at: number) =>
    JSON.stringify({
      id: `${at}`,
      process: "p",
      object,
      kind,
      input: 1,
      attempt: 1,
      outcome: { type: "ok", output },
      intendedAtMs: at,
      invokedAtMs: at,
      completedAtMs: at + 1,
    });
  const text = [line("a", "write", null, 0), line("b", "write", null, 2), line("a", "read", 1, 4)].join("\n");
  assert.equal(load(text, "register", { object: "a" }).length, 2);
  assert.match(complaint(text, "register"), /objects a, b/);
});

test("everything that cannot be read is one error with file, line and column", () => {
  assert.match(complaint(""), /^h: expected a history, got an empty file/);
  assert.match(complaint(log("0 :invoke :read nil", "0 :okay :read nil")), /^h:2:21: expected PROCESS/);
  assert.match(complaint("hello"), /^h:1:1: /);
  assert.match(
    complaint("{:process 0 :type :invoke :f :read}\n{:process 0 :typ :ok :f :read}"),
    /^h:2:1: expected a :type/,
  );
  assert.match(
    complaint("{:process 0 :type :ok :f :read :value 1} {:process 0 :type :invoke :f :read :value 1}"),
    /^h:1:1: expected an invocation by process 0/,
  );
  assert.match(
    complaint("{:process 0 :type :invoke :f :read}\n  {:process 0 :type :invoke :f :read}"),
    /^h:2:3: expected process 0 to have its answer/,
  );
  assert.match(complaint("{:process 0 :type :invoke :f :pop}"), /^h:1:1: expected operations of model cas-register/);
  assert.match(complaint("[{:process 0 :type :invoke :f :cas :value 3}]"), /^h:1:2: expected cas .* \[from, to\]/);
  assert.match(complaint('{"id": 1}\n'), /^h:1:1: expected an operation of history.ndjson/);
});

test("the first character decides the notation", () => {
  assert.deepEqual([" ; c\n[1]", "{:a 1}", '{"a": 1}', "#x{}", "INFO", " \n"].map(formatOf), [
    "edn",
    "edn",
    "json",
    "edn",
    "jepsen-log",
    undefined,
  ]);
});
