import assert from "node:assert/strict";
import { appendFileSync, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import { MemoryPlatform } from "../../test/contract/memory-platform.ts";
import { readJournal } from "../journal/read.ts";
import { JournalFile } from "../journal/write.ts";
import type { Change } from "../platform.ts";
import { monotonicClock } from "../std/clock.ts";
import { until } from "../std/wait.ts";
import { guard } from "./guard.ts";

const folder = await mkdtemp(join(tmpdir(), "gameday-guard-"));
const whole = new AbortController();
const { signal } = whole;
after(() => {
  whole.abort(); // otherwise the guard of a failed test would guard forever
  return rm(folder, { recursive: true });
});
const BEAT_MS = 20;
let run = 0;

interface Guarded {
  readonly platform: MemoryPlatform;
  readonly journal: JournalFile;
  readonly said: string[];
  readonly beats: PassThrough;
  readonly ended: Promise<number>;
  /** Makes the change as the tool would: it is written to the journal first. */
  make(expiresAfterMs: number | null): Promise<Change>;
  undone(): Promise<true>;
}

async function guarded(fail: { attach?: boolean } = {}): Promise<Guarded> {
  const clock = monotonicClock();
  const runId = `run-${run++}`;
  const journal = await JournalFile.create(folder, { runId, platform: { kind: "memory" } }, clock);
  const platform = new MemoryPlatform();
  const said: string[] = [];
  const beats = new PassThrough();
  let attempts = 0;
  const attach = async () => {
    if (fail.attach === true && attempts++ === 0) throw new Error("no route yet");
    return platform;
  };
  const say = (line: string) => said.push(line);
  const times = { beatEveryMs: BEAT_MS, orphansMs: 300, giveUpAfterMs: 10_000 };
  const options = { journalPath: journal.path, attach, clock, say, signal, ...times };
  return {
    platform,
    journal,
    said,
    beats,
    ended: guard(beats, options).catch((thrown) => {
      if (signal.aborted) return -1;
      throw thrown;
    }),
    make: async (expiresAfterMs) => {
      const target = { id: "node/n1", role: "node", node: "n1" };
      const id = `${runId}/one/1`;
      const change: Change = { id, capability: "cut", target, parameters: {}, prior: null, expiresAfterMs };
      await journal.intend(change);
      await platform.can.cut.apply(change, signal);
      return change;
    },
    undone: () => until(() => platform.state.size === 0, { what: "undone", deadlineMs: 3_000, everyMs: 5, signal }),
  };
}

const beatUntil = async (one: Guarded, condition: () => Promise<unknown>) => {
  const timer = setInterval(() => one.beats.write("beat\n"), BEAT_MS / 2);
  try {
    await condition();
  } finally {
    clearInterval(timer);
  }
};

test("while the tool beats and no change expires, nothing is touched", async () => {
  const one = await guarded();
  const change = await one.make(60_000);
  const from = performance.now();
  await beatUntil(one, () =>
    until(() => performance.now() - from > 10 * BEAT_MS, { what: "ten beats", deadlineMs: 3_000, everyMs: 10, signal }),
  );
  assert.equal(one.platform.state.size, 1);
  await one.platform.can.cut.revert(change, signal);
  await one.journal.reverted(change, "gameday");
  one.beats.end();
  assert.equal(await one.ended, 0);
  assert.deepEqual(one.said, []);
  await one.journal[Symbol.asyncDispose]();
});

test("an expired change is undone while the tool lives, and once more when it is gone", async () => {
  const one = await guarded();
  await one.make(50);
  await beatUntil(one, () => one.undone());
  await until(async () => (await readJournal(one.journal.path)).open[0]?.revertedByWatchdog, {
    what: "the watchdog's line",
    deadlineMs: 2_000,
    signal,
  });
  one.beats.end();
  assert.equal(await one.ended, 0);
  assert.match(one.said.join("\n"), /time is up\nundone .*\nthe tool is gone; 1 to undo/);
  await one.journal[Symbol.asyncDispose]();
});

test("three missed beats undo everything, and later changes of the tool are undone when it dies", async () => {
  const one = await guarded();
  const change = await one.make(60_000);
  await one.undone();
  assert.match(one.said.join("\n"), /no heartbeat for \d+ ms/);
  await one.platform.can.cut.apply(change, signal); // a tool that was frozen while it applied the change
  one.beats.end();
  assert.equal(await one.ended, 0);
  assert.equal(one.platform.state.size, 0);
  await one.journal[Symbol.asyncDispose]();
});

test("the end of the tool undoes everything at once, and a late change of an orphan a moment later", async () => {
  const one = await guarded();
  const change = await one.make(60_000);
  one.beats.destroy(new Error("broken pipe"));
  await one.undone();
  await one.platform.can.cut.apply(change, signal); // a command of the dead tool takes effect late
  assert.equal(await one.ended, 0);
  assert.equal(one.platform.state.size, 0);
  await one.journal[Symbol.asyncDispose]();
});

test("a platform that cannot be reached at first is retried", async () => {
  const one = await guarded({ attach: true });
  await one.make(60_000);
  one.beats.end();
  assert.equal(await one.ended, 0);
  assert.match(one.said.join("\n"), /cannot undo now: no route yet/);
  assert.equal(one.platform.state.size, 0);
  await one.journal[Symbol.asyncDispose]();
});

test("the journal of a tool that died between two faults is deleted, unless one of its lines cannot be read", async () => {
  const [closed, damaged] = [await guarded(), await guarded()];
  for (const one of [closed, damaged]) await one.journal.healed(await one.make(60_000), "gameday");
  appendFileSync(damaged.journal.path, '{"state":"inten');
  for (const one of [closed, damaged]) {
    one.beats.end(); // the tool is killed: nobody disposes its journal
    assert.equal(await one.ended, 0);
  }
  assert.deepEqual(
    [closed, damaged].map(({ journal }) => existsSync(journal.path)),
    [false, true],
  );
});
