import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { certificateAuthority } from "../../load/http/certificates.fixture.ts";
import { freePort } from "../../std/free-port.fixture.ts";
import { look } from "./member.ts";

const signal = new AbortController().signal;
const NO_LABELS = { role: "part", labels: {} };

const seenOf = async (part: { url?: string; health?: string }, withinMs = 3_000) =>
  (await look({ name: "part", ...NO_LABELS, ...part }, signal, withinMs)).seen;

async function listen(context: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that responds to all that it receives with `answer`; null closes the connection, undefined stays silent. */
function speaker(answer: (heard: string) => string | Buffer | null | undefined): Server {
  return createServer((socket) =>
    socket.on("data", (heard) => {
      const said = answer(heard.toString("latin1"));
      if (said === null) socket.destroy();
      else if (said !== undefined) socket.write(said);
    }),
  );
}

/** Answers each command of the Redis client separately; the client sends several at once. */
function redisServer(answer: (command: string) => string): Server {
  return speaker((heard) => {
    const commands = heard.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g);
    return [...commands].map(([, command = ""]) => answer(command.toUpperCase())).join("");
  });
}

const web = (status: number, headers: Record<string, string> = {}) =>
  createHttpServer((_request, response) => response.writeHead(status, headers).end("page"));

test("a port at which nothing listens is named, for every kind of member", async () => {
  const port = await freePort();
  const refused = new RegExp(`^connection refused: nothing listens at .*127.0.0.1:${port}`);
  for (const scheme of ["redis", "postgres"])
    assert.match(await seenOf({ url: `${scheme}://app:secret@127.0.0.1:${port}/1` }), refused);
  assert.match(await seenOf({ health: `http://127.0.0.1:${port}/` }), refused);
  // This name may have two addresses, and the error for both has no message at all.
  assert.match(await seenOf({ health: `http://localhost:${port}/` }), /^connection refused: nothing listens at/);
  assert.match(await seenOf({ health: "http://127.0.0.1:9/" }), /^connection refused: nothing listens at 127.0.0.1:9/);
});

test("a name that does not resolve is named", async () => {
  for (const part of [
    { url: "redis://store.invalid:1" },
    { url: "postgres://app@store.invalid:1/x" },
    { health: "https://store.invalid/" },
  ])
    assert.match(await seenOf(part), /"store\.invalid(:\d+)?" does not resolve/);
});

test("a status is shown with its name, and a redirect with its target", async (context) => {
  const port = (status: number, headers?: Record<string, string>) => listen(context, web(status, headers));
  assert.equal(await seenOf({ health: `http://127.0.0.1:${await port(503)}/` }), "status 503 Service Unavailable");
  assert.equal(
    await seenOf({ health: `http://127.0.0.1:${await port(302, { location: "/login" })}/` }),
    "status 302 Found, which leads to /login",
  );
  assert.equal(await seenOf({ health: `http://127.0.0.1:${await port(204)}/` }), "status 204 No Content");
});

test("an untrusted certificate, and TLS towards a server without it, are explained", async (context) => {
  using authority = await certificateAuthority();
  const mine = await authority.issue("localhost");
  const secure = await listen(
    context,
    createHttpsServer(mine, (_request, response) => response.end()),
  );
  assert.match(await seenOf({ health: `https://localhost:${secure}/` }), /certificate/);
  const plain = await listen(context, web(200));
  assert.match(await seenOf({ health: `https://127.0.0.1:${plain}/` }), /does not speak TLS/);
  assert.match(await seenOf({ health: `http://127.0.0.1:${secure}/` }), /closed|reset|does not speak HTTP/);
});

test("Redis: a wrong password, a missing one, another protocol, a refused connection and silence are explained", async (context) => {
  const at = async (server: Server) => `redis://app:guess@127.0.0.1:${await listen(context, server)}`;
  const redis = (answer: Parameters<typeof speaker>[0]) => at(speaker(answer));
  const none = "-NOAUTH Authentication required.\r\n";
  const wrong = (command: string) =>
    /AUTH|HELLO/.test(command) ? "-WRONGPASS invalid username-password pair\r\n" : none;
  assert.match(await seenOf({ url: await at(redisServer(wrong)) }), /WRONGPASS invalid username-password pair/);
  const url = (await at(redisServer(() => none))).replace("app:guess@", "");
  assert.match(await seenOf({ url }), /demands a password.*NOAUTH/);
  assert.match(await seenOf({ url: await redis(() => "HTTP/1.1 400 Bad Request\r\n") }), /does not speak Redis/);
  assert.match(await seenOf({ url: await redis(() => null) }), /closed the connection/);
  assert.equal(await seenOf({ url: await redis(() => undefined) }, 200), "no answer within 0.2 s");
});

test("a Sentinel is healthy and leads nothing", async (context) => {
  const server = redisServer((command) =>
    command === "ROLE" ? "*2\r\n$8\r\nsentinel\r\n*1\r\n$4\r\nshop\r\n" : "+OK\r\n",
  );
  const url = `redis://127.0.0.1:${await listen(context, server)}`;
  const state = await look({ name: "s1", role: "sentinel", labels: {}, url }, signal);
  assert.deepEqual([state.healthy, state.leader, state.is], [true, false, "sentinel"]);
});

test("PostgreSQL: the server's own message, another protocol and a refused connection are explained", async (context) => {
  const postgres = async (answer: Parameters<typeof speaker>[0]) =>
    `postgres://app:guess@127.0.0.1:${await listen(context, speaker(answer))}/shop`;
  const refusal = postgresError("28P01", 'password authentication failed for user "app"');
  assert.match(await seenOf({ url: await postgres(() => refusal) }), /password authentication failed for user "app"/);
  const page = `postgres://app:guess@127.0.0.1:${await listen(context, web(200))}/shop`;
  assert.match(await seenOf({ url: page }), /PostgreSQL's protocol|closed the connection/);
  assert.match(await seenOf({ url: await postgres(() => null) }), /closed the connection/);
});

function postgresError(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
