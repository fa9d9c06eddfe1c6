/** The dashboard as a process of its own, and runs that it starts, watches and changes: on the simulated platform. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { TimelineEvent } from "../../src/timeline.ts";
import { gameday, ROOT, type Started, start, temporaryFolder } from "./gameday.ts";

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any form
  readonly json: any;
}

interface Server {
  readonly started: Started;
  readonly port: number;
  readonly token: string;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Returns a folder with the simulated plan, whose load stays for a minute after its last experiment. */
function plansIn(folder: string): string {
  const plans = join(folder, "plans");
  cpSync(join(ROOT, "test/fixtures/fake"), plans, { recursive: true });
  const file = join(plans, "plan.yaml");
  const text = readFileSync(file, "utf8");
  assert.match(text, /^calm: .*$/m);
  writeFileSync(file, text.replace(/^calm: .*$/m, "calm: 60s"));
  return plans;
}

async function serve(folder: string, flags: readonly string[], port = 0): Promise<Server> {
  const env = { GAMEDAY_STATE: join(folder, "state") };
  const started = start(["serve", join(folder, "runs"), "--port", String(port), ...flags], { env });
  let found: RegExpExecArray | null = null;
  started.child.stdout?.on("data", (text: string) => {
    found ??= /^dashboard: http:\/\/127\.0\.0\.1:(\d+)\/ \(the token is in (.+)\)$/m.exec(text);
  });
  await started.printed(/the token is in .+\)/);
  const [, given = "", path = ""] = found ?? [];
  const token = readFileSync(path, "utf8").trim();
  return {
    started,
    port: Number(given),
    token,
    ask: (method, at, body, headers) => ask({ port: Number(given), token, method, path: at, body, headers }),
  };
}

async function stopServer({ started }: Server, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  started.child.kill(signal);
  await started.ended;
}

interface Asked {
  readonly port: number;
  readonly token: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string> | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any form
function ask({ port, token, method, path, body, headers = {} }: Asked): Promise<{ status: number; json: any }> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const type =
    text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
  const given = { authorization: `Bearer ${token}`, "x-gameday-by": "page 1", ...type, ...headers };
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: "127.0.0.1", port, method, path: `/api/v1${path}`, headers: given, agent: false },
      (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, json: answer === "" ? null : JSON.parse(answer) }),
        );
      },
    );
    asking.on("error", reject);
    asking.end(text);
  });
}

