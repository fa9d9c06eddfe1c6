/** A request that the server reports as not processed is always sent again (RFC 9113, section 8.7); any other write is not. */
import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { userOn } from "../../user/user.fixture.ts";

const [DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY] = [0, 1, 3, 4, 6, 7];
const REFUSED = 7;

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

const ok = (stream: number) => frame(HEADERS, 5, stream, Buffer.from([0x88])); // :status 200, and the end

/** What a server does with a request, the `count`-th of its connection. Connections are numbered from 0. */
type Deed = (write: (...frames: Buffer[]) => void, stream: number, count: number, connection: number) => void;

/** Starts a server and a user of it. `streamsMax` is the most concurrent streams that its SETTINGS allow. */
async function rigOf(deed: Deed, streamsMax = 100) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket) - 1;
    let bytes = Buffer.alloc(0);
    let [greeted, count] = [false, 0];
    socket.on("error", () => undefined);
    const setting = Buffer.alloc(6);
    setting.writeUInt16BE(3);
    setting.writeUInt32BE(streamsMax, 2);
    socket.write(frame(SETTINGS, 0, 0, setting));
    socket.on("data", (more) => {
      bytes = Buffer.concat([bytes, more]);
      if (!greeted && bytes.length >= 24) [greeted, bytes] = [true, bytes.subarray(24)];
      while (greeted && bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const [length, type, flags = 0, stream] = [bytes.readUIntBE(0, 3), bytes[3], bytes[4], bytes.readUInt32BE(5)];
        bytes = bytes.subarray(9 + length);
        if (type === SETTINGS && flags === 0) socket.write(frame(SETTINGS, 1, 0));
        if (type === PING && flags === 0) socket.write(frame(PING, 1, 0, Buffer.alloc(8)));
        if ((type === HEADERS || type === DATA) && (flags & 1) === 1)
          deed((...frames) => socket.write(Buffer.concat(frames)), stream, ++count, connection);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { user } = userOn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { timeoutMs: 3_000 });
  return {
    http2: user.http2,
    connections: () => sockets.length,
    [Symbol.asyncDispose]: async () => {
      user.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("calls above the last stream of a GOAWAY go to a new connection, writes too", async () => {
  let worked = 0;
  await using rig = await rigOf((write, stream, count) => {
    if (count > 2) return; // passed over: the server does not process it
    worked++;
    if (count === 2) write(frame(GOAWAY, 0, 0, numbers(stream, 0)));
    write(ok(stream));
  });
  const replies = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => rig.http2.post("/event", { json: { n } })));
  assert.deepEqual(
    replies.map(({ status, error }) => error?.message ?? status),
    Array(6).fill(200),
  );
  assert.equal(worked, 6);
  assert.ok(rig.connections() >= 3);
});

test("so do those above it when the GOAWAY names an error, and writes at or below it are not sent twice", async () => {
  const seen: string[] = [];
  await using rig = await rigOf((write, stream, count, connection) => {
    seen.push(`${connection}:${count}`);
    if (connection > 0) return write(ok(stream));
    if (count === 3) write(frame(GOAWAY, 0, 0, numbers(1, 2)));
  });
  const replies = await Promise.all(["/a", "/b", "/c"].map((path) => rig.http2.post(path)));
  assert.deepEqual(
    replies.map(({ status, error }) => error?.code ?? status),
    ["goaway", 200, 200],
  );
  assert.equal(replies[0]?.error?.sent, true);
  assert.deepEqual(seen, ["0:1", "0:2", "0:3", "1:1", "1:2"]);
});

test("calls that waited for their turn when the connection ended go to the next", async () => {
  await using rig = await rigOf((write, stream) => {
    write(frame(GOAWAY, 0, 0, numbers(stream, 0)), ok(stream));
  }, 1);
  const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => rig.http2.post("/event", { json: { n } })));
  assert.deepEqual(
    replies.map(({ status, error }) => error?.message ?? status),
    Array(8).fill(200),
  );
  assert.equal(rig.connections(), 8, "each connection worked on one");
});

test("a server that works on nothing at all is asked a few times, not for ever", async () => {
  await using rig = await rigOf((write) => write(frame(GOAWAY, 0, 0, numbers(0, 0))));
  const reply = await rig.http2.post("/x");
  assert.equal(reply.error?.code, "goaway");
  assert.equal(rig.connections(), 4);
});

test("REFUSED_STREAM is sent again, a few times", async () => {
  let asked = 0;
  await using rig = await rigOf((write, stream) => {
    asked++;
    write(asked === 1 || asked > 2 ? frame(RESET, 0, stream, numbers(REFUSED)) : ok(stream));
  });
  assert.equal((await rig.http2.post("/x", { body: "x" })).status, 200);
  assert.equal(asked, 2);
  const refused = await rig.http2.post("/x");
  assert.deepEqual([refused.error?.code, refused.error?.sent], ["stream-reset", true]);
  assert.equal(asked, 6, "once, and three times again");
});

test("a write whose answer had begun, or that ended for another reason, is never sent again", async () => {
  let asked = 0;
  await using rig = await rigOf((write, stream) => {
    asked++;
    if (asked === 1) write(frame(HEADERS, 4, stream, Buffer.from([0x88])), frame(RESET, 0, stream, numbers(REFUSED)));
    else write(frame(RESET, 0, stream, numbers(8)));
  });
  for (let call = 1; call <= 2; call++) {
    assert.equal((await rig.http2.post("/x")).error?.code, "stream-reset");
    assert.equal(asked, call);
  }
});
