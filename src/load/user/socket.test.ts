import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createNetServer, type Socket } from "node:net";
import { test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { until } from "../../std/wait.ts";
import { userOn } from "./user.fixture.ts";

/** Never aborted: each wait has a deadline of its own, which begins with the wait and not with the load of this file. */
const { signal } = new AbortController();

async function rigOf(serve: (socket: WebSocket, request: IncomingMessage) => void, timeoutMs = 1_000) {
  const http = createServer((_request, response) => {
    response.setHeader("set-cookie", "sid=7; Path=/");
    response.end("ok");
  });
  const server = new WebSocketServer({ noServer: true });
  const sockets = new Set<Socket>();
  http.on("connection", (socket) => sockets.add(socket));
  http.on("upgrade", (request, socket, head) => {
    if (request.url === "/closed") return void socket.end("HTTP/1.1 503 Unavailable\r\nSet-Cookie: a=b\r\n\r\n");
    if (request.url === "/garbage") return void socket.end("what?\r\n\r\n");
    if (request.url === "/silent") return;
    server.handleUpgrade(request, socket, head, (ws) => serve(ws, request));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const rig = userOn(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { timeoutMs });
  return {
    ...rig,
    open: server.clients,
    [Symbol.asyncDispose]: async () => {
      rig.user.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

test("connect with the user's cookies, send, wait for the message that is meant, close; all counted", async () => {
  await using rig = await rigOf((ws, request) => {
    ws.send(JSON.stringify({ type: "hello", cookie: request.headers.cookie, run: request.headers["x-gameday-run"] }));
    ws.on("message", (data) => {
      ws.send("noise");
      ws.send(JSON.stringify({ type: "echo", of: JSON.parse(String(data)) }));
    });
  });
  await rig.user.http.get("/login");
  const socket = await rig.user.socket("/live?room=1");
  assert.deepEqual([socket.ok, socket.status, socket.error], [true, 101, null]);
  const hello = await socket.receive();
  assert.deepEqual(hello?.json(), { type: "hello", cookie: "sid=7", run: "r1" });
  socket.sendJson({ n: 1 });
  const echo = await socket.receive({ where: (message) => message.text().startsWith("{") });
  assert.deepEqual(echo?.json(), { type: "echo", of: { n: 1 } });
  await socket.close();
  assert.equal(await socket.receive(), null);
  const counted = rig.counted();
  const of = (metric: string) => counted[`${metric}{name:WS /live,scenario:s}`]?.[0];
  assert.deepEqual(["ws_connecting", "ws_msgs_sent", "ws_msgs_received", "ws_session_duration"].map(of), [1, 1, 3, 1]);
  assert.equal(
    Object.keys(counted).some((metric) => metric.startsWith("ws_errors")),
    false,
  );
});

test("a handshake that is refused, garbage, silence, and nobody there: errors of their kind", async () => {
  await using rig = await rigOf(() => undefined, 200);
  const kinds = async (path: string) => {
    const { ok, status, error } = await rig.user.socket(path);
    return [ok, status, error?.code];
  };
  assert.deepEqual(await kinds("/closed"), [false, 503, "refused"]);
  assert.deepEqual(await kinds("/garbage"), [false, 0, "malformed"]);
  assert.deepEqual(await kinds("/silent"), [false, 0, "connect-timeout"]);
  assert.deepEqual(await kinds("ws://127.0.0.1:1/"), [false, 0, "refused"]);
  assert.match(rig.user.session.jar.line({ host: "127.0.0.1" } as never, "/"), /a=b/);
  const errors = Object.keys(rig.counted()).filter((metric) => metric.startsWith("ws_errors"));
  assert.equal(errors.length, 4);
});

/** Starts a server that answers each handshake with raw text, or ends or resets the connection. */
async function rawServer(answer: (head: string, socket: Socket) => void) {
  const server = createNetServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => answer(data.toString("latin1"), socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const rig = userOn(`http://127.0.0.1:${port}`, { timeoutMs: 1_000 });
  return {
    ...rig,
    [Symbol.asyncDispose]: async () => {
      rig.user.abort();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function upgraded(head: string, more = ""): string {
  const key = /^sec-websocket-key: (.*)$/im.exec(head)?.[1]?.trim() ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`;
}

test("a server that breaks off or breaks the handshake did not refuse the connection", async () => {
  const ways: [code: string, answer: (head: string, socket: Socket) => void][] = [
    ["closed", (_head, socket) => socket.end()],
    ["closed", (_head, socket) => socket.end("HTTP/1.1 101 Yes\r\nUpg")],
    ["reset", (_head, socket) => socket.resetAndDestroy()],
    ["malformed", (head, socket) => socket.write(upgraded(head, "Sec-WebSocket-Protocol: v9\r\n"))],
    ["malformed", (head, socket) => socket.write(upgraded(head).replace("Upgrade: websocket\r\n", ""))],
  ];
  for (const [code, answer] of ways) {
    await using rig = await rawServer(answer);
    const { error } = await rig.user.socket("/x");
    assert.deepEqual([error?.code, error?.sent], [code, true], error?.message);
  }
});

test("the reason of a server that closed first counts, although the script closes too", async () => {
  await using rig = await rawServer((head, socket) => {
    socket.write(upgraded(head));
    socket.write(Buffer.from([0x88, 2, 0x03, 0xf3])); // close, 1011
  });
  const socket = await rig.user.socket("/x");
  await until(() => !socket.ok, { what: "the close of the server", deadlineMs: 5_000, signal });
  await socket.close();
  assert.equal(socket.error?.code, "closed");
  assert.match(socket.error?.message ?? "", /1011/);
});

test("no message in time is null and counted; a socket that the server breaks says how", async () => {
  await using rig = await rigOf((ws, request) => {
    if (request.url === "/broken") ws.close(1011, "no more");
  });
  const quiet = await rig.user.socket("/quiet");
  assert.equal(await quiet.receive({ timeout: "50ms" }), null);
  assert.equal(quiet.ok, true);
  const broken = await rig.user.socket("/broken");
  assert.equal(await broken.receive(), null);
  assert.deepEqual([broken.ok, broken.error?.code], [false, "closed"]);
  assert.match(broken.error?.message ?? "", /1011/);
  broken.send("into the void");
  const counted = rig.counted();
  assert.deepEqual(counted["ws_errors{kind:timeout,name:WS /quiet,scenario:s}"], [1, 0]);
  assert.deepEqual(counted["ws_errors{kind:closed,name:WS /broken,scenario:s}"], [2, 0]);
});

test("sockets end with their user, and one that waits gets null", async () => {
  await using rig = await rigOf(() => undefined);
  const socket = await rig.user.socket("/live");
  const waiting = socket.receive();
  rig.user.abort();
  assert.equal(await waiting, null);
  await until(() => rig.open.size === 0, { what: "the server to see the end", deadlineMs: 5_000, signal });
  await assert.rejects(rig.user.socket("/live"), { name: "UserStopped" });
});

test("an inbox that nobody empties keeps the newest, and a note says so", async () => {
  await using rig = await rigOf((ws) => {
    for (let number = 0; number < 1_500; number++) ws.send(String(number));
  });
  const socket = await rig.user.socket("/flood");
  await until(() => rig.notes.length > 0, { what: "the note", deadlineMs: 5_000, signal });
  const first = await socket.receive();
  assert.ok(Number(first?.text()) > 0);
});

test("headers without a value are left out, and a fragment is for the client alone", async () => {
  await using rig = await rigOf((ws, { url, headers }) => ws.send(JSON.stringify({ url, headers })));
  const headers = { "X-A": undefined, "X-B": null, "X-Gameday-Run": null, "X-C": "c" };
  for (const path of ["/x?a=1#frag", `${rig.world.session.base.origin.text.replace("http", "ws")}/x?a=1#frag`]) {
    const socket = await rig.user.socket(path, { headers });
    const seen = (await socket.receive())?.json<{ url: string; headers: Record<string, string> }>();
    assert.equal(seen?.url, "/x?a=1");
    assert.equal(seen?.headers["x-c"], "c");
    assert.deepEqual(
      ["x-a", "x-b", "x-gameday-run"].filter((name) => seen?.headers[name] !== undefined),
      [],
    );
  }
});

test("a server that reads nothing ends the socket before it fills memory; others go on", async () => {
  await using rig = await rigOf((ws, request) => {
    if (request.url === "/deaf") request.socket.pause();
    else ws.on("message", (data) => ws.send(String(data)));
  });
  const socket = await rig.user.socket("/deaf");
  const piece = "x".repeat(1 << 20);
  let sent = 0;
  for (; socket.ok && sent < 200; sent++) socket.send(piece);
  assert.ok(sent < 40, `${sent} MB`);
  assert.equal(socket.error?.code, "unread");
  assert.match(socket.error?.message ?? "", /does not read.*: \d+ bytes wait/);
  assert.equal(await socket.receive(), null);
  assert.deepEqual(rig.counted()["ws_errors{kind:unread,name:WS /deaf,scenario:s}"], [1, 0]);
  const other = await rig.user.socket("/live");
  other.send("on");
  assert.equal((await other.receive())?.text(), "on");
});
