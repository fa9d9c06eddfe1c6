/** The checks of the dashboard's security, each against every route and method of the table, so that a later route is covered. */
import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ApiOperation } from "../../src/api/operation.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { newToken } from "../../src/dashboard/rights.ts";
import { hasOpenReads, isLoopback } from "../../src/dashboard/start.ts";
import { type AskOptions, dashboardFixture, type Fixture, TOKEN } from "./dashboard.fixture.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const PAGES = ["/", "/runs", "/runs/fake", "/compare", "/page.html", "/none", "/api/v1/none", "/api/v1/"];

function pathOf({ path }: ApiOperation): string {
  return `/api/v1${path.replace("{run}", "fake").replace("{name}", "run.json").replace("{index}", "1").replace("{id}", "task-1")}`;
}

const PATHS = [...new Set([...OPERATIONS.map(pathOf), ...PAGES])];

describe("security of every route and method", () => {
  let open: Fixture;
  before(async () => {
    let clockMs = 0; // so that no limit of calls in a time hides the answer that is tested
    open = await dashboardFixture({ monotonicMs: () => (clockMs += 1_000) });
  });
  after(async () => {
    await open[Symbol.asyncDispose]();
  });

  async function everywhere(options: AskOptions, holds: (status: number, code: string) => boolean): Promise<void> {
    for (const path of PATHS)
      for (const method of METHODS) {
        const { status, json } = await open.ask(method, path, options);
        assert.ok(holds(status, json?.code ?? ""), `${method} ${path}: ${status} ${json?.code}`);
      }
    assert.equal(open.commands.length, 0);
  }

  test("2. a Host that is not this server's is refused, whatever Origin says", async () => {
    const refused = (status: number) => status === 421;
    for (const host of [
      "evil.example",
      `evil.example:${open.port}`,
      "127.0.0.1",
      "127.0.0.1:1",
      `localhost.evil:${open.port}`,
    ])
      await everywhere({ headers: { host, origin: `http://${host}` } }, refused);
  });

  test("3. an Origin that is not exactly this server's is refused, null too", async () => {
    const { port } = open;
    const foreign = [
      "null",
      "http://127.0.0.1:3000",
      "http://localhost:3000",
      `http://evil.example:${port}`,
      `http://localhost:${port}`,
    ];
    for (const origin of [
      ...foreign,
      `http://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}, http://127.0.0.1:${port}`,
      "",
    ])
      await everywhere({ headers: { origin } }, (status) => status === 403);
  });

  test("4. a page on another site or port is refused", async () => {
    await everywhere({ headers: { "sec-fetch-site": "same-site" } }, (status) => status === 403);
    for (const site of ["cross-site", "Same-Origin", "", "none, none"])
      assert.equal((await open.ask("GET", "/", { headers: { "sec-fetch-site": site } })).status, 403, site);
  });

  test("5. no answer has a CORS header, and OPTIONS is not allowed", async () => {
    for (const path of PATHS) {
      const { status, headers } = await open.ask("OPTIONS", path);
      assert.ok([404, 405].includes(status), path);
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith("access-control")),
        [],
      );
    }
  });

  test("6. without the token nothing is controlled, and a cookie grants only reading", async () => {
    const { code } = new URL(open.dashboard.link()).hash.match(/code=(?<code>.+)/)?.groups ?? {};
    const session = await open.ask("POST", "/api/v1/session", { token: null, body: JSON.stringify({ code }) });
    const cookie = String(session.headers["set-cookie"]).split(";")[0];
    for (const operation of OPERATIONS.filter(({ access }) => access === "control"))
      for (const token of [null, "", "wrong", `${TOKEN}x`, TOKEN.slice(1)]) {
        const { status, json } = await open.ask(operation.method, pathOf(operation), {
          token,
          headers: { cookie },
          body: "{}",
        });
        assert.deepEqual([status, json.code], [401, "no-token"], operation.id);
      }
  });

  test("10. a body that a form can send is refused", async () => {
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"];
    for (const operation of OPERATIONS.filter(({ method, access }) => method !== "GET" && access === "control"))
      for (const type of types) {
        const { status } = await open.ask(operation.method, pathOf(operation), {
          body: "{}",
          headers: { "content-type": type, "if-match": '"0"' },
        });
        assert.equal(status, 415, operation.id);
      }
  });

  test("11. every answer has the policy with Trusted Types, and keeps other origins out", async () => {
    for (const path of PATHS.filter((one) => !one.endsWith("/stream"))) {
      const { headers } = await open.ask("GET", path);
      const policy = String(headers["content-security-policy"]);
      const isFile = path.includes("/files/");
      assert.match(
        policy,
        isFile ? /^sandbox; default-src 'none'/ : /^default-src 'none'.*require-trusted-types-for 'script'/,
        path,
      );
      assert.doesNotMatch(policy, isFile ? /script-src/ : /unsafe|\*/, path);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["referrer-policy"], "no-referrer");
      assert.equal(headers["cross-origin-resource-policy"], "same-origin");
      assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    }
  });

  test("12. malformed headers are refused and do not throw", async () => {
    for (const value of ["[", "http://[", "%", "::::", "a b", "http://a:b@c:d", "\u00ff"])
      for (const name of ["host", "origin", "sec-fetch-site", "cookie", "authorization", "if-match", "last-event-id"]) {
        const { status } = await open.ask("GET", "/api/v1/switch", { headers: { [name]: value } });
        assert.ok(status < 500, `${name}: ${value}: ${status}`);
      }
    assert.deepEqual(
      open.logged.filter((line) => line.startsWith("bug")),
      [],
    );
  });

  test("14. no path leaves the runs folder", async () => {
    const names = [
      "..",
      "%2e%2e",
      "..%2f..",
      "%2e%2e%2f",
      ".",
      "fake%00",
      "fake%2f..%2ffake",
      "%252e%252e",
      "fake?raw??",
      "a".repeat(300),
    ];
    for (const name of names)
      for (const path of [
        `/api/v1/runs/${name}`,
        `/api/v1/runs/${name}/files/run.json`,
        `/api/v1/runs/fake/files/${name}`,
        `/${name}`,
      ])
        assert.ok([400, 404].includes((await open.ask("GET", path)).status), path);
  });

  test("14. neither a link as a run's folder nor one within it is followed", async () => {
    await using one = await dashboardFixture({}, ["fake", "lab-small"]);
    symlinkSync(join(one.folder, "lab-small"), join(one.folder, "linked"));
    assert.equal((await one.ask("GET", "/api/v1/runs/linked")).status, 404);
    for (const name of ["plan.yaml", "timeline.ndjson"]) {
      rmSync(join(one.folder, "fake", name));
      symlinkSync("/etc/passwd", join(one.folder, "fake", name));
      assert.equal((await one.ask("GET", `/api/v1/runs/fake/files/${name}`)).status, 404);
    }
    assert.deepEqual((await one.ask("GET", "/api/v1/runs/fake/events")).json.events, []);
  });

  test("15. headers, bodies and lengths are bounded", async () => {
    const long = await open.ask("GET", "/api/v1/health", { headers: { "x-long": "a".repeat(17_000) } });
    assert.equal(long.status, 431);
    const body = JSON.stringify({ says: "x".repeat(70_000) });
    assert.equal((await open.ask("POST", "/api/v1/runs/fake/notes", { body })).status, 413);
    const chunked = { "transfer-encoding": "chunked", "content-type": "application/json" };
    assert.equal((await open.ask("POST", "/api/v1/runs/fake/notes", { headers: chunked })).status, 411);
  });

  test("19. refusals are logged without a secret, at most 10 a minute", async () => {
    await using one = await dashboardFixture();
    for (let call = 0; call < 30; call++) await one.ask("GET", `/none?token=${TOKEN}`, { token: "some-secret" });
    assert.equal(one.logged.length, 10);
    assert.doesNotMatch(one.logged.join("\n"), new RegExp(`${TOKEN}|some-secret|token=`));
  });

  test("20. operations that need no right name no target and no run", async () => {
    for (const { id } of OPERATIONS.filter(({ access }) => access === "open"))
      assert.ok(["getHealth", "getOpenApi"].includes(id));
    const { text } = await open.ask("GET", "/api/v1/health", { token: null });
    assert.doesNotMatch(text, /fake|postgres|runId/);
  });
});

