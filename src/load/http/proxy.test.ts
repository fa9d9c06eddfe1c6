import assert from "node:assert/strict";
import { createServer } from "node:http";
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import type { ProxyPlan } from "../../plan.ts";
import { freePort } from "../../std/free-port.fixture.ts";
import { userOn } from "../user/user.fixture.ts";
import { certificateAuthority } from "./certificates.fixture.ts";
import { splitUrl } from "./origin.ts";
import { proxyOf } from "./proxy.fixture.ts";
import { proxiesOf, proxyInWords, proxyPlanOf } from "./proxy.ts";

function viaOf(plan: ProxyPlan | undefined, url: string): string | null {
  return plan === undefined ? null : (proxiesOf(plan).on(splitUrl(url).origin)?.origin.text ?? null);
}

test("the variables: small letters before capitals, each for its scheme, ALL_PROXY for what neither says", () => {
  const via = (env: Record<string, string>, url = "http://shop.test/") => viaOf(proxyPlanOf(env), url);
  assert.equal(via({}), null);
  assert.equal(via({ HTTP_PROXY: "http://a:1" }), "http://a:1");
  assert.equal(via({ HTTP_PROXY: "http://a:1", http_proxy: "http://b:2" }), "http://b:2");
  assert.equal(via({ HTTP_PROXY: "http://a:1" }, "https://shop.test/"), null);
  assert.equal(via({ https_proxy: "b:2" }, "https://shop.test/"), "http://b:2");
  assert.equal(via({ HTTPS_PROXY: "https://b" }, "https://shop.test/"), "https://b:443");
  assert.equal(via({ ALL_PROXY: "http://c" }, "https://shop.test/"), "http://c:1080");
  assert.equal(via({ ALL_PROXY: "http://c:3", http_proxy: "http://a:80" }), "http://a:80");
  assert.equal(via({ HTTP_PROXY: "", http_proxy: " " }), null);
  assert.equal(
    via({ REQUEST_METHOD: "GET", HTTP_PROXY: "http://evil:1" }),
    null,
    "in CGI it is a header of the caller",
  );
});

test("NO_PROXY: names and what is below them, addresses, blocks, ports, everything", () => {
  const direct = (except: string, url: string) => viaOf({ http: "http://a:1", except }, url) === null;
  const cases: [except: string, url: string, isDirect: boolean][] = [
    ["*", "http://shop.test/", true],
    ["shop.test", "http://shop.test/", true],
    ["shop.test", "http://API.shop.test:8080/", true],
    ["shop.test", "http://othershop.test/", false],
    [".shop.test", "http://shop.test/", true],
    ["*.shop.test", "http://api.shop.test/", true],
    ["SHOP.test.", "http://shop.test/", true],
    ["shop.test:8080", "http://shop.test:8080/", true],
    ["shop.test:8080", "http://shop.test/", false],
    ["a.test, shop.test", "http://shop.test/", true],
    ["a.test shop.test", "http://shop.test/", true],
    ["10.1.2.3", "http://10.1.2.3/", true],
    ["10.1.2.3:81", "http://10.1.2.3/", false],
    ["10.0.0.0/8", "http://10.200.1.1/", true],
    ["10.0.0.0/8", "http://11.0.0.1/", false],
    ["10.0.0.0/99", "http://10.0.0.1/", false],
    ["10.0.0.0/8", "http://shop.test/", false],
    ["fd00::/8", "http://[fd12::1]/", true],
    ["fd12::1", "http://[fd12::1]:8080/", true],
    ["[fd12::1]:8080", "http://[fd12::1]:8080/", true],
    ["[fd12::1]:8080", "http://[fd12::1]/", false],
    [",, ,", "http://shop.test/", false],
    ["(nonsense", "http://shop.test/", false],
  ];
  for (const [except, url, isDirect] of cases) assert.equal(direct(except, url), isDirect, `${except} for ${url}`);
});

test("loopback needs no proxy, by address or by its own name; a name that only leads there does", () => {
  const plan = { http: "http://a:1" };
  for (const url of ["http://localhost:80/", "http://app.localhost/", "http://127.3.2.1/", "http://[::1]/"])
    assert.equal(viaOf(plan, url), null, url);
  assert.equal(viaOf(plan, "http://localhost.test/"), "http://a:1");
});

test("what is in force is said, without the password; what cannot be used is refused, without it, too", () => {
  const { origin } = splitUrl("http://shop.test/");
  const plan = { http: "http://anna:secret@proxy.test:3128", except: "other.test" };
  assert.equal(
    proxyInWords(plan, origin),
    "requests to http://shop.test go by way of the proxy http://proxy.test:3128 (environment)",
  );
  assert.match(proxyInWords({ ...plan, except: "shop.test" }, origin) ?? "", /directly.*NO_PROXY is shop.test/);
  assert.match(proxyInWords(plan, splitUrl("http://127.0.0.1/").origin) ?? "", /directly.*loopback/);
  assert.equal(proxyInWords({ https: "http://a:1" }, origin), null);
  assert.equal(proxyInWords(undefined, origin), null);
  for (const http of [
    "socks5://anna:secret@proxy.test:1080",
    "socks5h://a:1",
    "ftp://a:1",
    "http://",
    "http://a:b:c",
    "http://%zz:secret@a:1",
  ])
    assert.throws(
      () => proxyInWords({ http }, origin),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "bad-proxy");
        assert.doesNotMatch(JSON.stringify(error) + error.message, /secret/);
        return true;
      },
      http,
    );
});

