/** Every operation is called, and its answer is held against its schema; so is every frame of the stream. */
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { FRAMES, type FrameName } from "../../src/api/live.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { problemSchema } from "../../src/api/problem.ts";
import { type AskOptions, dashboardFixture, type Fixture } from "./dashboard.fixture.ts";

interface Trial {
  readonly path: string;
  readonly options?: AskOptions;
}

const body = (value: unknown, headers: AskOptions["headers"] = {}) => ({ body: JSON.stringify(value), headers });

/** How to call each operation so that it succeeds on the run "fake", which is over, or "going", which is not. */
function trials(one: Fixture, taskId: string): Readonly<Record<string, Trial>> {
  const code = new URL(one.dashboard.link()).hash.replace("#code=", "");
  return {
    getHealth: { path: "/health" },
    getOpenApi: { path: "/openapi.json" },
    beginSession: { path: "/session", options: { ...body({ code }), token: null } },
    newCode: { path: "/session/codes", options: body({}) },
    listRuns: { path: "/runs?limit=1" },
    getRun: { path: "/runs/fake" },
    getState: { path: "/runs/fake/state" },
    streamEvents: { path: "/runs/fake/stream", options: { isStream: true } },
    listEvents: { path: "/runs/fake/events?after=3&limit=5" },
    getSeries: { path: "/runs/fake/series?from=1&to=9&step=2" },
    listRequests: { path: "/runs/fake/requests?sort=p95Ms&filter=o&limit=1" },
    listFailures: { path: "/runs/fake/failures" },
    listWorkers: { path: "/runs/fake/workers" },
    listExperiments: { path: "/runs/fake/experiments" },
    getExperiment: { path: "/runs/fake/experiments/1" },
    listObjectives: { path: "/runs/fake/objectives" },
    getVerdict: { path: "/runs/fake/verdict" },
    getLoad: { path: "/runs/fake/load" },
    downloadFile: { path: "/runs/fake/files/requests.csv" },
    compareRuns: { path: "/compare?runs=fake,fake" },
    changeLoad: { path: "/runs/going/load", options: body({ users: 5 }, { "if-match": '"0"' }) },
    injectFault: { path: "/runs/going/experiments", options: body({ fault: "kill-leader", dryRun: true }) },
    healExperiment: { path: "/runs/held/experiments/1/heal", options: body({}) },
    stopRun: { path: "/runs/going/stop", options: body({ because: "enough" }) },
    markMoment: { path: "/runs/going/notes", options: body({ says: "here" }) },
    resetFigures: { path: "/runs/going/reset", options: {} },
    showAllFigures: { path: "/runs/going/reset", options: {} },
    judgeRun: { path: "/runs/fake/judge", options: body({}) },
    listPlans: { path: "/plans" },
    listScripts: { path: "/scripts" },
    listFaults: { path: "/faults" },
    checkPlan: { path: "/plans/check", options: body({ plan: "a.yaml" }) },
    startRun: { path: "/runs", options: body({ plan: "a.yaml" }) },
    startLoad: { path: "/loads", options: body({ script: "a.ts", host: "http://127.0.0.1:1", users: 1 }) },
    getSwitch: { path: "/switch" },
    setSwitch: { path: "/switch", options: body({ on: false }) },
    findResidue: { path: "/residue" },
    healResidue: { path: "/heal", options: body({}) },
    getOperation: { path: `/operations/${taskId}` },
  };
}