test("1. the server listens on loopback only, unless an address is given", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "localhost", "::1"]) assert.ok(isLoopback(host));
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.evil", "1127.0.0.1"]) assert.ok(!isLoopback(host), host);
});

test("1. beyond loopback nothing is read without a right", () => {
  assert.equal(hasOpenReads("127.0.0.1", false), true);
  for (const host of ["0.0.0.0", "::", "192.0.2.1"]) assert.equal(hasOpenReads(host, false), false);
});

test("1. no read works without a right where reads are private", async () => {
  await using closed = await dashboardFixture({ isPrivate: true });
  for (const operation of OPERATIONS.filter(({ access }) => access === "read")) {
    const { status, json } = await closed.ask("GET", pathOf(operation), { token: null });
    assert.deepEqual([status, json.code], [401, "no-session"], operation.id);
  }
  assert.equal((await closed.ask("GET", "/api/v1/runs")).status, 200);
});

test("7. a code is used once, within ten minutes, and stands in the fragment only", async () => {
  let nowMs = 1_000_000;
  await using one = await dashboardFixture({ isPrivate: true, wallMs: () => nowMs });
  const link = new URL(one.dashboard.link("/runs/fake"));
  assert.deepEqual([link.pathname, link.search], ["/runs/fake", ""]);
  const body = (of: URL) => JSON.stringify({ code: of.hash.replace("#code=", "") });
  const first = await one.ask("POST", "/api/v1/session", { token: null, body: body(link) });
  assert.deepEqual([first.status, first.json.token, first.json.name], [200, TOKEN, "page 1"]);
  assert.equal((await one.ask("POST", "/api/v1/session", { token: null, body: body(link) })).status, 401);
  const late = new URL(one.dashboard.link());
  nowMs += 10 * 60_000 + 1;
  assert.equal((await one.ask("POST", "/api/v1/session", { token: null, body: body(late) })).status, 401);
  const cookie = String(first.headers["set-cookie"]);
  assert.match(
    cookie,
    new RegExp(`^gameday_${one.port}=\\d+\\.[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200$`),
  );
  assert.ok(!cookie.includes(TOKEN));
  const reading = { token: null, headers: { cookie: `other=1; ${cookie.split(";")[0]}` } };
  assert.equal((await one.ask("GET", "/api/v1/runs", reading)).status, 200);
  const forged = { token: null, headers: { cookie: cookie.split(";")[0]?.replace(/=\d/, "=9") } };
  assert.equal((await one.ask("GET", "/api/v1/runs", forged)).status, 401);
  nowMs += 12 * 3_600_000;
  assert.equal((await one.ask("GET", "/api/v1/runs", reading)).status, 401);
});

