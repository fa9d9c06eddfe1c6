import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { World } from "../cli.ts";
import { GamedayError } from "../std/errors.ts";
import { checkHistoryCommand } from "./check-history.ts";

const folder = mkdtempSync(join(tmpdir(), "check-history-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** Runs the command in the folder; returns the exit code and what was printed. */
async function run(...argv: string[]): Promise<{ code: number | undefined; out: string }> {
  let code: number | undefined;
  const written: string[] = [];
  const stream = { isTTY: false, columns: 80, write: (text: string) => void written.push(text) };
  const world: World = {
    argv,
    self: [],
    env: {},
    cwd: folder,
    pid: 1,
    uid: 1000,
    owner: null,
    version: "0",
    stdout: stream,
    stderr: stream,
    now: () => new Date(0),
    onInterrupt: () => ({ [Symbol.dispose]: () => undefined }),
    onCrash: () => ({ [Symbol.dispose]: () => undefined }),
    exit: () => undefined,
    interrupt: () => undefined,
    isAlive: () => false,
    setExitCode: (value) => {
      code = value;
    },
  };
  await checkHistoryCommand(world).exitOverride().parseAsync(argv, { from: "user" });
  return { code, out: written.join("") };
}

const write = "{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :ok :f :write :value 1}\n";
const read = (value: string) =>
  `{:process 1 :type :invoke :f :read :value nil} {:process 1 :type :ok :f :read :value ${value}}\n`;
const good = file("good.edn", write + read("1"));
const bad = file("bad.edn", write + read("2"));

test("the exit code is 0 or 1, with an answer as text or JSON, and a witness", async () => {
  assert.deepEqual(await run(good, "-m", "register", "--json"), {
    code: 0,
    out: `${JSON.stringify({ file: good, model: "register", linearizable: true, operations: 2, parts: 1, configurations: 1, witnesses: [] })}\n`,
  });
  const refuted = await run(bad, "--model", "register");
  assert.equal(refuted.code, 1);
  assert.match(refuted.out, /^linearizable: false\n/);
  assert.match(refuted.out, /line 2: read 2 by process 1 fits no order: the state could only be 1/);
  const json = JSON.parse((await run(bad, "-m", "register", "--json")).out) as { witnesses: { operation: string }[] };
  assert.equal(json.witnesses[0]?.operation, "line 2");
});

test("the exit code is 2 when the budget runs out, and for a history without operations", async () => {
  const writes = Array.from(
    { length: 10 },
    (_, process) => `{:process ${process} :type :invoke :f :write :value ${process}}\n`,
  );
  const hard = file(
    "hard.edn",
    [...writes, ...writes.map((line) => line.replace(":invoke", ":ok")), read(":never")].join(""),
  );
  const spent = await run(hard, "-m", "register", "--budget", "20");
  assert.equal(spent.code, 2);
  assert.match(spent.out, /^linearizable: unknown\n.*--budget/s);
  const empty = await run(file("nemesis.edn", "{:process :nemesis :type :info :f :start}"), "-m", "register");
  assert.equal(empty.code, 2);
});

test("the exit code is 2 if nothing was acknowledged or nothing was read, like the same claim in a run", async () => {
  const call = (f: string, value: string) => `{:process 0 :type :invoke :f :${f} :value ${value}}\n`;
  const answer = (type: string, f: string, value: string) => `{:process 0 :type :${type} :f :${f} :value ${value}}\n`;
  const vacuous: readonly [model: string, text: string, why: RegExp][] = [
    ["register", write, /nothing was ever read/],
    ["register", read("nil"), /no change was acknowledged/],
    ["register", call("write", "1") + answer("info", "write", "1") + read("nil"), /no change/],
    ["register", call("write", "1") + answer("fail", "write", "1"), /no change/],
    ["cas-register", write + call("read", "nil") + answer("info", "read", "nil"), /nothing was ever read/],
    ["cas-register", call("cas", "[1 2]") + answer("info", "cas", "[1 2]") + read("nil"), /no change/],
    ["queue", call("enqueue", "1") + answer("ok", "enqueue", "1"), /nothing was ever read/],
    ["queue", call("dequeue", "nil") + answer("ok", "dequeue", "nil"), /no change/],
    ["set", call("add", "1") + answer("ok", "add", "1"), /nothing was ever read/],
    ["counter", call("increment", "1") + answer("ok", "increment", "1"), /nothing was ever read/],
    ["list-append", call("txn", "[[:append 1 1]]") + answer("ok", "txn", "[[:append 1 1]]"), /nothing was ever read/],
    ["list-append", call("txn", "[[:r 1 nil]]") + answer("ok", "txn", "[[:r 1 nil]]"), /no change/],
    ["kv", call("put", '"x"') + answer("ok", "put", '"x"'), /nothing was ever read/],
  ];
  for (const [at, [model, text, why]] of vacuous.entries()) {
    const { code, out } = await run(file(`vacuous-${at}.edn`, text), "-m", model);
    assert.equal(code, 2, `${model}: ${text}`);
    assert.match(out, why);
  }
  const json = JSON.parse((await run(file("json.edn", write), "-m", "register", "--json")).out);
  assert.deepEqual(
    [json.linearizable, json.because],
    ["unknown", "nothing was ever read, so nothing could contradict the order"],
  );
});

test("of several files the worst decides: one that is not linearizable outweighs all", async () => {
  const { code, out } = await run(good, bad, good, "-m", "register", "--json");
  assert.equal(code, 1);
  assert.equal(out.trim().split("\n").length, 3);
});

test("of several files, one that cannot be read does not hide the others", async () => {
  const broken = file("half.edn", "{:process");
  const { code, out } = await run(good, broken, good, "-m", "register", "--json");
  assert.equal(code, 3);
  assert.equal(out.split("\n").filter((line) => line.startsWith("{")).length, 2);
  assert.match(out, /half.edn:1:1/);
  assert.equal((await run(broken, bad, "-m", "register")).code, 1);
});

test("readings that contradict each other are refused with the flag that decides, and others are answered", async () => {
  const refuses = (pattern: RegExp) => (thrown: unknown) =>
    thrown instanceof GamedayError && thrown.exitCode === 3 && pattern.test(thrown.describe());
  const failed = "{:process 2 :type :invoke :f :cas :value [1 2]} {:process 2 :type :fail :f :cas :value [1 2]}";
  const cas = file("cas.edn", write + failed + read("1"));
  await assert.rejects(run(cas, "-m", "cas-register"), refuses(/the cas of line 2.*--failed-cas mismatch/s));
  assert.equal((await run(cas, "-m", "cas-register", "--failed-cas", "mismatch")).code, 1);
  assert.equal((await run(cas, "-m", "cas-register", "--failed-cas", "not-applied")).code, 0);
  const either = file("either.edn", write + failed.replaceAll("[1 2]", "[3 4]") + read("1"));
  assert.equal((await run(either, "-m", "cas-register")).code, 0);
  assert.equal((await run(file("wrong.edn", write + failed + read("2")), "-m", "cas-register")).code, 1);
  const stamped = (index: number, time: number) => `:index ${index} :time ${time}}`;
  const both = `{:process 0 :type :invoke :f :write :value 1 ${stamped(0, 100)} {:process 0 :type :ok :f :write :value 1 ${stamped(1, 900)}
    {:process 1 :type :invoke :f :read :value nil ${stamped(2, 200)} {:process 1 :type :ok :f :read :value nil ${stamped(3, 300)}`;
  const clocks = file("clocks.edn", both);
  await assert.rejects(run(clocks, "-m", "register"), refuses(/different orders.*--order index/s));
  assert.equal((await run(clocks, "-m", "register", "--order", "index")).code, 1);
  const byTime = await run(clocks, "-m", "register", "--order", "time");
  assert.equal(byTime.code, 0);
  assert.match(byTime.out, /read so that events are in the order of their :time/);
  await assert.rejects(run(clocks, "-m", "register", "--order", "clock"), refuses(/--order to be index, time, lines/));
});

test("keyed values are read as they appear, or as the flags say", async () => {
  const both = (f: string, asked: string, answer: string) =>
    `{:process 0 :type :invoke :f ${f} :value ${asked}} {:process 0 :type :ok :f ${f} :value ${answer}}\n`;
  const keyed = file(
    "keyed.edn",
    both(":write", "[0 1]", "[0 1]") + both(":write", "[1 2]", "[1 2]") + both(":read", "[0 nil]", "[0 1]"),
  );
  const shown = await run(keyed, "-m", "register");
  assert.equal(shown.code, 0);
  assert.match(shown.out, /read so that values are \[key value\]/);
  assert.equal((await run(keyed, "-m", "register", "--no-independent")).code, 1);
  assert.equal((await run(keyed, "-m", "register", "--independent")).code, 0);
});

test("values may be compared as numbers", async () => {
  const text = file("text.edn", write.replaceAll(":value 1", ':value "19.90"') + read("19.9"));
  assert.equal((await run(text, "-m", "register")).code, 1);
  assert.equal((await run(text, "-m", "register", "--numeric")).code, 0);
});

test("an initial value may be EDN or JSON", async () => {
  const started = file("started.edn", read("7") + write);
  assert.equal((await run(started, "-m", "register")).code, 1);
  assert.equal((await run(started, "-m", "register", "--initial", "7")).code, 0);
  const keyword = file("keyword.edn", read(":on") + write);
  assert.equal((await run(keyword, "-m", "register", "--initial", ":on")).code, 0);
});

test("a missing file, an unknown model, a wrong budget and a malformed line are errors with their place", async () => {
  const complains = (pattern: RegExp) => (thrown: unknown) =>
    thrown instanceof GamedayError && thrown.exitCode === 3 && pattern.test(thrown.describe());
  await assert.rejects(run("nowhere.edn", "-m", "register"), complains(/^nowhere.edn: .*ENOENT/));
  await assert.rejects(run(good, "-m", "registr"), complains(/did you mean "register"/));
  await assert.rejects(run(good, "-m", "register", "--budget", "0"), complains(/--budget/));
  await assert.rejects(run(file("broken.edn", `${write}{:process`), "-m", "register"), complains(/^broken.edn:2:1: /));
});
