import assert from "node:assert/strict";
import { test } from "node:test";
import { rigOf } from "./session.fixture.ts";

/** Returns the text that a script reads from a body which was sent with that Content-Type. */
async function readAs(type: string | null, bytes: Buffer): Promise<string> {
  await using rig = await rigOf((_request, response) => {
    if (type !== null) response.setHeader("content-type", type);
    response.end(bytes);
  });
  return (await rig.session().get("/")).text();
}

const LATIN1 = Buffer.from("Zoë", "latin1");
const UTF16 = Buffer.from("Zoë", "utf16le");

test("text is read in the charset of the Content-Type", async () => {
  assert.equal(await readAs("text/plain; charset=iso-8859-1", LATIN1), "Zoë");
  assert.equal(await readAs('Text/Plain; format=flowed; Charset="Windows-1252"', Buffer.from([0x80])), "€");
  assert.equal(await readAs("text/html;charset=utf-16", UTF16), "Zoë");
  assert.equal(await readAs("text/html; charset=utf-16be", Buffer.from(UTF16).swap16()), "Zoë");
  assert.equal(await readAs("text/plain; charset=koi8-r", Buffer.from([0xe4])), "Д");
  assert.equal(await readAs("text/plain; charset=UTF8", Buffer.from("Zoë")), "Zoë");
  assert.equal(await readAs("text/plain; charset=klingon", Buffer.from("Zoë")), "Zoë", "an unknown one is none");
  assert.equal(await readAs("text/plain", Buffer.from("Zoë")), "Zoë");
  assert.equal(await readAs(null, Buffer.from("Zoë")), "Zoë");
});

test("a byte order mark counts before the Content-Type, and is not part of the text", async () => {
  const mark = (...bytes: number[]) => Buffer.from(bytes);
  assert.equal(
    await readAs("text/plain; charset=latin1", Buffer.concat([mark(0xef, 0xbb, 0xbf), Buffer.from("Zoë")])),
    "Zoë",
  );
  assert.equal(await readAs("text/plain", Buffer.concat([mark(0xff, 0xfe), UTF16])), "Zoë");
  assert.equal(await readAs("text/plain", Buffer.concat([mark(0xfe, 0xff), Buffer.from(UTF16).swap16()])), "Zoë");
  assert.equal(await readAs("text/plain", mark(0xef, 0xbb, 0xbf)), "");
  assert.equal(await readAs("text/plain", mark(0xef)), "\ufffd");
});

test("JSON is UTF-8 with or without a mark, and what else a server says when it is not", async () => {
  const json = async (type: string, bytes: Buffer) => {
    await using rig = await rigOf((_request, response) => response.setHeader("content-type", type).end(bytes));
    return (await rig.session().get("/")).json();
  };
  const name = '{"name":"Zoë"}';
  const sound = { name: "Zoë" };
  assert.deepEqual(await json("application/json", Buffer.from(name)), sound);
  assert.deepEqual(await json("application/json", Buffer.from(`\ufeff${name}`)), sound);
  assert.deepEqual(await json("application/json; charset=utf-16le", Buffer.from(name, "utf16le")), sound);
  assert.deepEqual(await json("application/json", Buffer.from(`\ufeff${name}`, "utf16le")), sound);
  assert.deepEqual(await json("application/json; charset=iso-8859-1", Buffer.from(name, "latin1")), sound);
  assert.deepEqual(await json("application/json; charset=iso-8859-1", Buffer.from(name)), sound, "wrongly declared");
  await assert.rejects(json("application/json", Buffer.from("\ufeff")), { code: "reply-not-json" });
});