/** Makes a run that is going on from the first lines of the kept one: its load is on and nothing is broken, or its fault is held. */
function goingRun(one: Fixture, id: string, until: RegExp): void {
  const folder = join(one.folder, id);
  mkdirSync(folder);
  const read = (name: string) => one.read(join("fake", name));
  writeFileSync(join(folder, "run.json"), read("run.json").replace(/"runId": "[^"]*"/, `"runId": "${id}"`));
  const lines = read("timeline.ndjson").split("\n");
  const end = lines.findIndex((line) => until.test(line));
  writeFileSync(join(folder, "timeline.ndjson"), `${lines.slice(0, end + 1).join("\n")}\n`);
  one.alive.push({ runId: id, isControllable: true });
}

test("every operation answers as its schema says", async () => {
  // A person presses buttons less often than this test calls them: each call comes half a second after the one before.
  let aheadMs = 0;
  await using one = await dashboardFixture({ monotonicMs: () => performance.now() + aheadMs });
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  goingRun(one, "held", /"edge":"bit"/);
  const task = (await one.ask("POST", "/api/v1/heal", body({}))).json.id;
  const known = trials(one, task);
  assert.deepEqual(Object.keys(known).sort(), OPERATIONS.map(({ id }) => id).sort());
  for (const { id, method, success } of OPERATIONS) {
    const { path, options } = known[id] as Trial;
    if (id === "startRun") one.alive.splice(0);
    aheadMs += 500;
    const { status, text, json, headers } = await one.ask(method, `/api/v1${path}`, options);
    assert.equal(status, success.status, `${id}: ${text.slice(0, 400)}`);
    if (success.schema === undefined) continue;
    assert.equal(headers["content-type"], "application/json", id);
    const result = success.schema.safeParse(json);
    assert.ok(result.success, `${id}: ${result.error?.message}`);
  }
  assert.deepEqual(
    one.logged.filter((line) => line.startsWith("bug")),
    [],
  );
});

test("every frame matches its schema, and what was missed is sent again", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  const first = await watch(one, "going", undefined, (frames) => frames.length >= 1);
  const file = join(one.folder, "going", "timeline.ndjson");
  let isTold = false;
  const frames = await watch(one, "going", undefined, (sent) => {
    if (!sent.some(({ event, data }) => event === "snapshot" && data.nowMs > 0)) return false; // it is still being read
    if (!isTold) appendFileSync(file, '{"atMs":9000,"type":"note","source":"test","says":"hello"}\n');
    isTold = true;
    return sent.some(({ event }) => event === "event");
  });
  assert.equal(frames[0]?.event, "snapshot");
  assert.equal(frames.find(({ event }) => event === "event")?.data.entry.says, "test: hello");
  for (const { event, data } of [...first, ...frames]) {
    const result = FRAMES[event].safeParse(data);
    assert.ok(result.success, `${event}: ${result.error?.message}`);
  }
  const at = frames.findIndex(({ event }) => event === "event");
  const again = await watch(one, "going", frames[at - 1]?.id, (all) => all.some(({ event }) => event === "event"));
  assert.notEqual(again[0]?.event, "snapshot");
  assert.ok(again.some(({ id }) => id === frames[at]?.id));
  const unknown = await watch(one, "going", "ffffffff.3", (all) => all.length > 0);
  assert.equal(unknown[0]?.event, "snapshot");
});

test("the 201st watcher is refused", async () => {
  await using one = await dashboardFixture();
  const sockets = await Promise.all(Array.from({ length: 200 }, () => open(one.port)));
  const refused = await one.ask("GET", "/api/v1/runs/fake/stream");
  assert.deepEqual([refused.status, refused.json.code], [503, "too-many-watchers"]);
  assert.ok(refused.headers["retry-after"]);
  for (const socket of sockets) socket.destroy();
  await until(() => one.dashboard.runs.watchers.now === 0);
  assert.equal((await one.ask("GET", "/api/v1/runs/fake/stream", { isStream: true })).status, 200);
});

test("a run whose folder is deleted, emptied or damaged is shown as such, and affects no other", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  const frames = watch(one, "going", undefined, (all) => all.some(({ event }) => event === "gone"));
  await until(() => one.dashboard.runs.watchers.now > 0);
  rmSync(join(one.folder, "going"), { recursive: true });
  assert.equal((await frames).at(-1)?.event, "gone");
  assert.equal((await one.ask("GET", "/api/v1/runs/going")).status, 404);
  truncateSync(join(one.folder, "fake", "timeline.ndjson"), 100);
  assert.equal((await one.ask("GET", "/api/v1/runs/fake/state")).status, 200);
  writeFileSync(join(one.folder, "fake", "run.json"), "{");
  const { json } = await one.ask("GET", "/api/v1/runs");
  assert.deepEqual([json.runs[0].state, json.runs[0].id], ["damaged", "fake"]);
  assert.equal((await one.ask("GET", "/api/v1/runs/fake/judge")).status, 405);
});

test("a run that received the command to stop is shown as stopping, and one that no longer listens as died", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  const state = async () => (await one.ask("GET", "/api/v1/runs/going")).json.state;
  assert.equal(await state(), "running");
  const control = { atMs: 5_000, type: "control", command: "interrupt", by: "page 1", manual: true };
  appendFileSync(join(one.folder, "going", "timeline.ndjson"), `${JSON.stringify(control)}\n`);
  assert.equal(await state(), "stopping");
  const { json } = await one.ask("GET", "/api/v1/runs");
  assert.equal(json.runs.find(({ id }: { id: string }) => id === "going").state, "stopping");
  one.alive.splice(0);
  await until(async () => (await state()) === "died");
});

