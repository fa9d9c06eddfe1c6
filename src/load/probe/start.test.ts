import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { monotonicClock } from "../../std/clock.ts";
import { startProbes } from "./start.ts";

test("an interrupt ends the wait for probes that have not begun, with its reason", {
  timeout: 20_000,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-probes-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "probes.mjs");
  writeFileSync(file, "console.log('loading'); await new Promise((resolve) => setTimeout(resolve, 60_000));");
  const abort = new AbortController();
  const notes: string[] = [];
  const probes = startProbes({
    file,
    baseUrl: "http://127.0.0.1:9",
    runId: "run-1",
    seed: "1",
    clock: monotonicClock(),
    onOperation: () => undefined,
    onEvent: (event) => {
      if (event.type !== "note") return;
      notes.push(event.says);
      abort.abort(new Error("enough"));
    },
    signal: abort.signal,
  });
  await assert.rejects(probes, /^Error: enough$/);
  assert.deepEqual(notes, ["loading"], "its process was there");
});
