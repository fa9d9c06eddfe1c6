/**
 * Every nasty server, with its bytes sent at once, byte by byte and in random pieces: the right outcome, and a client that
 * continues to work.
 */
import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { MetricRegistry } from "../../src/load/count/metrics.ts";
import { Scope } from "../../src/load/count/scope.ts";
import { networkOf } from "../../src/load/http/network.ts";
import { Session, sessionSettings } from "../../src/load/http/session.ts";
import { NASTY_SERVERS, type NastyServer } from "./servers.ts";

const TIMEOUT_MS = 400;
const BODY_BYTES_MAX = 100_000;
/** Longer messages are cut into at most this many pieces, so that "byte by byte" stays quick. */
const PIECES_MAX = 400;

interface Script {
  readonly server: NastyServer;
  readonly pieces: readonly Buffer[];
}

let script: Script | undefined;
/** Resolves when the server has sent everything that it meant to send. */
let behaved: Promise<void> = Promise.resolve();
let server: Server;
let baseUrl = "";

before(async () => {
  server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => undefined); // The client drops connections that it does not trust.
    let asked = "";
    socket.on("data", (data) => {
      asked += data.toString("latin1");
      if (!asked.includes("\r\n\r\n")) return;
      const path = asked.split(" ", 2)[1];
      asked = "";
      if (path === "/nasty") behaved = behave(socket);
      else void send(socket, [Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});

after(() => server.close());

async function behave(socket: Socket): Promise<void> {
  if (script === undefined) return;
  await send(socket, script.pieces);
  if (script.server.atEnd === "ends") socket.end();
  if (script.server.atEnd === "resets") socket.resetAndDestroy();
}

async function send(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece);
    await nextTurn();
  }
}

function newSession(): Session {
  const settings = sessionSettings(baseUrl, networkOf({ bodyBytesMax: BODY_BYTES_MAX }), {}, { timeoutMs: TIMEOUT_MS });
  const scope = new Scope(new MetricRegistry(() => undefined), {}, false);
  return new Session(settings, { scope, takeDueMs: (nowMs) => nowMs, login: null, onLocalTrouble: assert.fail });
}

async function check(nasty: NastyServer, pieces: readonly Buffer[]): Promise<void> {
  script = { server: nasty, pieces };
  const session = newSession();
  try {
    const reply = await session.request(nasty.method ?? "GET", "/nasty");
    if ("error" in nasty.gives)
      assert.equal(reply.error?.code, nasty.gives.error, `status ${reply.status}: ${reply.error?.message}`);
    else if ("notKept" in nasty.gives) {
      assert.deepEqual([reply.error, reply.status], [null, 200]);
      assert.throws(() => reply.text(), { code: "body-not-kept" });
    } else assert.deepEqual([reply.error, reply.status, reply.text()], [null, nasty.gives.status, nasty.gives.body]);
    if (reply.error !== null) assert.equal(reply.error.sent, true, "a byte of the request has left");
    await behaved;
    // The client must see what the server sent beyond its answer before the next call; after that, it would look like an answer.
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    const next = await session.get("/good");
    assert.deepEqual([next.error, next.status, next.text()], [null, 200, "good"], "the next call must not suffer");
  } finally {
    session.close();
  }
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const ends = [...sorted, bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)).filter((piece) => piece.length > 0);
}

function byteByByte(bytes: Buffer): Buffer[] {
  const step = Math.ceil(bytes.length / PIECES_MAX);
  return cut(
    bytes,
    Array.from({ length: Math.ceil(bytes.length / Math.max(1, step)) }, (_, index) => index * step),
  );
}

for (const nasty of NASTY_SERVERS) {
  test(nasty.name, async () => {
    await check(nasty, [nasty.sends]);
    await check(nasty, byteByByte(nasty.sends));
    if (nasty.sends.length < 2) return;
    const slow = "error" in nasty.gives && nasty.gives.error === "timeout";
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), (places) =>
        check(nasty, cut(nasty.sends, places)),
      ),
      { numRuns: slow ? 2 : 12 },
    );
  });
}

test("there are at least sixty of them, all different", () => {
  assert.ok(NASTY_SERVERS.length >= 60);
  assert.equal(new Set(NASTY_SERVERS.map(({ name }) => name)).size, NASTY_SERVERS.length);
});