test("a file that replaces another is read from its start, and watchers see its content", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  const file = join(one.folder, "going", "timeline.ndjson");
  await watch(one, "going", undefined, (sent) => sent.some(({ data }) => data.nowMs > 0));
  const ended = closed(one, "going");
  await until(() => one.dashboard.runs.watchers.now > 0);
  const first = one.read(join("going", "timeline.ndjson")).split("\n")[0];
  writeFileSync(`${file}.new`, `${first}\n{"atMs":9000,"type":"note","source":"test","says":"another"}\n`);
  renameSync(`${file}.new`, file);
  await ended;
  const { json } = await one.ask("GET", "/api/v1/runs/going/state");
  assert.equal(json.events.at(-1).says, "test: another");
  assert.equal(json.events.length, 2);
});

test("a machine that cannot be inspected for a moment does not make runs appear dead", async () => {
  let aheadMs = 0;
  await using one = await dashboardFixture({ monotonicMs: () => performance.now() + aheadMs });
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  assert.equal((await one.ask("GET", "/api/v1/runs/going")).json.state, "running");
  one.machine.aliveRuns = () => Promise.reject(new Error("too many open files"));
  aheadMs += 10_000;
  assert.equal((await one.ask("GET", "/api/v1/runs/going")).json.state, "running");
  assert.match(one.logged.join(), /the runs in progress are not known: too many open files/);
});

test("where the kill switch cannot be stored, the runs are stopped all the same, and the answer reports it", async () => {
  await using one = await dashboardFixture();
  one.alive.push({ runId: "the-other", isControllable: true });
  one.machine.killSwitch.set = () => {
    throw new Error("no space left on the disk");
  };
  const { status, json } = await one.ask("PUT", "/api/v1/switch", body({ on: true }));
  assert.deepEqual([status, json.code], [507, "switch-not-kept"]);
  assert.match(json.hint, /the-other/);
  assert.deepEqual(one.commands, [{ do: "stop", by: "API", because: "the kill switch" }]);
});

test("a large file is sent as it is read, and one that grows meanwhile up to its size at the start", async () => {
  await using one = await dashboardFixture();
  const file = join(one.folder, "fake", "history.ndjson");
  const line = `${"x".repeat(1_023)}\n`;
  writeFileSync(file, line.repeat(8_192));
  const path = "/api/v1/runs/fake/files/history.ndjson";
  const whole = await one.ask("GET", path);
  assert.deepEqual([whole.status, whole.text.length, whole.headers["content-length"]], [200, 8 << 20, String(8 << 20)]);
  const etag = String(whole.headers["etag"]);
  assert.equal((await one.ask("GET", path, { headers: { "if-none-match": etag } })).status, 304);
  const end = await one.ask("GET", path, { headers: { range: "bytes=-10" } });
  assert.deepEqual([end.status, end.text], [206, line.slice(-10)]);
  const head = await one.ask("HEAD", path);
  assert.deepEqual([head.text, head.headers["content-length"]], ["", String(8 << 20)]);
  appendFileSync(file, line);
  const grown = await one.ask("GET", path, { headers: { "if-none-match": etag } });
  assert.deepEqual([grown.status, grown.text.length], [200, (8 << 20) + 1_024]);
});

test("a run whose control socket is gone says what to type instead", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  one.alive.splice(0, 1, { runId: "going", isControllable: false });
  const refused = await one.ask("POST", "/api/v1/runs/going/stop", body({}));
  assert.deepEqual([refused.status, refused.json.code], [409, "not-now"]);
  assert.match(refused.json.detail, /socket is gone.*type `gameday stop`/);
  assert.match((await one.ask("GET", "/api/v1/runs/going")).json.controls.stop.because, /gameday stop/);
});

test("a folder of an older version is shown, with what it has", async () => {
  await using one = await dashboardFixture();
  const folder = join(one.folder, "fake");
  const { plan, ...record } = JSON.parse(one.read("fake/run.json"));
  const { experiments, load, objectives, ...older } = plan;
  const { command: _, environment: __, ...others } = record;
  writeFileSync(
    join(folder, "run.json"),
    JSON.stringify({ ...others, plan: { ...older, experiments, load, objectives } }),
  );
  rmSync(join(folder, "seconds.ndjson"), { force: true });
  appendFileSync(join(folder, "timeline.ndjson"), '{"atMs":1,"type":"of-another-version","x":1}\n');
  const { status, json } = await one.ask("GET", "/api/v1/runs/fake/state");
  assert.equal(status, 200);
  assert.ok(json.lanes.length > 0 && json.requests.rows.length > 0 && json.seconds.columns.ok.length > 0);
  assert.equal(json.events.at(-1).says, "of-another-version");
  assert.ok(json.totals.requests > 0, "a run that is over has totals");
});

