import assert from "node:assert/strict";
import { test } from "node:test";
import { Head, scanHead } from "./head.ts";
import { ReplyHeaders } from "./reply.ts";

function headOf(text: string): Head {
  const head = new Head();
  const bytes = Buffer.from(text, "latin1");
  assert.equal(scanHead(bytes, 0, bytes.length, head), bytes.length, head.problem);
  return head;
}

test("a folded header is one value, for cookies too", () => {
  const text = "HTTP/1.1 200 OK\r\nX-A: one\r\n \t two\r\nSet-Cookie: a=b;\r\n Path=/\r\n\r\n";
  assert.deepEqual(headOf(text).cookies, [" a=b; Path=/"]);
  assert.equal(new ReplyHeaders(text).get("x-a"), "one two");
});

test("a connection is kept as its head says: close is not taken back", () => {
  const closes = (version: string, lines: string) => headOf(`HTTP/1.${version} 200 OK\r\n${lines}\r\n`).close;
  assert.deepEqual([closes("1", ""), closes("0", ""), closes("0", "Connection: keep-alive\r\n")], [false, true, false]);
  assert.equal(closes("1", "Connection: close, keep-alive\r\n"), true);
  assert.equal(closes("1", "Connection: CLOSE\r\nConnection: Keep-Alive\r\n"), true);
});

test("empty elements of a list are none", () => {
  assert.equal(headOf("HTTP/1.1 200 OK\r\nConnection: , close ,,\r\n\r\n").close, true);
  assert.equal(headOf("HTTP/1.1 200 OK\r\nConnection: ,\r\n\r\n").close, false);
  const coded = headOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: , gzip,, chunked,\r\n\r\n");
  assert.deepEqual([coded.chunked, coded.transferCodings], [true, "gzip"]);
});

test("what came instead of HTTP is told in words", () => {
  const problemOf = (bytes: Buffer) => {
    const head = new Head();
    assert.equal(scanHead(bytes, 0, bytes.length, head), -1);
    return head.problem;
  };
  assert.match(problemOf(Buffer.from("SSH-2.0-OpenSSH\r\n")), /SSH-2\.0-OpenSSH/);
  assert.match(problemOf(Buffer.from([21, 3, 3, 0, 2, 2, 40])), /TLS.*https:/);
});
