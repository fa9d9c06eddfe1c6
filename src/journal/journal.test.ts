import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, symlink, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import type { Change } from "../platform.ts";
import { ManualClock } from "../std/clock.ts";
import { GamedayError } from "../std/errors.ts";
import { openJournals, parseJournal, readJournal } from "./read.ts";
import { JournalFile } from "./write.ts";

const parent = await mkdtemp(join(tmpdir(), "gameday-journal-"));
after(() => rm(parent, { recursive: true }));

const change = (id: string, expiresAfterMs: number | null = 1_000): Change => ({
  id,
  capability: "cut",
  target: { id: "node/n1", role: "node", node: "n1" },
  parameters: { how: "drop" },
  prior: null,
  expiresAfterMs,
});

async function folderWith(...ids: string[]): Promise<{ folder: string; path: string }> {
  const folder = await mkdtemp(join(parent, "run-"));
  const journal = await JournalFile.create(folder, { runId: "run/1", platform: { kind: "lab" } }, new ManualClock());
  for (const id of ids) await journal.intend(change(id));
  await journal[Symbol.asyncDispose]();
  return { folder, path: journal.path };
}

test("an intended change is open until it is undone, and open changes keep the order in which they were made", async () => {
  const { path, folder } = await folderWith("a", "b", "c");
  await using journal = await JournalFile.reopen(path, new ManualClock());
  await journal.reverted(change("b"), "heal");
  const { header, open, flaws } = await readJournal(path);
  assert.deepEqual(header, { journal: 1, runId: "run/1", platform: { kind: "lab" } });
  assert.deepEqual(
    open.map((one) => one.change.id),
    ["a", "c"],
  );
  assert.deepEqual(flaws, []);
  assert.equal((await openJournals(folder)).length, 1);
});

test("a journal with nothing left to undo is deleted, and one that remains is readable by its owner only", async () => {
  const { path, folder } = await folderWith("a");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const journal = await JournalFile.reopen(path, new ManualClock());
  await journal.healed(change("a"), "heal");
  await journal[Symbol.asyncDispose]();
  assert.deepEqual(await openJournals(folder), []);
  await assert.rejects(stat(path), /ENOENT/);
});

test("a run that was healed by somebody else breaks nothing more", async () => {
  const { path } = await folderWith("a");
  const running = await JournalFile.reopen(path, new ManualClock());
  const healer = await JournalFile.reopen(path, new ManualClock());
  await healer.reverted(change("a"), "heal");
  await healer[Symbol.asyncDispose]();
  await assert.rejects(running.intend(change("b")), /somebody ran `gameday heal`/);
  await running[Symbol.asyncDispose]();
});

test("a change that the watchdog undid stays open, because the tool may have been about to apply it", async () => {
  const { path } = await folderWith("a");
  const journal = await JournalFile.reopen(path, new ManualClock());
  await journal.reverted(change("a"), "watchdog");
  assert.deepEqual(
    (await readJournal(path)).open.map((one) => one.revertedByWatchdog),
    [true],
  );
  await journal.reverted(change("a"), "gameday");
  assert.deepEqual((await readJournal(path)).open, []);
  await journal[Symbol.asyncDispose]();
});

test("an expiry is a time of the machine's monotonic clock", async () => {
  const folder = await mkdtemp(join(parent, "expiry-"));
  const clock = new ManualClock();
  clock.advance(500);
  await using journal = await JournalFile.create(folder, { runId: "r", platform: { kind: "lab" } }, clock);
  await journal.intend(change("a", 1_000));
  await journal.intend(change("b", null));
  const { open } = await readJournal(journal.path);
  assert.deepEqual(
    open.map((one) => one.expiresAtNs),
    ["1500000000", null],
  );
});

test("a run id is never a path, and a second journal of the same run is refused", async () => {
  const { folder, path } = await folderWith("a");
  assert.equal(path, join(folder, "run%2F1.ndjson"));
  const again = JournalFile.create(folder, { runId: "run/1", platform: { kind: "lab" } }, new ManualClock());
  await assert.rejects(again, GamedayError);
});

test("a pipe, a link and a folder in the place of journals are reported, and the other journals are still read", async () => {
  const { folder } = await folderWith("a");
  execFileSync("mkfifo", [join(folder, "pipe.ndjson")]);
  await symlink("/etc/hostname", join(folder, "link.ndjson"));
  await mkdir(join(folder, "folder.ndjson"));
  const contents = await openJournals(folder);
  assert.deepEqual(
    contents.map(({ path, open, unread = false }) => [basename(path), open.length, unread]),
    [
      ["folder.ndjson", 0, true],
      ["link.ndjson", 0, true],
      ["pipe.ndjson", 0, true],
      ["run%2F1.ndjson", 1, false],
    ],
  );
});

test("a journal cut off anywhere is read up to its last complete line", async () => {
  const { path } = await folderWith("a", "b", "c");
  const text = await readFile(path, "utf8");
  fc.assert(
    fc.property(fc.nat(text.length), (at) => {
      const whole = text.slice(0, at).split("\n").slice(0, -1).length;
      const torn = parseJournal(path, text.slice(0, at)).open.length;
      assert.ok(torn === Math.max(0, whole - 1) || torn === whole, `${at}: ${torn} of ${whole}`);
    }),
  );
});

test("a torn last line is ended before anything is added", async () => {
  const { path } = await folderWith("a", "b");
  await truncate(path, (await stat(path)).size - 10);
  const journal = await JournalFile.reopen(path, new ManualClock());
  await journal.intend(change("c"));
  const { open, flaws } = await readJournal(path);
  assert.deepEqual(
    open.map((one) => one.change.id),
    ["a", "c"],
  );
  assert.equal(flaws.length, 1);
  await journal[Symbol.asyncDispose]();
});

test("malformed lines are reported, and the others are healed", async () => {
  const { path } = await folderWith("a");
  await appendFile(path, '{"state":"intended"}\n\u0000\u0000\n[1]\n{"state":"reverted","id":"nobody","by":"heal"}\n');
  const { open, flaws } = await readJournal(path);
  assert.deepEqual(
    open.map((one) => one.change.id),
    ["a"],
  );
  assert.equal(flaws.length, 3);
});

test("a folder that does not exist has no journals", async () => {
  assert.deepEqual(await openJournals(join(parent, "nowhere")), []);
});

test("a place that cannot be written to is one clear error", async () => {
  const { path } = await folderWith("a");
  const create = JournalFile.create(
    join(path, "below-a-file"),
    { runId: "r", platform: { kind: "lab" } },
    new ManualClock(),
  );
  await assert.rejects(create, (thrown) => thrown instanceof GamedayError && thrown.code === "journal-not-written");
});
