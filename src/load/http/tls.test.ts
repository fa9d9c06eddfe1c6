import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { createSecureContext, TLSSocket, type TlsOptions } from "node:tls";
import { WebSocketServer } from "ws";
import type { ClientPlan } from "../../plan.ts";
import { userOn } from "../user/user.fixture.ts";
import { type Authority, type Certificate, certificateAuthority } from "./certificates.fixture.ts";

let authority: Authority;
let shop: Certificate;

before(async () => {
  authority = await certificateAuthority();
  shop = await authority.issue("shop.test");
});

after(() => authority[Symbol.dispose]());

/**
 * Starts a TLS server on loopback that records the server names it is called by and answers with the client's name. It speaks
 * HTTP/1.1 and WebSocket, and also HTTP/2 if `http2` is true.
 */
async function secured(options: TlsOptions, http2 = false) {
  const names: string[] = [];
  const SNICallback: TlsOptions["SNICallback"] = (name, done) => {
    names.push(name);
    done(null, createSecureContext(options as object));
  };
  const server = http2
    ? createSecureServer({ ...options, SNICallback, allowHTTP1: true })
    : createServer({ ...options, SNICallback });
  const sockets = new Set<TLSSocket>();
  server.on("secureConnection", (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.on("request", (request, response) => {
    const peer = (request.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ version: request.httpVersion, client: peer?.subject?.CN ?? null }));
  });
  const live = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => live.handleUpgrade(request, socket, head, (ws) => ws.send("hello")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    names,
    user: (tls: ClientPlan["tls"], host = "127.0.0.1") =>
      userOn(`https://${host}:${port}`, { client: tls === undefined ? {} : { tls } }).user,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Way = readonly [name: string, ask: (user: ReturnType<typeof userOn>["user"]) => Promise<string>];

/** The three ways to make a request. Each returns "200" or the code of the error, which must be the same for all three. */
const WAYS: readonly Way[] = [
  ["HTTP/1.1", async (user) => told(await user.http.get("/"))],
  ["HTTP/2", async (user) => told(await user.http2.get("/"))],
  ["WebSocket", async (user) => told(await user.socket("/"))],
];

function told({
  status,
  error,
}: {
  readonly status: number;
  readonly error: { readonly code: string } | null;
}): string {
  return error?.code ?? (status === 101 ? "200" : String(status));
}

for (const [name, ask] of WAYS) {
  const http2 = name === "HTTP/2";

  describe(`TLS of ${name}`, () => {
    test("an authority of the person's own is trusted, and only with it", async () => {
      await using server = await secured(shop, http2);
      const { cert: ca } = authority;
      assert.equal(await ask(server.user({ ca, serverName: "shop.test" })), "200");
      assert.equal(await ask(server.user({ serverName: "shop.test" })), "tls");
      assert.deepEqual([...new Set(server.names)], ["shop.test"], "the name is asked for by SNI");
    });

    test("the host of the address is the name that is asked for, an address is none", async () => {
      await using server = await secured(await authority.issue("localhost"), http2);
      const { cert: ca } = authority;
      assert.equal(await ask(server.user({ ca }, "localhost")), "200");
      assert.deepEqual(server.names, ["localhost"]);
      assert.equal(await ask(server.user({ ca })), "tls", "the certificate is not for 127.0.0.1");
      assert.deepEqual(server.names, ["localhost"]);
    });

    test("a certificate of another host, and one that has expired, are refused", async () => {
      const { cert: ca } = authority;
      await using wrong = await secured(shop, http2);
      assert.equal(await ask(wrong.user({ ca, serverName: "bank.test" })), "tls");
      await using expired = await secured(await authority.issue("shop.test", -1), http2);
      assert.equal(await ask(expired.user({ ca, serverName: "shop.test" })), "tls");
    });

    test("with rejectUnauthorized off all of them are taken", async () => {
      await using expired = await secured(await authority.issue("shop.test", -1), http2);
      assert.equal(await ask(expired.user({ insecure: true })), "200");
      assert.equal(await ask(expired.user({ insecure: true, serverName: "bank.test" })), "200");
    });

    test("a server that asks for a client certificate lets in who has one", async () => {
      const { cert: ca } = authority;
      await using server = await secured({ ...shop, ca, requestCert: true, rejectUnauthorized: true }, http2);
      const { cert: certificate, key } = await authority.issue("tester");
      const trust = { ca, serverName: "shop.test" };
      assert.equal(await ask(server.user({ ...trust, certificate, key })), "200");
      // Under TLS 1.3 the client's handshake ends before the server has checked its certificate, so the error may vary.
      assert.match(await ask(server.user(trust)), /^(tls|reset|closed|malformed|refused|goaway|stream-reset)$/);
    });
  });
}

test("a failed handshake proves that nothing was sent, and says why", async () => {
  await using server = await secured(shop);
  const { error } = await server.user({ serverName: "shop.test" }).http.post("/");
  assert.deepEqual([error?.code, error?.sent], ["tls", false]);
  assert.match(error?.message ?? "", /unable to (verify|get)|self.signed/i);
});

test("plain HTTP where TLS was asked for is told in words that are the same in all processes", async () => {
  const server = createNetServer((socket) => socket.resume().end("HTTP/1.1 400 Bad\r\n\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { user } = userOn(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const error of [(await user.http.get("/")).error, (await user.socket("/")).error]) {
    assert.deepEqual([error?.code, error?.sent], ["tls", false]);
    assert.match(error?.message ?? "", /^wrong version number.*http:\/\//);
  }
  await new Promise((resolve) => server.close(resolve));
});

test("garbage within a session is TLS's trouble, not a reset", async () => {
  const server = createNetServer((below) => {
    below.on("close", () => server.close());
    const socket = new TLSSocket(below, { isServer: true, secureContext: createSecureContext(shop) });
    socket.on("error", () => undefined);
    below.on("error", () => undefined);
    socket.once("data", () => {
      const answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi";
      socket.write(answer, () => below.write(Buffer.from([23, 3, 3, 0, 32, ...Array(32).fill(7)])));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { user } = userOn(`https://127.0.0.1:${port}`, {
    client: { tls: { ca: authority.cert, serverName: "shop.test" } },
  });
  const { error } = await user.http.get("/");
  assert.deepEqual([error?.code, error?.sent], ["tls", true]);
  await once(server, "close");
});

test("the subject of the client's certificate reaches the server", async () => {
  const { cert: ca } = authority;
  await using server = await secured({ ...shop, ca, requestCert: true });
  const { cert: certificate, key } = await authority.issue("tester");
  const user = server.user({ ca, serverName: "shop.test", certificate, key });
  assert.deepEqual((await user.http.get("/")).json(), { version: "1.1", client: "tester" });
});

test("ALPN decides: HTTP/2 where both speak it, an error that says so where the server does not", async () => {
  const tls = { ca: authority.cert, serverName: "shop.test" };
  await using both = await secured(shop, true);
  const user = both.user(tls);
  assert.equal((await user.http2.get("/")).json<{ version: string }>().version, "2.0");
  assert.equal((await user.http.get("/")).json<{ version: string }>().version, "1.1");
  await using old = await secured(shop);
  const { error } = await old.user(tls).http2.get("/");
  assert.deepEqual([error?.code, error?.sent], ["tls", false]);
  assert.match(error?.message ?? "", /HTTP\/2|no.application.protocol/i);
});
