import assert from "node:assert/strict";
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type UserOptions, userOn } from "../../user/user.fixture.ts";

type Headers = Record<string, string | string[] | number | undefined>;
type Answer = (stream: ServerHttp2Stream, headers: Headers, body: string) => void;

async function listening(server: Server | Http2Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts a server that speaks HTTP/2 by prior knowledge, and creates a user of it. */
async function rigOf(answer: Answer, options: UserOptions = {}) {
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    let body = "";
    stream.on("data", (data: Buffer) => {
      body += data.toString();
    });
    stream.on("end", () => answer(stream, headers as Headers, body));
  });
  const baseUrl = await listening(server);
  const rig = userOn(baseUrl, options);
  return {
    ...rig,
    sessions,
    [Symbol.asyncDispose]: async () => {
      rig.user.abort();
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("the same calls over HTTP/2: bodies, cookies shared with http, redirects, names, run id", async () => {
  await using rig = await rigOf((stream, headers, body) => {
    if (headers[":path"] === "/in") {
      stream.respond({ ":status": 303, location: "/x", "set-cookie": ["sid=1; Path=/"] });
      return stream.end();
    }
    stream.respond({ ":status": 200, "content-type": "application/json" });
    stream.end(JSON.stringify({ headers, body }));
  });
  const { http2 } = rig.user;
  const reply = await http2.post("/in", { json: { name: "Zoë" }, name: "in" });
  assert.equal(reply.status, 200);
  const echo = reply.json<{ headers: Record<string, string> }>();
  assert.deepEqual([echo.headers[":method"], echo.headers["cookie"]], ["GET", "sid=1"]);
  assert.equal(echo.headers["x-gameday-run"], "r1");
  assert.equal(reply.headers.get("content-type"), "application/json");
  assert.equal(rig.user.session.jar.line({ host: "127.0.0.1" } as never, "/"), "Cookie: sid=1\r\n");
  const posted = await http2.post("/y", { json: { name: "Zoë" }, headers: { Connection: "close" } });
  const { headers, body } = posted.json<{ headers: Record<string, string>; body: string }>();
  assert.deepEqual(
    [JSON.parse(body), headers["content-type"], headers["connection"]],
    [{ name: "Zoë" }, "application/json", undefined],
  );
  const counted = rig.counted();
  assert.deepEqual(counted["http_req_duration{name:in,scenario:s}"], [2, 0], "the redirect and what it led to");
  assert.deepEqual(counted["http_req_connecting{scenario:s}"], [1, 0]);
  assert.deepEqual(counted["http_req_waiting{scenario:s}"], [3, 0]);
});

test("the authority is the address's, or the virtual host that a header names", async () => {
  await using rig = await rigOf((stream, headers) => {
    stream.respond({ ":status": 200, "set-cookie": ["sid=1; Path=/"] });
    stream.end(JSON.stringify([headers[":authority"], headers["host"] ?? null, headers["cookie"] ?? null]));
  });
  const { http2 } = rig.user;
  assert.match((await http2.get("/")).text(), /^\["127\.0\.0\.1:\d+",null,null\]$/);
  const headers = { Host: "shop.test" };
  assert.deepEqual((await http2.get("/", { headers })).json(), ["shop.test", null, null]);
  assert.deepEqual((await http2.get("/", { headers })).json(), ["shop.test", null, "sid=1"]);
});

test("calls that overlap are streams of one connection", async () => {
  await using rig = await rigOf((stream, headers) => {
    stream.respond({ ":status": 200 });
    setImmediate(() => stream.end(String(headers[":path"])));
  });
  const paths = Array.from({ length: 50 }, (_, index) => `/n${index}`);
  const replies = await Promise.all(paths.map((path) => rig.user.http2.get(path)));
  assert.deepEqual(
    replies.map((reply) => reply.text()),
    paths,
  );
  assert.equal(rig.sessions.length, 1);
});

test("a 401 logs in once and repeats; gzip is decoded; HEAD and 204 have no body", async () => {
  let logins = 0;
  await using rig = await rigOf(
    (stream, headers) => {
      if (headers[":path"] === "/login") {
        logins++;
        stream.respond({ ":status": 204, "set-cookie": "sid=new; Path=/" }, { endStream: true });
      } else if (headers["cookie"] !== "sid=new") stream.respond({ ":status": 401 }, { endStream: true });
      else if (headers[":method"] === "HEAD") stream.respond({ ":status": 200 }, { endStream: true });
      else {
        stream.respond({ ":status": 200, "content-encoding": "gzip" });
        stream.end(gzipSync("hello"));
      }
    },
    { definition: { login: async (user) => void (await user.http2.post("/login")) } },
  );
  assert.equal((await rig.user.http2.get("/x")).text(), "hello");
  const head = await rig.user.http2.request("HEAD", "/x");
  assert.deepEqual([head.status, head.text(), logins], [200, "", 1]);
});

test("GOAWAY, RST_STREAM and silence are errors of their kind, and the next call finds a new connection", async () => {
  await using rig = await rigOf(
    (stream, headers) => {
      const path = headers[":path"];
      if (path === "/goaway") stream.session?.goaway(11);
      else if (path === "/reset") stream.close(2);
      else if (path === "/refused") stream.close(7);
      else if (path === "/destroy") stream.session?.destroy();
      else if (path === "/half") {
        stream.respond({ ":status": 200 });
        stream.write("half", () => stream.destroy(new Error("broken")));
      } else if (path !== "/silent") stream.respond({ ":status": 200 }, { endStream: true });
    },
    { timeoutMs: 500 },
  );
  const { http2 } = rig.user;
  const kinds: [string, string][] = [
    ["/goaway", "goaway"],
    ["/reset", "stream-reset"],
    ["/refused", "stream-reset"],
    ["/half", "stream-reset"],
    ["/silent", "timeout"],
    ["/destroy", "goaway"],
  ];
  for (const [path, code] of kinds) {
    const reply = await http2.post(path);
    assert.deepEqual([path, reply.error?.code, reply.error?.sent], [path, code, true], reply.error?.message);
    assert.equal((await http2.get("/fine")).status, 200, `after ${path}`);
  }
  const failed =
    rig.counted()["http_req_duration{error:stream-reset,expected_response:false,name:POST /reset,scenario:s}"];
  assert.deepEqual(failed, [1, 1]);
});

test("a body that is too large, or discarded, is counted and not kept", async () => {
  await using rig = await rigOf(
    (stream) => {
      stream.respond({ ":status": 200 });
      stream.end(Buffer.alloc(5_000));
    },
    { client: { bodyBytesMax: 1_000 } },
  );
  for (const options of [{}, { discardBody: true }]) {
    const reply = await rig.user.http2.get("/big", options);
    assert.deepEqual([reply.error, reply.ok], [null, true]);
    assert.throws(() => reply.bytes(), { code: "body-not-kept" });
  }
});

test("a graceful GOAWAY lets what runs come to its end", async () => {
  await using rig = await rigOf((stream) => {
    stream.session?.close();
    setTimeout(() => {
      stream.respond({ ":status": 200 });
      stream.end("late");
    }, 30);
  });
  assert.equal((await rig.user.http2.get("/x")).text(), "late");
  assert.equal((await rig.user.http2.get("/x")).text(), "late");
  assert.equal(rig.sessions.length, 2);
});

/** Starts a server that does not speak HTTP/2: it answers each connection with raw bytes. */
async function answering(bytes: string | Buffer, end: boolean) {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => (end ? socket.end(bytes) : socket.write(bytes)));
  });
  const baseUrl = await listening(server);
  const { user } = userOn(baseUrl, { timeoutMs: 1_000 });
  return {
    user,
    [Symbol.asyncDispose]: async () => {
      user.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

test("what is not HTTP/2 is an error, never a crash", async () => {
  const cases: [string | Buffer, boolean, RegExp][] = [
    ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", false, /malformed/],
    ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", true, /malformed|closed|reset/],
    [Buffer.alloc(200, 0xff), false, /malformed/],
    [Buffer.alloc(0), true, /closed|reset/],
    [SETTINGS, true, /closed|reset/],
    [SETTINGS, false, /timeout/],
    // These are DATA on stream 0, a HEADERS frame of garbage, and a frame that is larger than allowed.
    [Buffer.concat([SETTINGS, Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 0, 65])]), false, /malformed|goaway|closed/],
    [
      Buffer.concat([SETTINGS, Buffer.from([0, 0, 2, 1, 4, 0, 0, 0, 1, 0xff, 0xff])]),
      false,
      /malformed|goaway|closed|stream-reset/,
    ],
    [Buffer.concat([SETTINGS, Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1])]), false, /malformed|goaway|closed/],
  ];
  for (const [index, [bytes, end, kind]] of cases.entries()) {
    await using rig = await answering(bytes, end);
    const reply = await rig.user.http2.post("/x");
    assert.match(reply.error?.code ?? "none", kind, `case ${index}: ${reply.error?.message}`);
  }
});

