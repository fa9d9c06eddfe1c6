import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Output, OutputKind, RunContext } from "../output.ts";
import { readSeconds, SECONDS_FILE } from "../second/file.ts";
import type { Second } from "../second.ts";
import { ManualClock } from "../std/clock.ts";
import type { TimelineEvent } from "../timeline.ts";
import { Outputs } from "./outputs.ts";
import { secondsOutput } from "./seconds.ts";

const NOTE: TimelineEvent = { atMs: 1, type: "note", source: "test", says: "hello" };

function contextIn(folder: string | null, clock = new ManualClock()): RunContext & { clock: ManualClock } {
  const about = { runId: "r", plan: "p", platform: "fake", seed: "s", startedAtMs: 0, version: "1" };
  return { ...about, clock, folder, redact: null, say: () => undefined };
}

function quiet(parts: Partial<Output> = {}): Output {
  return { close: async () => undefined, ...parts };
}

test("an output that throws is dropped, the others go on, and the loss is reported", async () => {
  const heard: string[] = [];
  const broken = quiet({
    event: () => {
      throw new Error("no space left");
    },
    settle: async () => "nothing lost",
  });
  const sound = quiet({ event: ({ type }) => void heard.push(type) });
  await using outputs = new Outputs(new ManualClock(), [
    ["broken", broken],
    ["sound", sound],
  ]);
  outputs.event(NOTE);
  outputs.event(NOTE);
  assert.deepEqual(heard, ["note", "note"]);
  assert.deepEqual(await outputs.settle(), ["output broken was dropped: no space left"]);
});

test("the end of a run waits at most 2 s for an output that never settles or closes", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const timeout = new AbortController();
  context.mock.method(AbortSignal, "timeout", () => timeout.signal);
  const stuck = quiet({ settle: () => new Promise(() => undefined), close: () => new Promise(() => undefined) });
  const outputs = new Outputs(new ManualClock(), [["stuck", stuck]]);
  const settled = outputs.settle();
  timeout.abort();
  assert.deepEqual(await settled, ["output stuck: it did not end in time"]);
  await outputs[Symbol.asyncDispose]();
});

test("if one output cannot be opened, those that were are closed, and the error is the user's", async () => {
  let closed = 0;
  const opens: OutputKind = {
    name: "a",
    says: "",
    flags: [],
    open: async () => quiet({ close: async () => void closed++ }),
  };
  const refuses: OutputKind = { name: "b", says: "", flags: [], open: () => Promise.reject(new Error("port in use")) };
  await assert.rejects(Outputs.open([opens, refuses], contextIn(null), { flags: {}, env: {} }), /port in use/);
  assert.equal(closed, 1);
});

test("rows come a moment after each second, and the last one at the end, although its second is not over", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const clock = new ManualClock();
  const rows: Second[] = [];
  await using outputs = new Outputs(clock, [["rows", quiet({ second: (row) => void rows.push(row) })]]);
  for (const byMs of [1_100, 1_000]) {
    clock.advance(byMs);
    context.mock.timers.tick(byMs);
  }
  assert.deepEqual(
    rows.map(({ atMs }) => atMs),
    [0, 1_000],
  );
  clock.advance(300);
  await outputs.settle();
  assert.deepEqual(
    rows.map(({ atMs }) => atMs),
    [0, 1_000, 2_000],
  );
});

test("seconds.ndjson is in the run folder, and nothing is written without one", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const folder = mkdtempSync(join(tmpdir(), "gameday-outputs-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const about = contextIn(folder);
  await using outputs = await Outputs.open([secondsOutput], about, { flags: {}, env: {} });
  assert.equal(existsSync(join(folder, SECONDS_FILE)), false, "the folder may not exist yet");
  outputs.event({ atMs: 0, type: "phase", phase: "load", edge: "begin" });
  about.clock.advance(1_500);
  assert.deepEqual(await outputs.settle(), []);
  assert.deepEqual(
    readSeconds(folder).map(({ phase }) => phase),
    ["load", "load"],
  );
  assert.equal(await secondsOutput.open(contextIn(null), {}, {}), null);
});

test("a folder that cannot be written to ends the rows, not the run", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const about = contextIn("/dev/null/nowhere");
  await using outputs = await Outputs.open([secondsOutput], about, { flags: {}, env: {} });
  about.clock.advance(1_500);
  assert.match((await outputs.settle()).join(), /^output seconds: seconds\.ndjson is incomplete: /);
});
