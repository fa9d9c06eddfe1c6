import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { rigOf } from "./session.fixture.ts";

function echo(request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request.on("data", (data: Buffer) => {
    body += data.toString();
  });
  request.on("end", () =>
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body })),
  );
}

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

test("one kept connection carries calls in turn, with the run's id", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  for (let call = 0; call < 5; call++) {
    const reply = await session.get("/x");
    assert.equal(reply.json<Echo>().headers["x-gameday-run"], "r1");
  }
  assert.equal(rig.connections(), 1);
});

test("bodies: JSON beyond ASCII, forms, bytes, and never two of them", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const sent = await session.post("/x", { json: { name: "Zoë 🙂" } });
  assert.deepEqual(JSON.parse(sent.json<Echo>().body), { name: "Zoë 🙂" });
  assert.equal((await session.post("/x", { form: { a: "1 2", b: "&" } })).json<Echo>().body, "a=1+2&b=%26");
  assert.equal((await session.put("/x", { body: new Uint8Array([104, 105]) })).json<Echo>().body, "hi");
  await assert.rejects(session.post("/x", { json: 1, body: "x" }), { code: "request-bodies" });
});

test("nothing that a script gives can split a request", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  await assert.rejects(session.get("/x", { headers: { "X-A": "b\r\nX-Evil: 1" } }), { code: "header-value" });
  await assert.rejects(session.get("/x", { headers: { "X A": "b" } }), { code: "header-name" });
  await assert.rejects(session.request("GET /evil", "/x"), { code: "bad-method" });
  const reply = await session.get("/a b\r\nX-Evil: 1");
  assert.equal(reply.json<Echo>().headers["x-evil"], undefined);
  assert.equal((await session.get("/x")).status, 200, "a refused call leaves the connection usable");
});

test("cookies are kept for their path, replaced, and dropped when they expire", async () => {
  await using rig = await rigOf((request, response) => {
    if (request.url === "/in") response.setHeader("set-cookie", ["sid=1; Path=/", "area=x; Path=/shop; HttpOnly"]);
    if (request.url === "/out") response.setHeader("set-cookie", "sid=; Max-Age=0; Path=/");
    response.end(request.headers.cookie ?? "none");
  });
  const session = rig.session();
  await session.get("/in");
  assert.equal((await session.get("/other")).text(), "sid=1");
  assert.equal((await session.get("/shop/cart")).text(), "area=x; sid=1");
  await session.get("/out");
  assert.equal((await session.get("/other")).text(), "none");
});

test("redirects: a POST becomes a GET, 307 keeps its body, foreign hosts are not followed, circles end", async () => {
  const places: Record<string, [number, string]> = {
    "/see": [303, "/x"],
    "/again": [307, "x"],
    "/away": [302, "http://elsewhere.invalid/"],
    "/round": [302, "/round"],
  };
  await using rig = await rigOf((request, response) => {
    const place = places[request.url ?? ""];
    if (place === undefined) return echo(request, response);
    response.writeHead(place[0], { location: place[1] }).end();
  });
  const session = rig.session();
  assert.deepEqual(pick((await session.post("/see", { json: 1 })).json<Echo>()), ["GET", "/x", ""]);
  assert.deepEqual(pick((await session.post("/again", { json: 1 })).json<Echo>()), ["POST", "/x", "1"]);
  assert.equal((await session.get("/away")).status, 302);
  assert.equal((await session.get("/see", { redirects: 0 })).status, 303);
  const round = await session.get("/round");
  assert.deepEqual([round.status, round.error?.code, round.error?.sent], [0, "too-many-redirects", true]);
});

function pick({ method, url, body }: Echo): string[] {
  return [method, url, body];
}