async function until<T>(what: string, look: () => Promise<T | false>): Promise<T> {
  const endMs = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== false) return found;
    assert.ok(Date.now() < endMs, `expected ${what} within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** 18: the control socket of a run in progress is its owner's alone, and so is its folder. */
function assertSocketIsPrivate(folder: string): void {
  const sockets = readdirSync(folder).filter((name) => name.endsWith(".sock"));
  assert.equal(sockets.length, 1);
  for (const path of [folder, ...sockets.map((name) => join(folder, name))])
    assert.equal(statSync(path).mode & 0o077, 0, path);
}

/** Returns whether a connection to a port of loopback can be made. */
function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function controlsOf(folder: string): string[] {
  const lines = readFileSync(join(folder, "timeline.ndjson"), "utf8").trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as TimelineEvent);
  return events.flatMap((event) => (event.type === "control" ? [`${event.command} by ${event.by}`] : []));
}

test("a game day is started, changed, broken, healed and stopped from the API, and the server's death does not disturb it", async (context: TestContext) => {
  const folder = temporaryFolder(context);
  const flags = ["--plans", plansIn(folder)];
  const first = await serve(folder, flags);
  context.after(() => first.started.child.kill("SIGKILL"));
  const checked = await first.ask("POST", "/plans/check", { plan: "plan.yaml" });
  assert.deepEqual(
    [checked.status, checked.json.sound, checked.json.platform],
    [200, true, "fake"],
    JSON.stringify(checked.json),
  );
  const begun = await first.ask("POST", "/runs", { plan: "plan.yaml" });
  assert.equal(begun.status, 201, JSON.stringify(begun.json));
  const run = `/runs/${begun.json.id}`;
  const refused = await first.ask("POST", "/runs", { plan: "plan.yaml" });
  assert.deepEqual([refused.status, refused.json.code], [409, "run-in-progress"]);
  await stopServer(first, "SIGKILL");

  const second = await serve(folder, flags, first.port);
  context.after(() => second.started.child.kill("SIGKILL"));
  assert.equal(second.token, first.token);
  await until("a load", async () => (await second.ask("GET", run)).json.controls["change-load"].allowed);
  assertSocketIsPrivate(join(folder, "state", "control"));
  const { json: load } = await second.ask("GET", `${run}/load`);
  const change = (version: string) => second.ask("PATCH", `${run}/load`, { users: 7 }, { "if-match": `"${version}"` });
  assert.equal((await change(load.version)).status, 202);
  assert.equal((await change(load.version)).status, 412);
  await until("7 users", async () => (await second.ask("GET", `${run}/load`)).json.users === 7);
  assert.equal((await second.ask("POST", `${run}/notes`, { says: "deployed" })).status, 202);
  const injected = await until("a fault by hand", async () => {
    const dry = await second.ask("POST", `${run}/experiments`, {
      fault: "kill-leader",
      target: { role: "postgres" },
      dryRun: true,
    });
    if (dry.status !== 202) return false;
    const expectTargets = dry.json.targets.map(({ id }: { id: string }) => id);
    const done = await second.ask("POST", `${run}/experiments`, {
      fault: "kill-leader",
      target: { role: "postgres" },
      expectTargets,
    });
    return done.status === 202 && done.json;
  });
  const held = await until("a held fault", async () => {
    const { json } = await second.ask("GET", `${run}/experiments`);
    return (
      json.experiments.find(
        (one: { name: string; state: string }) => one.name === injected.name && one.state === "held",
      ) ?? false
    );
  });
  assert.equal(held.byHand, true);
  assert.equal((await second.ask("POST", `${run}/experiments/${held.index}/heal`, {})).status, 202);
  await until(
    "a healed fault",
    async () => (await second.ask("GET", `${run}/experiments/${held.index}`)).json.healedMs !== null,
  );
  assert.equal((await second.ask("POST", `${run}/stop`, { because: "enough" })).status, 202);
  const verdict = await until("a verdict", async () => {
    const { status, json } = await second.ask("GET", `${run}/verdict`);
    return status === 200 && json;
  });
  assert.equal(verdict.verdict, "unknown");
  assert.match(
    JSON.stringify(verdict.validity),
    /3 changes by hand: .*page 1 changed the load; .*injected a fault; .*healed a fault early/,
  );
  const controls = controlsOf(join(folder, "runs", begun.json.id));
  assert.deepEqual(controls, [
    "start by page 1",
    "change-load by page 1",
    "mark by page 1",
    "inject by page 1",
    "heal by page 1",
    "interrupt by page 1",
  ]);
  assert.equal((await second.ask("GET", run)).json.state, "ended");
  await stopServer(second);
});

test("a token is for its owner only, survives a kill, is removed at the end, and by another dashboard once its own is dead", async (context: TestContext) => {
  const folder = temporaryFolder(context);
  const token = ({ port }: Server) => join(folder, "state", "dashboard", `${port}.token`);
  const first = await serve(folder, []);
  assert.equal(statSync(token(first)).mode & 0o777, 0o600);
  await stopServer(first, "SIGKILL");
  const again = await serve(folder, [], first.port);
  assert.equal(again.token, first.token);
  const beside = await serve(folder, []);
  assert.ok(existsSync(token(again)), "that of a dashboard that runs stays");
  await stopServer(again, "SIGKILL");
  await stopServer(beside);
  assert.deepEqual([existsSync(token(beside)), existsSync(token(again))], [false, true]);
  const last = await serve(folder, []);
  assert.equal(existsSync(token(again)), false, "that of a dead one is removed");
  assert.match(last.started.output(), new RegExp(`gameday serve --link --port ${last.port}`));
  const env = { GAMEDAY_STATE: join(folder, "state") };
  const { stdout } = await gameday(["serve", "--link", "--port", String(last.port)], { env });
  assert.match(stdout, new RegExp(`^http://127\\.0\\.0\\.1:${last.port}/#code=`));
  await stopServer(last);
  assert.deepEqual(readdirSync(join(folder, "state", "dashboard")), []);
});

