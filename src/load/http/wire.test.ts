/** Tests of what is sent to the server, byte by byte where it matters, and of what is never sent. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { userOn } from "../user/user.fixture.ts";

/** Starts a server that answers each request with `answer` and records the complete requests by connection. */
async function rigOf(answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") {
  const sockets: Socket[] = [];
  const got: string[][] = [];
  const server = createServer((socket) => {
    const requests: string[] = [];
    got.push(requests);
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      requests.push(bytes.toString("latin1"));
      socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const authority = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const { user } = userOn(`http://${authority}`);
  return {
    http: user.http,
    authority,
    got,
    [Symbol.asyncDispose]: async () => {
      user.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a request is a line, Host, headers once each, and a length where a body may be", async () => {
  await using rig = await rigOf();
  await rig.http.get("/a?b=c");
  await rig.http.post("/empty");
  await rig.http.put("/x", { body: "four", headers: { "X-A": "1" } });
  const host = `Host: ${rig.authority}\r\n`;
  assert.deepEqual(rig.got[0], [
    `GET /a?b=c HTTP/1.1\r\n${host}x-gameday-run: r1\r\n\r\n`,
    `POST /empty HTTP/1.1\r\n${host}x-gameday-run: r1\r\nContent-Length: 0\r\n\r\n`,
    `PUT /x HTTP/1.1\r\n${host}x-gameday-run: r1\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nfour`,
  ]);
});

test("framing is the engine's alone, and so is the wish for trailers", async () => {
  await using rig = await rigOf();
  const headers = { "Content-Length": "9", "Transfer-Encoding": "chunked", TE: "trailers" };
  await rig.http.post("/x", { body: "x", headers });
  rig.http.header("TE", "trailers");
  await rig.http.get("/x");
  for (const request of rig.got[0] ?? []) assert.doesNotMatch(request, /Content-Length: 9|chunked|^TE:/im);
});

test("a target is never empty, absolute or with blanks", async () => {
  await using rig = await rigOf();
  for (const path of ["", "?a=1", "/?a=1", "/a b", `http://${rig.authority}`, "/ü"]) await rig.http.get(path);
  assert.deepEqual(
    rig.got[0]?.map((request) => request.split(" HTTP/1.1")[0]),
    ["GET /", "GET /?a=1", "GET /?a=1", "GET /a%20b", "GET /", "GET /%C3%BC"],
  );
});

test("after a request that says close its connection carries no other, whatever the server says", async () => {
  await using rig = await rigOf();
  await rig.http.get("/1", { headers: { connection: "Close" } });
  await rig.http.get("/2");
  await rig.http.get("/3");
  rig.http.header("Connection", "keep-alive, close");
  await rig.http.get("/4");
  await rig.http.get("/5", { headers: { Connection: "keep-alive" } });
  await rig.http.get("/6");
  const paths = rig.got.map((requests) => requests.map((request) => request.split(" ")[1]));
  assert.deepEqual(paths, [["/1"], ["/2", "/3", "/4"], ["/5", "/6"]]);
});

test("chunks in HTTP/1.0 are read, and end their connection", async () => {
  await using rig = await rigOf(
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
  );
  for (let call = 0; call < 2; call++) assert.equal((await rig.http.get("/")).text(), "hi");
  assert.deepEqual(
    rig.got.map((requests) => requests.length),
    [1, 1],
  );
});

test("methods that are not a script's, and a wish to be asked to go on without a body, are refused", async () => {
  await using rig = await rigOf();
  for (const method of ["CONNECT", "TRACE"])
    await assert.rejects(rig.http.request(method, "/"), { code: "bad-method" });
  await assert.rejects(rig.http.post("/", { headers: { Expect: "100-continue" } }), { code: "header-expect" });
  assert.equal((await rig.http.post("/", { body: "x", headers: { Expect: "100-continue" } })).status, 200);
});

test("statuses that nobody knows are those of their class", async () => {
  for (const [status, ok] of [
    [299, true],
    [399, true],
    [499, false],
    [599, false],
    [799, false],
  ] as const) {
    await using rig = await rigOf(`HTTP/1.1 ${status} Odd\r\nContent-Length: 0\r\n\r\n`);
    const reply = await rig.http.get("/");
    assert.deepEqual([reply.status, reply.ok], [status, ok]);
  }
});

test("an answer that nobody asked for, on a connection that waits, is not the next one's", async () => {
  await using rig = await rigOf(
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmineHTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n",
  );
  for (let call = 0; call < 2; call++) assert.deepEqual((await rig.http.get("/")).text(), "mine");
  assert.equal(rig.got.length, 2);
});
