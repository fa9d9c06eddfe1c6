/** Tests of logins that are repeated after a 401, and of invalid options. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rigOf } from "./session.fixture.ts";

/** Starts a server that requires the newest token, which /login returns. */
function guarded() {
  let token = 0;
  return rigOf((request, response) => {
    if (request.url === "/login") return void response.end(String(++token));
    response.statusCode = token > 0 && request.headers.authorization === String(token) ? 200 : 401;
    response.end();
  });
}

test("calls side by side log in once, and all are repeated", async () => {
  await using rig = await guarded();
  let logins = 0;
  const session = rig.session({}, async (own) => {
    logins++;
    own.header("Authorization", (await own.post("/login")).text());
  });
  const replies = await Promise.all(Array.from({ length: 6 }, () => session.get("/x")));
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 200, 200, 200, 200],
  );
  assert.equal(logins, 1);
});

test("a 401 that the script expects is its answer: nothing is sent twice", async () => {
  const asked: string[] = [];
  await using rig = await rigOf((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.statusCode = 401;
    response.end();
  });
  const session = rig.session({}, async (own) => void (await own.post("/login")));
  const reply = await session.post("/wrong-password", { json: {}, expect: [401] });
  assert.deepEqual([reply.status, reply.ok, asked], [401, true, ["POST /wrong-password"]]);
  await session.get("/other", { expect: [200] });
  assert.deepEqual(asked.slice(1), ["GET /other", "POST /login", "GET /other"], "any other 401 still logs in");
});

test("within a login a 401 is an answer like any other", async () => {
  await using rig = await guarded();
  const session = rig.session({}, async (own) => {
    assert.equal((await own.get("/other")).status, 401);
  });
  assert.equal((await session.get("/x")).status, 401);
});

test("a login that throws, awaited or not, rejects the call, whose 401 is counted", async () => {
  await using rig = await guarded();
  const planned = () => {
    throw new Error("planned");
  };
  for (const login of [async () => planned(), planned]) {
    const session = rig.session({}, login);
    await assert.rejects(session.get("/x"), /planned/);
    await assert.rejects(session.get("/x"), /planned/, "the next call logs in anew");
    const counted = rig.registry.take().map(({ metric, count }) => [metric.split("{")[0], count]);
    assert.deepEqual(
      counted.filter(([metric]) => metric === "http_req_duration" || metric === "logins_repeated"),
      [["http_req_duration", 2]],
    );
  }
});

test("what a script without types gives as options is refused before anything is sent", async () => {
  await using rig = await rigOf((_request, response) => response.end());
  const session = rig.session();
  const loose = session as unknown as { get(path?: unknown, options?: unknown): Promise<unknown> };
  for (const [path, options, message] of [
    [undefined, undefined, /path such as .* got path nothing/],
    [{}, undefined, /path such as/],
    ["ftp://x/", undefined, /path such as .* got path "ftp:/],
    ["/", 5, /got options 5/],
    ["/", { expect: 200 }, /a list such as .* got expect 200/],
    ["/", { notApplied: 409 }, /a list such as/],
    ["/", { redirects: -1 }, /a whole number/],
    ["/", { name: 5 }, /a text, got name 5/],
    ["/", { tags: { a: 1 } }, /tags as texts/],
    ["/", { headers: new Headers({ a: "b" }) }, /fields such as/],
    ["/", { body: { a: 1 } }, /body/],
    ["/", { timeout: Number.NaN }, /a timeout with its unit, such as .* got NaN/],
    ["/", { json: () => 1 }, /a value that JSON can say, got function/],
    ["/", { naem: "x" }, /only known options of a request, got "naem"/],
  ] as const)
    await assert.rejects(loose.get(path, options), message);
  assert.equal(rig.connections(), 0);
  await loose.get("/", { headers: Object.create(null), name: undefined });
});