test("eight hours open at once with their seconds, and stay within bounds", async () => {
  await using one = await dashboardFixture();
  const eightHoursS = 8 * 3_600;
  const row = (second: number) => {
    const figures = { answered: 100, failed: 1, p50Ms: 2, p95Ms: 9, p99Ms: 20, users: 5, usersIntended: 5, dropped: 0 };
    return JSON.stringify({ atMs: second * 1_000, phase: "load", ...figures, replicasReady: 3, replicasWanted: 3 });
  };
  const rows = Array.from({ length: eightHoursS }, (_, second) => row(second));
  writeFileSync(join(one.folder, "fake", "seconds.ndjson"), `${rows.join("\n")}\n`);
  const { json, text } = await one.ask("GET", "/api/v1/runs/fake/state");
  assert.equal(json.seconds.columns.ok.length, eightHoursS);
  assert.ok(text.length < 4 << 20, `${text.length} bytes`);
  const { json: series } = await one.ask("GET", "/api/v1/runs/fake/series?from=0&step=60");
  assert.equal(series.columns.ok.length, 480);
});

test("a watcher that reads nothing is dropped, and gets the whole state when it comes back", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  const file = join(one.folder, "going", "timeline.ndjson");
  const deaf = await open(one.port, "going");
  const run = await one.dashboard.runs.open("going");
  const note = (n: number) =>
    `${JSON.stringify({ atMs: 9_000 + n, type: "note", source: "t", says: `${n} ${"x".repeat(60_000)}` })}\n`;
  for (let n = 0; run.fanout.dropped === 0 && n < 2_000; n += 20) {
    appendFileSync(file, Array.from({ length: 20 }, (_, at) => note(n + at)).join(""));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => run.fanout.dropped === 1);
  assert.equal(run.fanout.watchers, 0);
  deaf.destroy();
  const [first] = await watch(one, "going", undefined, (sent) => sent.length > 0);
  assert.equal(first?.event, "snapshot");
});

test("a repeated key gets the same answer, and does nothing twice", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  const mark = (key: string, says: string) =>
    one.ask("POST", "/api/v1/runs/going/notes", body({ says }, { "idempotency-key": key }));
  const [first, second] = [await mark("k1", "a"), await mark("k1", "a")];
  assert.deepEqual([first.text, first.status], [second.text, second.status]);
  assert.equal(second.headers["idempotent-replayed"], "true");
  assert.equal(one.commands.length, 1);
  assert.equal((await mark("k1", "b")).json.code, "idempotency-key-reused");
});

test("of two pages that change the load at once, the second has to look again", async () => {
  await using one = await dashboardFixture();
  goingRun(one, "going", /"type":"load","edge":"steady"/);
  const change = (headers: AskOptions["headers"]) =>
    one.ask("PATCH", "/api/v1/runs/going/load", body({ users: 9 }, headers));
  assert.equal((await change({})).status, 428);
  assert.equal((await change({ "if-match": '"0"' })).status, 202);
  one.machine.reply = { ok: false, refusal: { status: 412, code: "load-changed", expected: "version 1", got: "0" } };
  const second = await change({ "if-match": '"0"' });
  assert.deepEqual([second.status, second.json.code], [412, "load-changed"]);
  assert.deepEqual(one.commands[0], { do: "change-load", by: "API", target: 9, unit: "users", version: "0" });
});

test("a start while a run is in progress is refused with its name, and so is one while the kill switch is on", async () => {
  await using one = await dashboardFixture();
  one.alive.push({ runId: "the-other", isControllable: true });
  const start = () => one.ask("POST", "/api/v1/runs", body({ plan: "a.yaml" }));
  const refused = await start();
  assert.deepEqual([refused.status, refused.json.code], [409, "run-in-progress"]);
  assert.match(refused.json.detail, /the-other/);
  const switched = await one.ask(
    "PUT",
    "/api/v1/switch",
    body({ on: true, because: "fire" }, { "x-gameday-by": "page 2" }),
  );
  assert.deepEqual([switched.json.stopped, switched.json.by], [["the-other"], "page 2"]);
  assert.deepEqual(one.commands, [{ do: "stop", by: "page 2", because: "fire" }]);
  assert.equal((await start()).status, 423);
});

