/**
 * What the end of a load cuts off: it is no failure on a healthy platform, and never a pass on a platform that has stopped
 * answering.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { fixture } from "./load.fixture.ts";

const GAMEDAY = fileURLToPath(new URL("../../bin/gameday.mjs", import.meta.url));

/** Runs 8 users for a second, with visits that take far longer, and judges the load by `thresholds`. */
async function visits(listener: RequestListener, thresholds: readonly string[], ...flags: string[]) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "gameday-end-"));
  const address = server.address();
  const host = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const summary = join(folder, "summary.json");
  const argv = ["load", fixture("visit.ts"), "-q", "-H", host, "--workers", "1", "--json", summary, ...flags];
  const child = spawn(process.execPath, [GAMEDAY, ...argv, ...thresholds.flatMap((one) => ["--threshold", one])]);
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      text += data.toString();
    });
  const code = await new Promise((resolve) => child.once("close", resolve));
  const json = JSON.parse(readFileSync(summary, "utf8"));
  rmSync(folder, { recursive: true });
  server.close();
  server.closeAllConnections();
  return { code, text, json };
}

const STRICT = ["http_req_failed: rate < 1%", "checks: rate == 1"];
const SHORT = ["-u", "8", "-d", "1s", "--graceful-stop", "200ms"];

test("requests of a slow platform that the end cut off are not failures", async () => {
  const { code, text, json } = await visits(
    (_request, response) => setTimeout(() => response.end("ok"), 150),
    STRICT,
    ...SHORT,
  );
  assert.equal(code, 0, text);
  assert.equal(json.all.failed, 0);
  assert.deepEqual(json.interruptedByTheEnd, { iterations: 8, requests: 8, calls: 0, hung: 0 });
  assert.match(text, /\n {2}interrupted by the end: 8 requests\n/);
});

test("requests of users that a ramp removes are not failures either", async () => {
  const ramp = ["-s", "500ms:8", "-s", "500ms:0", "-s", "500ms:0", "--graceful-stop", "20ms"];
  const { text, json } = await visits((_request, response) => setTimeout(() => response.end("ok"), 150), [], ...ramp);
  assert.equal(json.all.failed, 0, text);
  assert.ok(json.interruptedByTheEnd.requests > 0, text);
});

test("a platform that stops answering does not pass because the load ends before its timeouts", async () => {
  let answered = 0;
  const stalls: RequestListener = (_request, response) => {
    if (answered++ < 100) response.end("ok");
  };
  const { code, text, json } = await visits(stalls, STRICT, ...SHORT);
  assert.equal(code, 2, text);
  assert.equal(json.interruptedByTheEnd.hung, 8, text);
  assert.match(text, /\?\? {3}http_req_failed: rate < 1% {3}0 to 0\.0\d+: calls hung when the load ended/);
  const late = await visits(stalls, ["http_req_duration: p(99) < 100"], ...SHORT);
  assert.equal(late.code, 2, "nothing was answered");
});

test("a platform that never answers is unknown, not green", async () => {
  const { code, text } = await visits(() => undefined, ["http_req_failed: rate < 1%"], ...SHORT);
  assert.equal(code, 2, text);
});