test("8. a token has 192 bits", () => {
  const [one, other] = [newToken(), newToken()];
  assert.equal(Buffer.from(one, "base64url").length * 8, 192);
  assert.notEqual(one, other);
});

test("8. codes are guessed five times a minute at most", async () => {
  await using one = await dashboardFixture();
  const statuses = [];
  for (let call = 0; call < 8; call++)
    statuses.push((await one.ask("POST", "/api/v1/session", { token: null, body: '{"code":"x"}' })).status);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
});

test("9. no GET reaches a run or the machine", async () => {
  await using one = await dashboardFixture();
  one.alive.push({ runId: "x", isControllable: true });
  for (const operation of OPERATIONS.filter(({ method, id }) => method === "GET" && id !== "streamEvents"))
    await one.ask("GET", pathOf(operation));
  assert.deepEqual(one.commands, []);
  assert.equal(one.machine.killSwitch.read().on, false);
});

test("16. code is started only where it is allowed", async () => {
  await using one = await dashboardFixture();
  const start = (plan: string) => one.ask("POST", "/api/v1/runs", { body: JSON.stringify({ plan }) });
  assert.equal((await start("code.yaml")).json.code, "code-not-allowed");
  assert.equal((await start("real.yaml")).json.code, "not-confirmed");
  assert.equal((await start("a.yaml")).status, 201);
  for (const plan of ["../a.yaml", "/etc/passwd", "a/../../b.yaml", ".hidden.yaml", "a\u0000.yaml"])
    assert.equal((await start(plan)).status, 400, plan);
});

test("17. a server that is read-only controls nothing, and reports it", async () => {
  await using one = await dashboardFixture({ isReadOnly: true });
  for (const operation of OPERATIONS.filter(({ access }) => access === "control")) {
    const { status, json } = await one.ask(operation.method, pathOf(operation), { body: "{}" });
    assert.deepEqual([status, json.code], [403, "read-only"], operation.id);
  }
  const code = new URL(one.dashboard.link()).hash.replace("#code=", "");
  const { json } = await one.ask("POST", "/api/v1/session", { token: null, body: JSON.stringify({ code }) });
  assert.equal(json.token, null);
  assert.equal((await one.ask("GET", "/api/v1/runs/fake")).json.controls.stop.allowed, false);
});
