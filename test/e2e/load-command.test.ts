/**
 * `gameday load` as a command: signals in its phases, its exit codes, and its messages about loads that were short or reached no
 * server.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { fixture, target } from "./load.fixture.ts";

const GAMEDAY = fileURLToPath(new URL("../../bin/gameday.mjs", import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
  readonly says: (what: RegExp) => Promise<void>;
}

function load(script: string, host: string, ...flags: string[]): Running {
  const child = spawn(process.execPath, [
    GAMEDAY,
    "load",
    fixture(script),
    "-q",
    "--workers",
    "1",
    "-H",
    host,
    ...flags,
  ]);
  let text = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      text += data.toString();
    });
  const says = async (what: RegExp) => {
    while (!what.test(text)) await Promise.race([once(child.stdout, "data"), once(child.stderr, "data"), ended]);
  };
  return { child, text: () => text, ended, says };
}

/** Starts a server that never answers. `asked` resolves when the first request has arrived. */
async function silent(): Promise<{ host: string; asked: Promise<void>; close: () => void }> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = createServer(() => resolve());
  server.listen(0, "127.0.0.1");
  server.unref(); // A test that fails before it closes the server still ends its process.
  await once(server, "listening");
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { host, asked, close };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} lets iterations end; a second one ends the load at once, with its summary`, async () => {
    const aim = await silent();
    const run = load("steady.ts", aim.host, "-u", "2", "-d", "60s");
    await aim.asked;
    run.child.kill(signal);
    await run.says(/interrupt again to end at once/);
    run.child.kill("SIGINT");
    assert.equal(await run.ended, 2, run.text());
    assert.match(run.text(), /got a second interrupt/);
    assert.match(run.text(), /generator:/);
    aim.close();
  });
}

test("a load of a moment counts its users", async () => {
  const aim = await target();
  const run = load("steady.ts", aim.baseUrl, "-u", "3", "-i", "3");
  assert.equal(await run.ended, 0, run.text());
  assert.match(run.text(), /up to 3 users, 3 iterations/);
  aim.close();
});

test("a load that reached no platform reports it, and does not pass", async () => {
  const aim = await target();
  aim.close();
  const run = load("steady.ts", aim.baseUrl, "-u", "1", "-d", "300ms");
  assert.equal(await run.ended, 4, run.text());
  assert.match(run.text(), /no request reached the platform: does it listen at http:\/\/127/);
});

test("a load without a completed iteration is unknown", async () => {
  const aim = await silent();
  const run = load("steady.ts", aim.host, "-u", "10", "-d", "200ms", "--graceful-stop", "100ms");
  assert.equal(await run.ended, 2, run.text());
  assert.match(run.text(), /no iteration completed, so this load has proven nothing/);
  aim.close();
});

test("with a spawn rate below one a second the first user starts at once, and bare milliseconds cause a note", async () => {
  const aim = await target();
  const run = load("steady.ts", aim.baseUrl, "-u", "3", "-r", "0.2", "-d", "1s", "--timeout", "5000");
  assert.equal(await run.ended, 0, run.text());
  assert.match(run.text(), /up to 1 users/);
  assert.match(run.text(), /^note: --timeout 5000 means 5000 seconds/m);
  aim.close();
});

test("--json - is the whole standard output", async () => {
  const aim = await target();
  const run = load("steady.ts", aim.baseUrl, "-i", "2", "--json", "-");
  let output = "";
  run.child.stdout?.on("data", (data: Buffer) => {
    output += data.toString();
  });
  assert.equal(await run.ended, 0, run.text());
  assert.equal(JSON.parse(output).iterations.count, 2);
  aim.close();
});

test("a summary that cannot be written is an error, and a reader that went away is not", async () => {
  const aim = await target();
  const shell = (into: string) => {
    const line = `"$0" "$1" load "$2" -q --workers 1 -H "$3" -u 1 -d 1s ${into}`;
    return spawn("bash", ["-c", line, process.execPath, GAMEDAY, fixture("steady.ts"), aim.baseUrl]);
  };
  const ended = async (child: ChildProcess) => {
    let said = "";
    child.stderr?.on("data", (data: Buffer) => {
      said += data.toString();
    });
    const [code] = await once(child, "close");
    return { code, said };
  };
  const full = await ended(shell("> /dev/full"));
  assert.equal(full.code, 4, full.said);
  assert.match(full.said, /expected to write the output, got ENOSPC/);
  assert.equal((await ended(shell("> /dev/full 2> /dev/full"))).code, 4);
  assert.equal((await ended(shell("| true; exit $PIPESTATUS"))).code, 0);
  aim.close();
});
