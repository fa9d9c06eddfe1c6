/** Tests of a virtual host that a header names: cookies and redirects belong to the name, not the address, as in curl. */
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { rigOf } from "./session.fixture.ts";

const seen = ({ headers, url, method }: IncomingMessage) => ({
  url,
  method,
  host: headers.host,
  cookie: headers.cookie ?? null,
  authorization: headers.authorization ?? null,
  type: headers["content-type"] ?? null,
});

type Seen = ReturnType<typeof seen>;

/** Answers /to/STATUS/URL with a redirect to that URL, and sets a cookie for the domain shop.test on /in. */
function shop(request: IncomingMessage, response: ServerResponse): void {
  const to = /^\/to\/(\d+)\/(.+)$/.exec(request.url ?? "");
  if (to !== null) return void response.writeHead(Number(to[1]), { location: decodeURIComponent(to[2] ?? "") }).end();
  if (request.url === "/in") response.setHeader("set-cookie", "sid=1; Domain=shop.test; Path=/");
  response.end(JSON.stringify(seen(request)));
}

function to(url: string, status = 302): string {
  return `/to/${status}/${encodeURIComponent(url)}`;
}

test("the cookies of a virtual host are kept and sent by its name", async () => {
  await using rig = await rigOf(shop);
  const session = rig.session();
  session.header("Host", "www.shop.test:8080");
  await session.get("/in");
  assert.equal((await session.get("/x")).json<Seen>().cookie, "sid=1");
  assert.equal(session.cookies.get("sid"), "1");
  const other = { headers: { host: "other.test" } };
  assert.deepEqual((await session.get("/x", other)).json<Seen>(), {
    url: "/x",
    method: "GET",
    host: "other.test",
    cookie: null,
    authorization: null,
    type: null,
  });
  assert.equal((await session.get("/x", { headers: { Host: "api.shop.test" } })).json<Seen>().cookie, "sid=1");
});

test("redirects to the virtual host stay at the address, with the name", async () => {
  await using rig = await rigOf(shop);
  const session = rig.session();
  const headers = { Host: "shop.test" };
  for (const place of ["http://shop.test/x", "//shop.test/x", "/x", "x/../../../x"]) {
    const reply = await session.get(to(place), { headers });
    assert.deepEqual(
      [place, reply.status, reply.json<Seen>().host, reply.json<Seen>().url],
      [place, 200, "shop.test", "/x"],
    );
  }
  assert.equal((await session.get(to("http://elsewhere.test/x"), { headers })).status, 302);
  const port = new URL(rig.baseUrl).port;
  const moved = await session.get(to(`http://shop.test:${port}/x`), { headers });
  assert.deepEqual(
    [moved.status, moved.json<Seen>().url],
    [200, "/x"],
    "another port of the name is that port of the address",
  );
});

test("the script's own cookies go beside the session's, and take the place of those with the same name", async () => {
  await using rig = await rigOf((request, response) => {
    if (request.url === "/in") response.setHeader("set-cookie", ["sid=1; Path=/", "lang=de; Path=/"]);
    response.end(request.headers.cookie ?? "none");
  });
  const session = rig.session();
  const sent = async (headers?: Record<string, string | null>) =>
    (await session.get("/x", headers === undefined ? {} : { headers })).text();
  assert.equal(await sent({ Cookie: "consent=1" }), "consent=1");
  await session.get("/in");
  assert.equal(await sent({ cookie: "consent=1" }), "sid=1; lang=de; consent=1");
  assert.equal(await sent({ Cookie: "lang=en; consent=1" }), "sid=1; lang=en; consent=1");
  assert.equal(await sent({ Cookie: null }), "none");
  session.header("Cookie", "consent=2");
  assert.equal(await sent(), "sid=1; lang=de; consent=2");
  assert.equal(await sent({ "X-A": "1" }), "sid=1; lang=de; consent=2");
  assert.equal(
    await sent({ Cookie: "a=b" }),
    "sid=1; lang=de; a=b",
    "a call's own header takes the place of that for all",
  );
  await assert.rejects(sent({ Cookie: "a=\r\nX: 1" }), { code: "header-value" });
  await assert.rejects(sent({ "X-A": "1", "x-a": "2" }), { code: "header-twice" });
});

test("the jar is one for all of a user's calls, and a script sets what the next call sends", async () => {
  await using rig = await rigOf(shop);
  const session = rig.session();
  session.cookies.set("token", "t1");
  assert.equal((await session.get("/x")).json<Seen>().cookie, "token=t1");
  session.cookies.set("token", "t2");
  assert.equal((await session.get("/x")).json<Seen>().cookie, "token=t2");
  session.cookies.delete("token");
  assert.equal((await session.get("/x")).json<Seen>().cookie, null);
});

test("a redirect that makes a GET leaves the content's headers behind, one to another port the credentials", async () => {
  await using rig = await rigOf(shop);
  await using other = await rigOf(shop);
  const session = rig.session();
  session.header("Authorization", "Bearer t");
  const post = { json: { a: 1 }, headers: { "Content-Type": "application/json", "X-A": "1" } };
  const same = (await session.post(to("/x", 303), post)).json<Seen>();
  assert.deepEqual([same.method, same.type, same.authorization], ["GET", null, "Bearer t"]);
  const kept = (await session.post(to("/x", 307), post)).json<Seen>();
  assert.deepEqual([kept.method, kept.type, kept.authorization], ["POST", "application/json", "Bearer t"]);
  const away = (await session.get(to(`${other.baseUrl}/x`))).json<Seen>();
  assert.deepEqual([away.url, away.authorization], ["/x", null]);
  assert.equal((await session.get("/x")).json<Seen>().authorization, "Bearer t");
});

test("a 401 that the script expects is an answer: nothing logs in, and nothing is sent twice", async () => {
  let posts = 0;
  let logins = 0;
  await using rig = await rigOf((_request, response) => {
    posts++;
    response.writeHead(401).end();
  });
  const session = rig.session({}, () => {
    logins++;
    return Promise.resolve();
  });
  const reply = await session.post("/x", { body: "x", expect: [401] });
  assert.deepEqual([reply.ok, posts, logins], [true, 1, 0]);
});
