/** Faulty scripts and targets, through the command: it survives them and reports what was wrong, with the script's line. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { fixture, target } from "./load.fixture.ts";

const GAMEDAY = fileURLToPath(new URL("../../bin/gameday.mjs", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

function load(script: string, host: string, options: { flags?: string[]; node?: string } = {}): Promise<Ended> {
  const flags = ["-q", "-u", "2", "-d", "3s", "--workers", "1", "-H", host, ...(options.flags ?? [])];
  const environment = options.node === undefined ? process.env : { ...process.env, NODE_OPTIONS: options.node };
  const child = spawn(process.execPath, [GAMEDAY, "load", fixture(script), ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: environment,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      text += data.toString();
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
}

/** Runs a load on a server that answers, and returns the command's final output. */
async function onTarget(script: string, options: Parameters<typeof load>[2] = {}): Promise<Ended> {
  const aim = await target();
  try {
    return await load(script, aim.baseUrl, options);
  } finally {
    aim.close();
  }
}

test("errors that a script throws are counted, each with its place", async () => {
  const { code, text } = await onTarget("throws.ts");
  assert.equal(code, 0, text);
  assert.match(text, /script error in "throws": \S*throws\.ts:10:\d+: planned/);
  assert.match(text, /error that nothing awaits: \S*throws\.ts:8:\d+: in a timer/);
});

test("a call that is not awaited is named with its line, and others still run", async () => {
  const { code, text } = await onTarget("unawaited.ts");
  assert.equal(code, 0, text);
  assert.match(text, /unawaited\.ts:7:\d+: scenario "unawaited" ends iterations before .* is an await missing\?/);
  const count = Number(/GET \/ +(\d+)/.exec(text)?.[1]);
  assert.ok(count > 10, text);
});

test("a script that loops for ever is reported with its line, a remedy, and what was seen until then", async () => {
  const { code, text } = await onTarget("loops.ts", { flags: ["-d", "30s"] });
  assert.equal(code, 2, text);
  assert.match(text, /stuck at \S*loops\.ts:13:\d+ \(spin\).*\n +hint: .*await something/);
  assert.match(text, /generator:/);
});

test("a script that leaks until its worker dies is reported as out of memory", async () => {
  const { code, text } = await onTarget("leaks.ts", { flags: ["-d", "60s"], node: "--max-old-space-size=100" });
  assert.equal(code, 2, text);
  assert.match(text, /got the last one ended: out of memory: its scripts keep .*/);
});

test("a script that ends its process, floods the output or does not leave is reported, and nothing is lost", async () => {
  const { code, text } = await onTarget("stays.ts", { flags: ["-d", "1s", "--graceful-stop", "200ms"] });
  assert.equal(code, 0, text); // The iterations are longer than the load, but every one of their requests was answered.
  const [, notes = ""] = text.split("\nnotes\n");
  assert.match(notes, /^ +2 x error that nothing awaits: \S*stays\.ts:8:\d+: .* exit code 0, by process\.exit\(\)/);
  assert.match(text, /\n {2}interrupted by the end: 2 iterations\n/);
  assert.match(notes, /\n {2}(2 x )?line 0 {2}\[31m\n/, "after what the engine says");
  assert.ok(Number(/GET \/ +(\d+)/.exec(text)?.[1]) > 10, text);
});

test("users that stay in an await of their own have proven nothing", async () => {
  const { code, text } = await onTarget("stays-outside.ts", { flags: ["-d", "300ms", "--graceful-stop", "100ms"] });
  assert.equal(code, 2, text);
  assert.match(text, /\n +2 x given up after the graceful stop: a user that was still in run of "stays-outside"\n/);
  assert.match(text, /no iteration completed, so this load has proven nothing/);
});

test("a host that does not resolve is reported before the load", async () => {
  const { code, text } = await load("steady.ts", "http://no-such-host.invalid");
  assert.equal(code, 4, text);
  assert.match(text, /expected the name no-such-host\.invalid to be found, got .*ENOTFOUND.*\n +hint:/);
});

test("garbage from the target is counted as malformed, with the reason", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(Buffer.from([0, 255, 1, 13, 7, 10, 200])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const { code, text } = await load("steady.ts", `http://127.0.0.1:${port}`);
  server.close();
  assert.equal(code, 0, text);
  assert.match(text, /\d+ x \S.*: malformed/);
  assert.match(text, /the first "malformed": the answer has no HTTP\/1 status line/);
});