test("requests that do not follow the document are refused with what was expected", async () => {
  await using one = await dashboardFixture({ monotonicMs: steps() });
  const wrong: readonly (readonly [string, string, AskOptions])[] = [
    ["POST", "/api/v1/runs", body({ plan: "a.yaml", plam: 1 })],
    ["POST", "/api/v1/runs", { body: "{" }],
    ["POST", "/api/v1/runs", { body: "[]" }],
    ["POST", "/api/v1/runs", { body: "null" }],
    ["POST", "/api/v1/runs", body({ plan: "a.yaml" }, { "x-gameday-by": "<b>" })],
    ["POST", "/api/v1/runs", body({ plan: "a.yaml" }, { "idempotency-key": "a b" })],
    ["GET", "/api/v1/runs?limit=0", {}],
    ["GET", "/api/v1/runs?limit=1&limit=2", {}],
    ["GET", "/api/v1/runs?cursor=none", {}],
    ["GET", "/api/v1/runs?other=1", {}],
    ["GET", "/api/v1/compare?runs=fake", {}],
    ["GET", "/api/v1/runs/fake/experiments/0", {}],
  ];
  for (const [method, path, options] of wrong) {
    const { status, json } = await one.ask(method, path, options);
    assert.equal(status, 400, `${method} ${path}: ${status}`);
    assert.ok(problemSchema.safeParse(json).success);
    assert.match(json.detail, /^expected .+, got /);
  }
});

test("ETags spare what has not changed, ranges give a part, and HEAD gives no body", async () => {
  await using one = await dashboardFixture();
  const whole = await one.ask("GET", "/api/v1/runs/fake/files/report.html");
  assert.match(String(whole.headers["content-security-policy"]), /^sandbox/);
  const etag = String(whole.headers["etag"]);
  assert.equal(
    (await one.ask("GET", "/api/v1/runs/fake/files/report.html", { headers: { "if-none-match": etag } })).status,
    304,
  );
  const part = await one.ask("GET", "/api/v1/runs/fake/files/report.html", { headers: { range: "bytes=0-14" } });
  assert.deepEqual([part.status, part.text], [206, whole.text.slice(0, 15)]);
  const none = await one.ask("GET", "/api/v1/runs/fake/files/report.html", { headers: { range: "bytes=99999999-" } });
  assert.equal(none.status, 416);
  const head = await one.ask("HEAD", "/api/v1/runs/fake");
  assert.deepEqual([head.status, head.text], [200, ""]);
  const load = await one.ask("GET", "/api/v1/runs/fake/load");
  assert.equal(load.headers["etag"], `"${load.json.version}"`);
});

interface SentFrame {
  readonly id: string;
  readonly event: FrameName;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads frames of any form
  readonly data: any;
}

/** Watches a run until the frames hold, and returns them. */
function watch(
  one: Fixture,
  run: string,
  last: string | undefined,
  holds: (frames: readonly SentFrame[]) => boolean,
): Promise<SentFrame[]> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(one.port, "127.0.0.1", () => {
      const id = last === undefined ? "" : `Last-Event-ID: ${last}\r\n`;
      socket.write(`GET /api/v1/runs/${run}/stream HTTP/1.0\r\nHost: 127.0.0.1:${one.port}\r\n${id}\r\n`);
    });
    const late = setTimeout(
      () =>
        reject(
          new Error(`expected frames that hold after ${last}, got ${text.slice(0, 1_000)} ... ${text.slice(-1_000)}`),
        ),
      10_000,
    );
    socket.once("close", () => clearTimeout(late));
    socket.setEncoding("utf8").on("error", reject);
    socket.on("data", (chunk: string) => {
      text += chunk;
      const frames = framesOf(text);
      if (frames.length === 0 || !holds(frames)) return;
      socket.destroy();
      resolve(frames);
    });
  });
}

function framesOf(text: string): SentFrame[] {
  const found = text.matchAll(/^id: (.+)\nevent: (.+)\ndata: (.+)\n\n/gm);
  return [...found].map(([, id = "", event = "", data = ""]) => ({
    id,
    event: event as FrameName,
    data: JSON.parse(data),
  }));
}

/** Opens a stream and reads nothing of it. */
function open(port: number, run = "fake") {
  return new Promise<ReturnType<typeof connect>>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`GET /api/v1/runs/${run}/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    });
    socket.once("data", () => {
      socket.pause();
      resolve(socket);
    });
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2_000 && !(await holds()); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(await holds());
}

/** Watches a run and resolves when the server ends the stream. */
function closed(one: Fixture, run: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(one.port, "127.0.0.1", () =>
      socket.write(`GET /api/v1/runs/${run}/stream HTTP/1.0\r\nHost: 127.0.0.1:${one.port}\r\n\r\n`),
    );
    socket.once("end", resolve).once("error", reject).resume();
  });
}

function steps(): () => number {
  let clockMs = 0;
  return () => {
    clockMs += 1_000;
    return clockMs;
  };
}