test("a 401 logs in once and repeats the request; the 401 is not counted as a failure", async () => {
  let logins = 0;
  await using rig = await rigOf((request, response) => {
    if (request.url === "/login") {
      logins++;
      response.setHeader("set-cookie", "sid=new; Path=/");
    } else if (request.headers.cookie !== "sid=new") response.statusCode = 401;
    response.end("ok");
  });
  const session = rig.session({}, async (own) => {
    await own.post("/login");
  });
  assert.equal((await session.get("/x")).status, 200);
  assert.equal(logins, 1);
  const failed = rig.registry.take().filter((delta) => delta.metric.includes("expected_response:false"));
  assert.deepEqual(failed, []);
});

test("a header set by the login is that of the repeated request, and of all later ones", async () => {
  await using rig = await rigOf((request, response) => {
    if (request.url === "/login") return response.end(JSON.stringify({ token: "t2" }));
    if (request.headers.authorization !== "Bearer t2") response.statusCode = 401;
    return echo(request, response);
  });
  const session = rig.session({}, async (own) => {
    own.header("authorization", `Bearer ${(await own.post("/login")).json<{ token: string }>().token}`);
  });
  session.header("Authorization", "Bearer t1");
  assert.equal((await session.get("/x")).status, 200);
  const later = (await session.get("/x")).json<Echo>();
  assert.deepEqual([later.headers["authorization"], later.headers["x-gameday-run"]], ["Bearer t2", "r1"]);
  session.header("Authorization", null);
  assert.throws(() => session.header("X-A", "b\r\nX-Evil: 1"), { code: "header-value" });
});

test("a 401 that stays is the reply, after one login", async () => {
  let logins = 0;
  await using rig = await rigOf((request, response) => {
    if (request.url === "/login") logins++;
    else response.statusCode = 401;
    response.end();
  });
  const session = rig.session({}, async (own) => {
    await own.post("/login");
  });
  assert.equal((await session.get("/x")).status, 401);
  assert.equal(logins, 1);
});

test("a kept connection that the server closed: a GET is repeated, a POST is unknown, a probe repeats nothing", async () => {
  let asked = 0;
  await using rig = await rigOf((request, response) => {
    // Every second request ends its connection.
    if (++asked % 2 === 0) request.socket.destroy();
    else response.end("ok");
  });
  const session = rig.session();
  await session.get("/x");
  assert.equal((await session.get("/x")).status, 200);
  asked = 1;
  const post = await session.post("/x");
  assert.deepEqual([post.status, post.error?.sent], [0, true]);
  const probe = rig.session({ repeatsOnStale: false });
  asked = 0;
  await probe.get("/x");
  assert.equal((await probe.get("/x")).status, 0);
});

test("fresh connections are really fresh", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session({ freshConnections: true });
  for (let call = 0; call < 4; call++) assert.equal((await session.get("/x")).status, 200);
  assert.equal(rig.connections(), 4);
});

test("calls that overlap share at most six connections and all get their answer", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const urls = Array.from({ length: 40 }, (_, index) => `/n${index}`);
  const replies = await Promise.all(urls.map((url) => session.get(url)));
  assert.deepEqual(
    replies.map((reply) => reply.json<Echo>().url),
    urls,
  );
  assert.ok(rig.connections() <= 6);
});

test("a refused connection is proven unsent; a timeout after sending is not", async () => {
  await using rig = await rigOf(() => undefined);
  const session = rig.session({ timeoutMs: 60 });
  const late = await session.post("/x");
  assert.deepEqual([late.error?.code, late.error?.sent], ["timeout", true]);
  const refused = await session.get("http://127.0.0.1:1/");
  assert.deepEqual([refused.error?.code, refused.error?.sent], ["refused", false]);
});

test("closing fails what is in flight as aborted, and later calls reject", async () => {
  await using rig = await rigOf(() => undefined);
  const session = rig.session();
  const hanging = session.get("/x");
  session.close();
  assert.equal((await hanging).error?.code, "aborted");
  await assert.rejects(session.get("/x"), { name: "UserStopped" });
});