test("a refused connection is proven unsent; closing fails what is in flight as aborted", async () => {
  const refused = await userOn("http://127.0.0.1:1").user.http2.get("/");
  assert.deepEqual([refused.error?.code, refused.error?.sent], ["refused", false]);
  const asked = Promise.withResolvers<void>();
  await using rig = await rigOf(() => asked.resolve());
  const hanging = rig.user.http2.get("/x");
  await asked.promise;
  rig.user.abort();
  assert.equal((await hanging).error?.code, "aborted");
  await assert.rejects(rig.user.http2.get("/x"), { name: "UserStopped" });
});

test("a load may speak HTTP/2 altogether", async () => {
  await using rig = await rigOf((stream) => stream.respond({ ":status": 200 }, { endStream: true }), {
    client: { http2: true },
  });
  assert.equal((await rig.user.http.get("/x")).status, 200);
});

function frame(type: number, flags: number, id: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0, body.length, type, flags, 0, 0, 0, id]), body]);
}

test("a post that is refused before it was read is answered, although the server never takes the rest", async () => {
  const refusal = (id: number) =>
    Buffer.concat([frame(1, 4, id, Buffer.from([0x8c])), frame(0, 1, id, Buffer.from("too big"))]); // ":status: 400"
  const server = createNetServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(Buffer.concat([frame(4, 0, 0, Buffer.alloc(0)), frame(4, 1, 0, Buffer.alloc(0))]));
    let taken = 0;
    socket.on("data", (data) => {
      // By then the head of stream 1 and part of its body have arrived; the client never learns that there is room for more.
      if (taken < 30_000 && taken + data.length >= 30_000) socket.write(refusal(1));
      taken += data.length;
    });
  });
  const { user } = userOn(await listening(server), { timeoutMs: 5_000 });
  const reply = await user.http2.post("/x", { body: new Uint8Array(5 << 20) });
  assert.deepEqual([reply.error, reply.status, reply.text()], [null, 400, "too big"]);
  user.abort();
  await new Promise((resolve) => server.close(resolve));
});
