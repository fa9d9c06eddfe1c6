/**
 * Tests what histories leave open, and what means the same in every notation.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { complaint, event, load, log, read, verdict } from "./import.fixture.ts";

test("transactions are recognised whatever :f calls them, and refused for models that have none", () => {
  const written = (f: string) => [event("invoke", f, 0, "[[:w 0 1]]"), event("ok", f, 0, "[[:w 0 1]]")];
  const text = (value: string) =>
    [
      ...written("write"),
      event("invoke", "read", 1, "nil"),
      event("ok", "read", 1, `[[:r 0 ${value}] [:r 1 nil]]`),
    ].join("\n");
  for (const model of ["multi-register", "list-append"]) {
    assert.equal(verdict(text("1"), model), true, model);
    assert.equal(verdict(text("2"), model), false, model);
    assert.deepEqual(
      load(text("1"), model).map(({ kind }) => kind),
      ["txn", "txn"],
    );
  }
  assert.equal(
    verdict(
      `${event("invoke", "transfer", 0, "[:w 0 1]")} ${event("ok", "transfer", 0, "[:w 0 1]")}`,
      "multi-register",
    ),
    true,
  );
  assert.match(
    complaint(text("1"), "register"),
    /^h:1:1: expected values of the model register.*--model multi-register/s,
  );
  assert.match(
    complaint(written("txn").join("").replaceAll("0 1]", "0 1 2]"), "multi-register"),
    /^h:1:1: .*\[what, key, value\]/,
  );
});

test("events are ordered by :index, else by :time; the order of the lines counts where it does not contradict them", () => {
  const events = [
    ["invoke", "write", 1, "1", 100, 0],
    ["ok", "write", 1, "1", 900, 3],
    ["invoke", "read", 2, "nil", 200, 1],
    ["ok", "read", 2, "nil", 300, 2],
  ] as const;
  const text = (more: (time: number, index: number) => string) =>
    events
      .map(([type, f, process, value, time, index]) => event(type, f, process, value, more(time, index)))
      .join("\n");
  const stamps: Record<string, (time: number, index: number) => string> = {
    index: (_, index) => `, :index ${index}`,
    time: (time) => `, :time ${time}`,
    large: (time) => `, :time 1719148152080123${time}`,
    seconds: (time) => `, :time ${time / 1e9}`,
    date: (time) => `, :time #inst "2025-06-23T13:09:12.${time}Z"`,
    both: (time, index) => `, :time ${time}, :index ${index}`,
  };
  for (const [name, more] of Object.entries(stamps)) assert.equal(verdict(text(more), "register"), true, name);
  assert.equal(verdict(text(() => "")), false);
  assert.equal(
    verdict(
      text((time) => `, :time ${time}`),
      "register",
      { order: "lines" },
    ),
    false,
  );
  const contradicting = text((time, index) => `, :time ${time}, :index ${[0, 2, 3, 1][index] ?? 0}`);
  assert.deepEqual(
    read(contradicting, "register").map(({ order }) => order),
    ["lines", "time"],
  );
  const half = text((time) => (time === 300 ? "" : `, :time ${time}`));
  assert.match(complaint(half, "register"), /^h:3:1: .*--order lines/s);
  assert.match(complaint(half, "register", { order: "time" }), /^h:4:1: expected a :time on every event/);
  assert.deepEqual(
    read(
      text((_, index) => `, :index -1, :time ${index}`),
      "register",
    ).map(({ order }) => order),
    ["time"],
  );
});

test("events at the same time overlap, and a process does one operation after another", () => {
  const text = [
    event("invoke", "read", 1, "nil", ", :time 20"),
    event("ok", "read", 1, "1", ", :time 20"),
    event("ok", "write", 0, "1", ", :time 10"),
    event("invoke", "read", 0, "nil", ", :time 10"),
    event("ok", "read", 0, "1", ", :time 20"),
    event("invoke", "write", 0, "1", ", :time 0"),
  ].join("\n");
  assert.equal(load(text, "register").length, 3);
  assert.equal(verdict(text, "register"), true);
  assert.equal(verdict(text.replaceAll(":value 1, :process 1", ":value 2, :process 1"), "register"), false);
});

test("keyed values without a declaration are read as keyed where they can be nothing else", () => {
  const both = (f: string, process: number, value: string, answer = value) => [
    event("invoke", f, process, value),
    event("ok", f, process, answer),
  ];
  const keyed = [...both("write", 0, "[0 3]"), ...both("write", 0, "[1 4]"), ...both("read", 1, "[0 nil]", "[0 3]")];
  assert.equal(verdict(keyed.join(""), "register"), true);
  assert.equal(verdict(keyed.join("").replace("[0 3], :process 1", "[0 4], :process 1"), "register"), false);
  assert.deepEqual(
    load(keyed.join(""), "register").map(({ key }) => key),
    ["0", "1", "0"],
  );
  const cas = [...both("write", 0, "[0 3]"), ...both("cas", 0, "[0 [3 4]]")];
  assert.deepEqual(
    load(cas.join("")).map(({ key, input }) => [key, input]),
    [
      ["0", 3],
      ["0", [3, 4]],
    ],
  );
  const counted = [...both("add", 0, "[7 1]"), ...both("read", 0, "nil", "[7 1]")];
  assert.equal(verdict(counted.join(""), "counter"), true);
  const tuple = both(
    "read",
    1,
    "#jepsen.independent.Tuple{:key 0, :value nil}",
    "#jepsen.independent.Tuple{:key 0, :value 3}",
  );
  assert.equal(verdict([...both("write", 0, "[0 3]"), ...tuple].join(""), "register"), true);
});

test("values that are all pairs have two readings, keyed or not; values of which only some are pairs are refused", () => {
  const texts = [
    event("invoke", "write", 0, "[0 3]"),
    event("ok", "write", 0, "[0 3]"),
    event("invoke", "read", 0, "nil"),
  ];
  const text = [...texts, event("ok", "read", 0, "[0 3]")].join("\n");
  assert.deepEqual(
    read(text, "register").map(({ independent }) => independent),
    [false, true],
  );
  assert.equal(read(text.replaceAll("[0 3]", "[0 3 5]"), "register").length, 1);
  const half = [
    event("invoke", "read", 0, "[0 nil]"),
    event("ok", "read", 0, "[0 3]"),
    event("invoke", "write", 0, "3"),
  ];
  assert.match(
    complaint(half.join("\n"), "register"),
    /^h:3:1: expected a value of \[key value\], as in line 1 .*--no-independent/s,
  );
  assert.match(
    complaint(half.join("\n"), "register", { independent: true }),
    /^h:3:1: expected a value of \[key value\], got 3/,
  );
  const three = [event("invoke", "write", 0, "[0 1 2]"), event("ok", "write", 0, "[0 1 2]")].join("\n");
  assert.match(complaint(three, "register", { independent: true }), /^h:1:1: expected a value of \[key value\]/);
  assert.match(complaint(three.replaceAll("write", "cas")), /^h:1:1: .*\[from, to\]/);
  const other = [event("invoke", "read", 0, "[0 nil]"), event("ok", "read", 0, "[1 3]")].join("\n");
  assert.match(complaint(other, "register"), /^h:2:1: expected an answer about key 0/);
});

test("in a whole jepsen.log the printed test, results and remarks are skipped, but half an event is an error", () => {
  const at = "2025-06-23 13:09:12,080{GMT}\tINFO\t";
  const whole = (event: string) => `${at}[main] jepsen.cli: Test options:
 {:concurrency 5,
  :nodes
  ["n1" "n2"]}
${at}[jepsen test runner] jepsen.core: Running test:
{:remote
 #jepsen.control.retry.Remote{:remote #jepsen.control.sshj.SSHJRemote{:concurrency-limit 6},
                              :conn-spec nil}
 :concurrency
 3
 :name "redis"}
${at}[jepsen node n1] jepsen.os.debian: :n1 setting up debian
${at}[jepsen worker 0] jepsen.util: 0\t:invoke\t:write\t1
\u001b[32m${at}[jepsen worker 0] jepsen.util: ${event}\u001b[0m
2025-06-23 13:09:12,080{GMT}\tWARN\t[jepsen worker 2] jepsen.generator.interpreter: Process 2 crashed
clojure.lang.ExceptionInfo: throw+: {:type :http}
\tat slingshot.support$stack_trace.invoke(support.clj:201) ~[slingshot.jar:na]
${at}[jepsen nemesis] jepsen.util: :nemesis\t:info\t:start-partition\t[:isolated {"n1" #{"n2"}}]
${at}[jepsen worker 1] jepsen.util: 1\t:invoke\t:read\tnil
${at}[jepsen worker 1] jepsen.util: 1\t:ok\t:read\t1
${at}[jepsen test runner] jepsen.core: Run complete, writing
${at}[jepsen test runner] jepsen.core: {:perf {:latency-graph {:valid? true}},
 :valid? true}


Everything looks good! \u30fd('\u30fc\`)\u30ce
`;
  assert.equal(verdict(whole("0\t:ok\t:write\t1"), "register"), true);
  assert.equal(verdict(whole("0\t:ok\t:write\t1").replace(":read\t1", ":read\t2"), "register"), false);
  assert.match(complaint(whole("0\t:o"), "register"), /^h:14:66: expected PROCESS/);
  assert.match(complaint(`${at}[main] jepsen.cli: Test options:\n{:a 1}`, "register"), /^h:1:1: expected PROCESS/);
});

test("JSON is read as an array, spaced, one event a line, or within a map; an error names the fields of what is not an event", () => {
  const events = [
    { type: "invoke", f: "txn", value: [["w", "x", 2]], process: 0, index: 1 },
    { type: ":ok", f: ":txn", value: [["w", "x", 2]], process: 0, index: 2 },
    { type: "info", f: "start", value: null, process: "nemesis", index: 3 },
    { type: "invoke", f: "txn", value: [["r", "x", null]], process: 0, index: 4 },
    { type: "ok", f: "txn", value: [["r", "x", 2]], process: 0, index: 5 },
  ];
  const texts = [
    JSON.stringify(events),
    JSON.stringify(events, null, 1),
    JSON.stringify(events, null, "\t").replaceAll("\n", "\r\n"),
    events.map((one) => JSON.stringify(one)).join("\n"),
    events.map((one) => JSON.stringify(one, null, 2)).join("\n"),
    JSON.stringify({ name: "test", history: events }),
  ];
  for (const text of texts) {
    assert.equal(verdict(text, "multi-register"), true);
    assert.equal(verdict(text.replace(/\[\s*"r",\s*"x",\s*2/, '["r","x",3'), "multi-register"), false);
  }
  assert.match(complaint(texts[0]?.replace('"ok"', '"okay"') ?? ""), /^h:1:\d+: expected a :type .*got okay/);
  const operations = '{"ClientId":1,"Input":{"Type":"range"},"Call":12,"Output":{"Revision":2},"Return":19}\n';
  assert.match(complaint(operations), /^h:1:1: .*ClientId, Input, Call, Output, Return.*porcupine's operations/s);
  assert.match(complaint('[{"type": "invoke", "f": "read"'), /^h:1:2: expected "}", got the end of the file/);
});

test("all notations agree on names, keywords as values, and which process is not a client", () => {
  const edn = [
    event("invoke", "write", 0, ":on"),
    event("ok", "write", 0, ":on"),
    event("invoke", "read", 1, "nil"),
    event("ok", "read", 1, ":on"),
  ];
  const lines = log("0 :invoke :write :on", "0 :ok :write :on", "1 :invoke :read nil", "1 :ok :read :on");
  assert.equal(verdict(edn.join("\n"), "register"), true);
  assert.equal(verdict(lines, "register"), true);
  const named =
    "{:process :a :type :invoke :f :read} {:process :clock :type :info :f :bump} {:process :a :type :ok :f :read :value nil}";
  assert.equal(load(named, "register").length, 1);
  assert.equal(load(":a\t:invoke\t:read\tnil\n:clock\t:info\t:bump\tnil\n:a\t:ok\t:read\tnil", "register").length, 1);
  const maps = [event("invoke", "cas", 0, "{:old 1, :new 2}"), event("ok", "cas", 0, "{:old 1, :new 2}")].join("");
  assert.equal(verdict(maps), false);
  assert.deepEqual(load(maps)[0]?.input, [1, 2]);
  const unreadable = event(
    "fail",
    "read",
    0,
    "nil",
    ", :error #<TimeoutException java.util.TimeoutException: no [answer}>",
  );
  assert.equal(load(`${event("invoke", "read", 0, "nil")}\n${unreadable}`, "register")[0]?.outcome.type, "refused");
});

test("operations on one line are distinguished by their columns", () => {
  const text = `[${event("invoke", "read", 0, "nil")} ${event("ok", "read", 0, "nil")} ${event("invoke", "write", 0, "1")}]`;
  assert.deepEqual(
    load(text, "register").map(({ id }) => id),
    ["line 1:2", "line 1:98"],
  );
});

test("a history.ndjson is recognised by its operations, whatever their inputs hold", () => {
  const operation = {
    ...{ id: "1", process: "p", object: "o", kind: "write", input: { f: 1, type: "x" }, attempt: 1 },
    ...{ outcome: { type: "ok", output: null }, intendedAtMs: 0, invokedAtMs: 0, completedAtMs: 1 },
  };
  assert.equal(load(JSON.stringify(operation), "register")[0]?.id, "1");
});

test("transactions of objects that are tested side by side do not affect each other", () => {
  const both = (process: number, value: string) => [
    event("invoke", "txn", process, value),
    event("ok", "txn", process, value),
  ];
  const text = [...both(0, "[1 [[:w :x 5]]]"), ...both(1, "[2 [[:r :x nil]]]"), ...both(1, "[1 [[:r :x 5]]]")].join(
    "\n",
  );
  assert.equal(verdict(text, "multi-register", { independent: true }), true);
  assert.equal(verdict(text.replaceAll(":r :x 5", ":r :x 6"), "multi-register", { independent: true }), false);
});