test("on a full disk the kill switch is on, and a dashboard that cannot keep its token says so", {
  skip: process.getuid?.() !== 0 && "a disk can only be mounted by root",
}, (context: TestContext) => {
  const folder = temporaryFolder(context);
  const state = join(folder, "state");
  // The disk is mounted in a mount namespace of its own, and is gone with the process.
  const fill = `mount -t tmpfs -o size=64k full ${folder} && dd if=/dev/zero of=${folder}/fill bs=4k status=none; exec "$@"`;
  const onFullDisk = (...argv: string[]) => {
    const env = { ...process.env, GAMEDAY_STATE: state };
    const options = { env, cwd: ROOT, encoding: "utf8", timeout: 60_000 } as const;
    return spawnSync("unshare", ["-m", "sh", "-c", fill, "sh", process.execPath, ...argv], options);
  };
  const served = onFullDisk("bin/gameday.mjs", "serve", join(folder, "runs"), "--port", "0");
  assert.equal(served.status, 4, served.stderr);
  assert.match(served.stderr, /keep the dashboard's token in .*no space left.*\[token-not-kept\]/s);
  const script = `
    const { setKillSwitch, readKillSwitch } = await import(${JSON.stringify(join(ROOT, "src/control/kill-switch.ts"))});
    setKillSwitch(${JSON.stringify(state)}, { since: null, by: "a test", because: null });
    console.log(readKillSwitch(${JSON.stringify(state)}).on);`;
  assert.equal(onFullDisk("--input-type=module", "--eval", script).stdout, "true\n");
});

test("1. the server listens on loopback alone; beyond it, reads need the token, and it warns", async (context: TestContext) => {
  const folder = temporaryFolder(context);
  const usual = await serve(folder, []);
  assert.equal(await reaches("127.0.0.1", usual.port), true);
  assert.equal(await reaches("127.0.0.2", usual.port), false, "not even on another address of loopback");
  await stopServer(usual);
  const everywhere = start(["serve", join(folder, "runs"), "--port", "0", "--listen", "0.0.0.0"], {
    env: { GAMEDAY_STATE: join(folder, "state") },
  });
  context.after(() => everywhere.child.kill("SIGKILL"));
  await everywhere.printed(/the token is in/);
  const port = Number(/:(\d+)\//.exec(everywhere.output())?.[1]);
  assert.equal(await reaches("127.0.0.2", port), true);
  const headers = { host: `0.0.0.0:${port}` };
  const without = await ask({ port, token: "none", method: "GET", path: "/runs", headers });
  assert.deepEqual([without.status, without.json.code], [401, "no-session"]);
  const token = readFileSync(join(folder, "state", "dashboard", `${port}.token`), "utf8").trim();
  assert.equal((await ask({ port, token, method: "GET", path: "/runs", headers })).status, 200);
  everywhere.child.kill("SIGTERM");
  assert.match((await everywhere.ended).stderr, /reach 0\.0\.0\.0 .*this dashboard/);
});

test("the kill switch stops the run, and nothing starts until it is released", async (context: TestContext) => {
  const folder = temporaryFolder(context);
  const server = await serve(folder, ["--plans", plansIn(folder)]);
  context.after(() => server.started.child.kill("SIGKILL"));
  const begun = await server.ask("POST", "/runs", { plan: "plan.yaml" });
  await until(
    "a load",
    async () => (await server.ask("GET", `/runs/${begun.json.id}`)).json.controls["change-load"].allowed,
  );
  const switched = await until("a run to stop", async () => {
    const { json } = await server.ask("PUT", "/switch", { on: true });
    return json.stopped.length > 0 && json;
  });
  assert.equal(switched.on, true);
  await until(
    "a run that is over",
    async () => (await server.ask("GET", `/runs/${begun.json.id}`)).json.state === "ended",
  );
  const env = { GAMEDAY_STATE: join(folder, "state") };
  const refused = await gameday(["run", "test/fixtures/fake/plan.yaml", "--out", join(folder, "other")], { env });
  assert.deepEqual([refused.code, /\[kill-switch\]/.test(refused.stderr)], [4, true]);
  assert.equal((await server.ask("POST", "/runs", { plan: "plan.yaml" })).status, 423);
  assert.equal((await gameday(["stop", "--release"], { env })).code, 0);
  assert.equal((await server.ask("GET", "/switch")).json.on, false);
  await stopServer(server);
});
