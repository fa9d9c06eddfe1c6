import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { ChunkedBody, LengthBody, UntilCloseBody } from "./body.ts";
import { KeptBytes } from "./kept-bytes.ts";
import { networkWith } from "./network.ts";
import { rigOf } from "./session.fixture.ts";

const PIECE = Buffer.alloc(1 << 20, "a");

/** Sends that many MiB, as fast as they are read. */
function pour(response: ServerResponse, mebibytes: number): void {
  if (mebibytes === 0) return void response.end();
  if (response.write(PIECE)) setImmediate(() => pour(response, mebibytes - 1));
  else response.once("drain", () => pour(response, mebibytes - 1));
}

function received(rig: { registry: { take(): readonly { metric: string; sum?: number }[] } }): number {
  return rig.registry.take().find(({ metric }) => metric.startsWith("data_received"))?.sum ?? 0;
}

test("a download of any size is a success with all its bytes, in little memory", async () => {
  for (const framing of ["length", "chunks", "end"]) {
    await using rig = await rigOf((_request, response) => {
      if (framing === "length") response.setHeader("content-length", 100 << 20);
      if (framing === "end") response.useChunkedEncodingByDefault = false;
      response.shouldKeepAlive = framing !== "end";
      pour(response, 100);
    });
    const session = rig.session({ timeoutMs: 20_000 });
    const before = process.memoryUsage().arrayBuffers;
    const reply = await session.get("/installer.bin");
    const grownBytes = process.memoryUsage().arrayBuffers - before;
    assert.deepEqual([framing, reply.error, reply.ok, reply.status], [framing, null, true, 200]);
    assert.equal(received(rig), 100 << 20);
    assert.ok(grownBytes < 40 << 20, `${framing}: ${grownBytes} bytes more`);
    for (const read of [() => reply.text(), () => reply.json(), () => reply.bytes()])
      assert.throws(read, { code: "body-not-kept" });
    assert.equal((await session.get("/again", { discardBody: true })).ok, true, "the connection goes on");
  }
});

test("what a script discards is counted and not kept, small or large, and not decoded", async () => {
  const coded = gzipSync("x".repeat(5_000));
  await using rig = await rigOf((request, response) => {
    if (request.url === "/coded") response.setHeader("content-encoding", "gzip").end(coded);
    else response.end(request.url === "/empty" ? "" : "small");
  });
  const session = rig.session();
  const small = await session.get("/small", { discardBody: true });
  assert.deepEqual([small.ok, small.headers.get("content-length")], [true, "5"]);
  assert.throws(() => small.text(), { code: "body-not-kept" });
  assert.equal((await session.get("/coded", { discardBody: true })).ok, true);
  assert.equal((await session.get("/empty", { discardBody: true })).text(), "");
  assert.equal((await session.get("/small")).text(), "small");
  assert.equal(received(rig), 10 + coded.length);
  await assert.rejects(session.get("/small", { discardBody: "yes" as never }), { code: "bad-option" });
});

test("a small answer that decodes to too much is a success whose body is not kept", async () => {
  await using rig = await rigOf(
    (_request, response) => response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(1 << 20))),
    { bodyBytesMax: 100_000 },
  );
  const reply = await rig.session().get("/");
  assert.deepEqual([reply.error, reply.ok], [null, true]);
  assert.throws(() => reply.bytes(), { code: "body-not-kept" });
});

test("a limit of 0 keeps nothing", async () => {
  await using rig = await rigOf((_request, response) => response.end("x"), { bodyBytesMax: 0 });
  const reply = await rig.session().get("/");
  assert.equal(reply.ok, true);
  assert.throws(() => reply.text(), { code: "body-not-kept" });
});

test("bodies that are on their way share a bound: what comes beyond it is read and not kept", () => {
  const kept = new KeptBytes(1_000, 1_500);
  const [first, second, third] = [new LengthBody(900, kept), new ChunkedBody(kept), new UntilCloseBody(kept)];
  const bytes = Buffer.alloc(900, "x");
  first.feed(bytes, 0, 800);
  second.feed(Buffer.from(`320\r\n${"x".repeat(800)}\r\n0\r\n\r\n`), 0, 812);
  third.feed(bytes, 0, 750);
  first.feed(bytes, 0, 100);
  assert.deepEqual([first.whole, first.bytes()?.length], [true, 900]);
  assert.deepEqual([second.whole, second.size, second.bytes()], [true, 800, null]);
  assert.deepEqual([third.size, third.bytes()], [750, null]);
  for (const body of [first, second, third]) body.release();
  assert.equal(kept.take(0, 1_000) && kept.take(0, 500), true, "all of it was given back");
  const alone = new UntilCloseBody(kept);
  kept.release(1_500);
  alone.feed(bytes, 0, 900);
  assert.equal(alone.bytes()?.length, 900);
  alone.feed(bytes, 0, 101);
  assert.equal(alone.bytes(), null, "one body alone has a limit, too");
});

test("what a call took of that bound is given back, whether it ends well or badly", async () => {
  const kept = new KeptBytes(1_000, 1_000);
  await using rig = await rigOf((request, response) => {
    response.setHeader("content-length", 900);
    response.write("x".repeat(800), () =>
      request.url === "/cut" ? response.destroy() : response.end("x".repeat(100)),
    );
  });
  const session = rig.session({ network: networkWith({ kept }) });
  assert.notEqual((await session.get("/cut")).error, null);
  assert.equal((await session.get("/whole")).text().length, 900);
  assert.equal(kept.take(0, 1_000), true);
});

test("a part of a coded document cannot be decoded alone, and is no failure", async () => {
  await using rig = await rigOf((request, response) => {
    const isPart = request.headers.range !== undefined;
    response.statusCode = isPart ? 206 : 200;
    const coded = gzipSync("a whole document");
    response.setHeader("content-encoding", "gzip").end(isPart ? coded.subarray(4, 9) : coded);
  });
  const session = rig.session();
  const part = await session.get("/", { headers: { range: "bytes=4-8" } });
  assert.deepEqual([part.status, part.error, part.bytes().length], [206, null, 5]);
  assert.equal((await session.get("/")).text(), "a whole document");
});
