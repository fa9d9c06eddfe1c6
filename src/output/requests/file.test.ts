import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type RequestBatch, requestsIn } from "../../load/count/request-batch.ts";
import { CSV_HEAD } from "./csv.ts";
import { openRequestsFile, type RequestsDisk, RequestsFile } from "./file.ts";

const CONTEXT = { startedAtMs: 0, redact: null };
const AT_ONCE = AbortSignal.abort();
const NEVER = new AbortController().signal;

function batch(number: number, lost = 0): RequestBatch {
  const row = [number, 1, 1, -1, -1, 1, 0, 9, 200, 0, 0, 1, -1, 0];
  return { worker: "w0", number, lost, texts: ["GET", "http://a/"], tags: [{ name: "a" }], rows: [...row, ...row] };
}

function pathIn(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-requests-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "requests.csv");
}

/** A disk in memory; `write` decides what a write does. */
function diskOf(write: (bytes: Buffer) => Promise<number>) {
  const kept = { text: "" };
  const disk: RequestsDisk = {
    write: async (bytes, position) => {
      const size = await write(bytes);
      kept.text = kept.text.slice(0, position) + bytes.subarray(0, size).toString();
      return size;
    },
    truncate: async (bytes) => {
      kept.text = kept.text.slice(0, bytes);
    },
    close: async () => undefined,
  };
  return { kept, open: async () => ({ disk, bytes: 0 }) };
}

function linesOf(text: string): number {
  return text.split("\n").length - 2;
}

test("batches are written in order, and the caller of each learns when it is on disk", async (context) => {
  const path = pathIn(context);
  const file = new RequestsFile(CONTEXT, () => openRequestsFile(path));
  await Promise.all([file.take(batch(1)), file.take(batch(2))]);
  const text = readFileSync(path, "utf8");
  assert.ok(text.startsWith(CSV_HEAD));
  assert.deepEqual(
    text
      .split("\n")
      .slice(1, 5)
      .map((line) => line.split(",")[1]),
    ["1", "1", "2", "2"],
  );
  await file.close(NEVER);
  assert.equal(file.missing, null);
});

test("a load without requests leaves a file with only its header", async (context) => {
  const path = pathIn(context);
  const file = new RequestsFile(CONTEXT, () => openRequestsFile(path));
  await file.finish(NEVER);
  assert.equal(readFileSync(path, "utf8"), CSV_HEAD);
});

test("a load that never began creates no file, because the folder may be that of another run", async (context) => {
  const path = pathIn(context);
  const file = new RequestsFile(CONTEXT, () => openRequestsFile(path));
  await file.close(NEVER);
  assert.equal(existsSync(path), false);
});

test("a disk that hangs delays only what waits for it, and the end counts what is missing", async () => {
  const stuck = Promise.withResolvers<void>();
  let writes = 0;
  const { open, kept } = diskOf(async ({ length }) => {
    if (++writes === 3) await stuck.promise;
    return length;
  });
  const file = new RequestsFile(CONTEXT, open);
  await file.take(batch(1));
  const underWay = file.take(batch(2));
  const waiting = file.take(batch(3, 5));
  const closed = file.close(AT_ONCE);
  await waiting; // it is given up, so that its worker need not wait
  assert.match(
    file.missing ?? "",
    /2 requests; 7 more are not in it, because they could not be written as fast as they were made/,
  );
  stuck.resolve();
  await Promise.all([underWay, closed]);
  assert.match(file.missing ?? "", /4 requests; 7 more/);
  assert.equal(linesOf(kept.text), 4);
});

test("a full disk ends the file after a whole line, and the load continues", async () => {
  let room = CSV_HEAD.length + 150;
  const { open, kept } = diskOf(async (bytes) => {
    if (room === 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const size = Math.min(room, bytes.length);
    room -= size;
    return size;
  });
  const file = new RequestsFile(CONTEXT, open);
  for (let number = 1; number <= 4; number++) await file.take(batch(number));
  await file.close(NEVER);
  assert.match(file.missing ?? "", /^requests\.csv ended early, after \d+ requests \(.*space.*\); \d+ more/);
  assert.ok(kept.text.endsWith("\n"), JSON.stringify(kept.text.slice(-40)));
  const [, written, lost] = /after (\d+) requests .*; (\d+) more/.exec(file.missing ?? "") ?? [];
  assert.equal(linesOf(kept.text), Number(written));
  assert.equal(Number(written) + Number(lost), 4 * requestsIn(batch(1)));
});

test("a place that cannot be written to is reported at the end, not as an error", async () => {
  const file = new RequestsFile(CONTEXT, () => openRequestsFile("/dev/null/requests.csv"));
  await file.take(batch(1));
  await file.close(NEVER);
  assert.match(file.missing ?? "", /ended early, after 0 requests .*; 2 more/);
});

test("a coordinator that takes over continues after the last whole line", async (context) => {
  const path = pathIn(context);
  const first = new RequestsFile(CONTEXT, () => openRequestsFile(path));
  await first.take(batch(1));
  await first.close(NEVER);
  appendFileSync(path, "0.003,3,a,GE");
  const second = new RequestsFile(CONTEXT, () => openRequestsFile(path));
  await second.take(batch(2));
  await second.close(NEVER);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(",")[1]),
    ["1", "1", "2", "2"],
  );
});