async function listening<T extends Server | Http2Server>(server: T) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

test("http:// asks the proxy for the whole URL, with the credentials for it, and keeps the connection", async () => {
  const server = createServer((request, response) => {
    response.setHeader("set-cookie", "sid=1; Path=/");
    const { host, cookie, "proxy-authorization": leaked, "x-by-way-of": way } = request.headers;
    response.end(JSON.stringify({ url: request.url, host, cookie, leaked, way }));
  });
  await using target = await listening(server);
  await using proxy = await proxyOf({ to: target.port });
  const http = proxy.url.replace("//", "//anna:p%40ss@");
  const { user } = userOn("http://shop.test", { client: { proxy: { http } } });
  await user.http.get("/a?b=c");
  const reply = await user.http.post("/x", { json: { a: 1 }, headers: { "X-A": "1" } });
  user.abort();
  const credentials = `Basic ${Buffer.from("anna:p@ss").toString("base64")}`;
  assert.deepEqual(proxy.asked, [
    `GET http://shop.test/a?b=c ${credentials}`,
    `POST http://shop.test/x ${credentials}`,
  ]);
  assert.deepEqual(
    [reply.status, reply.json<{ host: string; cookie: string; way: string }>()],
    [200, { url: "/x", host: "shop.test", cookie: "sid=1", leaked: credentials, way: "proxy" }],
  );
});

test("https://, HTTP/2 and WebSockets pass through the proxy by CONNECT, and TLS is with the target", async () => {
  using authority = await certificateAuthority();
  const certificate = await authority.issue("shop.test");
  const sessions: ServerHttp2Session[] = [];
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    response.end(JSON.stringify([request.httpVersion, request.headers["proxy-authorization"] ?? null]));
  });
  server.on("session", (session) => sessions.push(session));
  const live = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => live.handleUpgrade(request, socket, head, (ws) => ws.send("hello")));
  await using target = await listening(server);
  await using proxy = await proxyOf({ to: target.port });
  const https = proxy.url.replace("//", "//anna:secret@");
  const { user } = userOn("https://shop.test", { client: { proxy: { https }, tls: { ca: authority.cert } } });
  const first = await user.http.get("/");
  assert.deepEqual([first.error, (await user.http.get("/")).json()], [null, ["1.1", null]]);
  assert.deepEqual((await user.http2.get("/")).json(), ["2.0", null]);
  const socket = await user.socket("/live");
  assert.equal((await socket.receive())?.text(), "hello");
  user.abort();
  for (const session of sessions) session.destroy();
  const credentials = `Basic ${Buffer.from("anna:secret").toString("base64")}`;
  assert.deepEqual(proxy.asked, Array(3).fill(`CONNECT shop.test:443 ${credentials}`));
});

test("HTTP/2 without TLS passes by CONNECT, also where the target speaks in the same breath", async () => {
  for (const joined of [false, true]) {
    const server = createHttp2Server((_request, response) => response.end("two"));
    const sessions: ServerHttp2Session[] = [];
    server.on("session", (session) => sessions.push(session));
    await using target = await listening(server);
    await using proxy = await proxyOf({ to: target.port, joined });
    const { user } = userOn("http://shop.test:81", { client: { proxy: { http: proxy.url } } });
    assert.equal((await user.http2.get("/")).text(), "two");
    user.abort();
    for (const session of sessions) session.destroy();
    assert.deepEqual(proxy.asked, ["CONNECT shop.test:81"]);
  }
});

test("a proxy that is not there, or lets nobody pass, is named in the error, and nothing was sent", async () => {
  await using proxy = await proxyOf({ status: 407 });
  const nobody = `http://127.0.0.1:${await freePort()}`;
  for (const [url, says] of [
    [proxy.url, /proxy http:\/\/127.0.0.1:\d+: it answered CONNECT with status 407 .*USER:PASSWORD/],
    [nobody, /proxy http:\/\/127.0.0.1:\d+: .*ECONNREFUSED/],
  ] as const) {
    const { user } = userOn("https://shop.test", { client: { proxy: { http: url, https: url } } });
    for (const reply of [await user.http.post("/"), await user.http2.post("/"), await user.socket("/")]) {
      assert.equal(reply.error?.sent, false);
      assert.match(reply.error?.message ?? "", says);
    }
    user.abort();
  }
  const { user } = userOn("http://shop.test", { client: { proxy: { http: nobody } } });
  const refused = await user.http.get("/");
  user.abort();
  assert.deepEqual([refused.error?.code, refused.error?.sent], ["refused", false]);
  assert.match(refused.error?.message ?? "", /by way of the proxy http:\/\/127.0.0.1:\d+/);
});
