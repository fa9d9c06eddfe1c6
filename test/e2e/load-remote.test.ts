/** A coordinator and workers as separate commands: joining, a wrong token, and a coordinator that is killed and comes back. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { HISTORY_FILE, INTERVALS_FILE } from "../../src/evidence/files.ts";
import { openEvidence } from "../../src/evidence/reader.ts";
import type { Operation } from "../../src/history.ts";
import type { Interval } from "../../src/interval.ts";
import { freePort } from "../../src/std/free-port.fixture.ts";
import { readNdjson } from "../../src/std/ndjson.ts";
import { pause, until } from "../../src/std/wait.ts";
import { fixture, target } from "./load.fixture.ts";

const GAMEDAY = fileURLToPath(new URL("../../bin/gameday.mjs", import.meta.url));
const TOKEN = "a-token-of-this-test";
const signal = new AbortController().signal; // every wait has a deadline of its own

interface Command {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

function gameday(...args: string[]): Command {
  const child = spawn(process.execPath, [GAMEDAY, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      text += data.toString();
    });
  return { child, text: () => text, ended: new Promise((resolve) => child.once("exit", resolve)) };
}

function intervals(folder: string): Interval[] {
  return [...readNdjson<Interval>(join(folder, INTERVALS_FILE))];
}

function operations(folder: string): Operation[] {
  return [...readNdjson<Operation>(join(folder, HISTORY_FILE))];
}

function requestsIn(list: readonly Interval[]): number {
  const deltas = list
    .flatMap((interval) => interval.metrics)
    .filter(({ metric }) => metric.startsWith("http_req_duration"));
  return deltas.reduce((sum, { count }) => sum + count, 0);
}

async function scene(
  body: (at: {
    port: number;
    folder: string;
    baseUrl: string;
    requests: () => number;
    started: Command[];
  }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gameday-load-"));
  const aim = await target();
  const started: Command[] = [];
  try {
    await body({ port: await freePort(), folder, baseUrl: aim.baseUrl, requests: aim.requests, started });
  } finally {
    for (const { child } of started) child.kill("SIGKILL");
    aim.close();
    rmSync(folder, { recursive: true });
  }
}

function coordinate(port: number, baseUrl: string, folder: string, duration: string, script = "steady.ts"): Command {
  return gameday(
    "load",
    fixture(script),
    "-q",
    "-u",
    "6",
    "-d",
    duration,
    "-H",
    baseUrl,
    "--workers",
    "2",
    "--listen",
    String(port),
    "--token",
    TOKEN,
    "--out",
    folder,
  );
}

function worker(port: number, token = TOKEN): Command {
  return gameday("worker", "--join", `http://127.0.0.1:${port}`, "--token", token);
}

test("workers on other machines do the load, and every request is in the folder", () =>
  scene(async ({ port, folder, baseUrl, requests, started }) => {
    const load = coordinate(port, baseUrl, folder, "3s");
    started.push(load, worker(port), worker(port));
    assert.equal(await load.ended, 0, load.text());
    for (const each of started.slice(1)) assert.equal(await each.ended, 0, each.text());
    assert.match(load.text(), /2 workers/);
    assert.equal(requestsIn(intervals(folder)), requests());
  }));

test("a wrong token is refused", () =>
  scene(async ({ port, folder, baseUrl, started }) => {
    const load = coordinate(port, baseUrl, folder, "3s");
    started.push(load);
    await until(() => load.text().includes("waiting for"), { what: "the coordinator", deadlineMs: 10_000, signal });
    const stranger = worker(port, "another-token");
    started.push(stranger);
    assert.equal(await stranger.ended, 4, stranger.text());
    assert.match(stranger.text(), /token/);
  }));

test("scripts' own timers neither end a worker nor keep it from ending", () =>
  scene(async ({ port, folder, baseUrl, requests, started }) => {
    const load = coordinate(port, baseUrl, folder, "2s", "stray-timers.ts");
    started.push(load, worker(port), worker(port));
    for (const each of started) assert.equal(await each.ended, 0, each.text());
    assert.match(load.text(), /in a timer of its own/);
    assert.equal(requestsIn(intervals(folder)), requests());
  }));

test("a connection that swallows everything for a while, including the command to stop, loses nothing", () =>
  scene(async ({ port, folder, baseUrl, requests, started }) => {
    await using line = await lineTo(port);
    const load = coordinate(port, baseUrl, folder, "3s");
    started.push(load, worker(line.port), worker(port));
    await until(() => requests() > 10, { what: "the load to run", deadlineMs: 15_000, signal });
    await pause(2_200, signal);
    line.swallow();
    await pause(1_600, signal); // The pause spans the end of the 3 s.
    line.heal();
    for (const each of started) assert.equal(await each.ended, 0, each.text());
    assert.equal(requestsIn(intervals(folder)), requests());
  }));

test("if a connection is dead for longer, other workers take its users, it hands over its figures, and nothing is left", () =>
  scene(async ({ port, folder, baseUrl, requests, started }) => {
    await using line = await lineTo(port);
    const load = coordinate(port, baseUrl, folder, "9s");
    const far = worker(line.port);
    started.push(load, far, worker(port));
    await until(() => requests() > 100, { what: "the load to run", deadlineMs: 15_000, signal });
    line.swallow();
    await until(() => timeline(folder).includes('"edge":"lost"'), { what: "the loss", deadlineMs: 4_000, signal });
    line.heal();
    for (const each of started) assert.equal(await each.ended, 0, each.text());
    assert.match(load.text(), /is back after it was given up/);
    assert.match(timeline(folder), /"type":"gap"/);
    const told = requestsIn(intervals(folder));
    assert.ok(requests() - told <= 3, `${told} of ${requests()}: only calls in flight of its 3 users are not told`);
  }));

test("a killed coordinator that is started again takes its workers over, and no count is lost", () =>
  scene(async ({ port, folder, baseUrl, requests, started }) => {
    const first = coordinate(port, baseUrl, folder, "60s");
    started.push(first, worker(port), worker(port));
    await until(() => intervalsSafe(folder).length >= 4, { what: "the load to run", deadlineMs: 15_000, signal });
    first.child.kill("SIGKILL");
    await first.ended;
    const before = requests();
    await until(() => requests() > before + 200, { what: "the workers to go on alone", deadlineMs: 5_000, signal });
    const second = coordinate(port, baseUrl, folder, "60s");
    started.push(second);
    await until(() => second.text().includes("is back"), {
      what: "the workers to be taken over",
      deadlineMs: 8_000,
      signal,
    });
    const adopted = requests();
    await until(() => requests() > adopted + 200, { what: "the load to go on", deadlineMs: 8_000, signal });
    second.child.kill("SIGINT");
    assert.equal(await second.ended, 2, second.text()); // The load was cut short, so its result is unknown.
    const list = intervals(folder);
    assert.equal(requestsIn(list), requests());
    const [, counted] = /\n\s+add\s+(\d+)/.exec(second.text()) ?? [];
    assert.equal(Number(counted), requests(), "the summary is of the whole load");
    const ids = operations(folder).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, "no operation twice");
    const keys = list.map(({ worker: name, sequence }) => `${name}/${sequence}`);
    assert.equal(new Set(keys).size, keys.length, "no interval twice");
    assert.deepEqual(openEvidence(folder).flaws, [], "it is the evidence of one run, sealed");
  }));

test("workers whose coordinator does not come back stop by themselves after 10 s", () =>
  scene(async ({ port, folder, baseUrl, requests, started }) => {
    const load = coordinate(port, baseUrl, folder, "60s");
    const workers = [worker(port), worker(port)];
    started.push(load, ...workers);
    await until(() => requests() > 100, { what: "the load to run", deadlineMs: 15_000, signal });
    load.child.kill("SIGKILL");
    for (const each of workers) assert.equal(await each.ended, 2, each.text());
    const after = requests();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(requests(), after);
    assert.match(workers[0]?.text() ?? "", /coordinator-lost/);
  }));

function timeline(folder: string): string {
  return existsSync(join(folder, "timeline.ndjson")) ? readFileSync(join(folder, "timeline.ndjson"), "utf8") : "";
}

/**
 * Opens a line that can silently drop everything that is sent over it. Once healed, its old connections are gone and new ones
 * work.
 */
async function lineTo(port: number) {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("data", (data) => void (swallowing || to.write(data)));
      from.on("close", () => void (swallowing || to.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    swallow: () => {
      swallowing = true;
    },
    heal: () => {
      cut();
      swallowing = false;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function intervalsSafe(folder: string): Interval[] {
  try {
    return intervals(folder);
  } catch {
    return []; // A line is being written.
  }
}
