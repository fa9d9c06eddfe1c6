/** Tests of a network path to the server that goes silent, as in a partition, and comes back. */
import assert from "node:assert/strict";
import { createServer, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { userOn } from "../../user/user.fixture.ts";

async function portOf(server: Pick<Server, "listen" | "address">): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Starts an HTTP/2 server, a user, and a proxy between them that drops what is sent on connections made before `silence`. */
async function rigOf(answer: (stream: ServerHttp2Stream, path: string) => void, timeoutMs: number) {
  const server = createServer();
  server.on("session", (session) => session.on("error", () => undefined));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    answer(stream, String(headers[":path"]));
  });
  const port = await portOf(server);
  const sockets: Socket[] = [];
  let ways = 0;
  let partitions = 0;
  const proxy = createNetServer((near) => {
    ways++;
    const open = partitions;
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.push(from);
      from.on("error", () => undefined);
      from.on("data", (data) => open === partitions && to.write(data));
    }
  });
  const rig = userOn(`http://127.0.0.1:${await portOf(proxy)}`, { timeoutMs });
  return {
    ...rig,
    http2: rig.user.http2,
    ways: () => ways,
    silence: () => partitions++,
    [Symbol.asyncDispose]: async () => {
      rig.user.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function ok(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200 });
  stream.end("ok");
}

test("after a timeout in which nothing came at all, the next call takes a new connection", async () => {
  await using rig = await rigOf(ok, 300);
  assert.equal((await rig.http2.post("/before")).text(), "ok");
  rig.silence();
  const lost = await rig.http2.post("/lost");
  assert.deepEqual([lost.error?.code, lost.error?.sent], ["timeout", true]);
  const after = await rig.http2.post("/after");
  assert.deepEqual([after.error, after.text(), rig.ways()], [null, "ok", 2]);
});

test("other calls of such a connection fail as closed, and a GET among them is repeated", async () => {
  await using rig = await rigOf(ok, 5_000);
  await rig.http2.get("/before");
  rig.silence();
  const [lost, write, read] = await Promise.all([
    rig.http2.post("/lost", { timeout: "100ms" }),
    rig.http2.post("/write"),
    rig.http2.get("/read"),
  ]);
  assert.equal(lost.error?.code, "timeout");
  assert.deepEqual([write.error?.code, write.error?.sent], ["closed", true]);
  assert.match(write.error?.message ?? "", /nothing came from the server/);
  assert.deepEqual([read.error, read.text(), rig.ways()], [null, "ok", 2]);
});

test("a connection on which others are answered meanwhile is kept", async () => {
  await using rig = await rigOf((stream, path) => {
    if (path !== "/silent") ok(stream);
  }, 5_000);
  await rig.http2.get("/before");
  const silent = rig.http2.post("/silent", { timeout: "150ms" });
  assert.equal((await rig.http2.get("/meanwhile")).text(), "ok");
  assert.equal((await silent).error?.code, "timeout");
  assert.equal((await rig.http2.get("/after")).text(), "ok");
  assert.equal(rig.ways(), 1);
});

test("an answer that came in one read takes no time to receive", async () => {
  await using rig = await rigOf((stream, path) => {
    if (path === "/one") return ok(stream);
    stream.respond({ ":status": 503 });
    stream.write("first", () => setTimeout(() => stream.end("last"), 20));
  }, 5_000);
  for (let call = 0; call < 3; call++) await rig.http2.get("/one");
  assert.equal(rig.counted()["http_req_receiving{scenario:s}"], undefined);
  assert.equal((await rig.http2.get("/two")).text(), "firstlast");
  assert.deepEqual(rig.counted()["http_req_receiving{scenario:s}"], [1, 0]);
});
