import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { rigOf } from "./session.fixture.ts";

function echo(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const types = request.rawHeaders.filter(
      (_, index) => request.rawHeaders[index - 1]?.toLowerCase() === "content-type",
    );
    response.end(JSON.stringify({ types, body: Buffer.concat(pieces).toString("latin1") }));
  });
}

interface Echo {
  readonly types: string[];
  readonly body: string;
}

const FORM = "application/x-www-form-urlencoded";

test("forms: lists are fields that are repeated, and numbers and booleans are what they say", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const form = { q: "a&b", size: ["s", "xl"], page: 2, exact: false, big: 10n, none: [], gone: undefined };
  const sent = (await session.post("/x", { form })).json<Echo>();
  assert.deepEqual(sent, { types: [FORM], body: "q=a%26b&size=s&size=xl&page=2&exact=false&big=10" });
});

test("URLSearchParams are a form, in form and in body", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const fields = new URLSearchParams([
    ["a", "1"],
    ["a", "2"],
    ["b", "ö"],
  ]);
  for (const options of [{ form: fields }, { body: fields }])
    assert.deepEqual((await session.post("/x", options)).json<Echo>(), { types: [FORM], body: "a=1&a=2&b=%C3%B6" });
});

test("what cannot be a field is refused at once, and named", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const wrong: [unknown, RegExp][] = [
    [{ nested: { a: 1 } }, /"nested" with an object/],
    [{ empty: null }, /"empty" with null/],
    [{ lists: [["a"]] }, /"lists" with a list in a list/],
    [{ nan: Number.NaN }, /"nan" with NaN/],
    [{ call: () => 1 }, /"call" with/],
    [{ file: new Blob(["x"]) }, /"file" with a file/],
    [{ mixed: ["a", undefined] }, /"mixed" with undefined/],
    [{ date: new Date(0) }, /"date" with an object/],
  ];
  for (const [form, says] of wrong)
    await assert.rejects(
      session.post("/x", { form: form as never }),
      (error: Error & { code: string; got: string }) => {
        assert.equal(error.code, "form-field");
        assert.match(error.got, says);
        return true;
      },
    );
  for (const form of [new Map([["a", "b"]]), "a=b", [["a", "b"]]])
    await assert.rejects(session.post("/x", { form: form as never }), { code: "bad-option" });
  assert.equal(rig.connections(), 0);
});

/** Returns the parts of a multipart body: the head and the content of each. */
function partsOf({ types, body }: Echo): [head: string, content: string][] {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(types.join())?.[1] ?? "?";
  const [before, ...parts] = `\r\n${body}`.split(`\r\n--${boundary}`);
  assert.deepEqual([before, parts.pop()?.trim()], ["", "--"]);
  return parts.map((part) => part.trimStart().split(/\r\n\r\n(.*)/s, 2) as [string, string]);
}

test("a FormData is sent as browsers do: a part for each field, files with name and type", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const form = new FormData();
  form.append("title", "two\nlines");
  form.append("size", "s");
  form.append("size", "xl");
  form.append('a"b', "quoted");
  form.append("photo", new Blob([new Uint8Array([0, 255, 13, 10])], { type: "image/png" }), 'my "photo"\n.png');
  form.append("plain", new File(["hi"], "ü.txt"));
  for (const options of [
    { body: form },
    { form },
    { body: form, headers: { "content-type": "multipart/form-data" } },
  ]) {
    const parts = partsOf((await session.post("/x", options)).json<Echo>());
    assert.deepEqual(parts, [
      ['Content-Disposition: form-data; name="title"', "two\r\nlines"],
      ['Content-Disposition: form-data; name="size"', "s"],
      ['Content-Disposition: form-data; name="size"', "xl"],
      ['Content-Disposition: form-data; name="a%22b"', "quoted"],
      [
        'Content-Disposition: form-data; name="photo"; filename="my %22photo%22%0A.png"\r\nContent-Type: image/png',
        "\0\xff\r\n",
      ],
      [
        'Content-Disposition: form-data; name="plain"; filename="\xc3\xbc.txt"\r\nContent-Type: application/octet-stream',
        "hi",
      ],
    ]);
  }
});

test("a Blob is sent as it is, with its type unless the script names one", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const body = new Blob(["a,b\n"], { type: "text/csv" });
  assert.deepEqual((await session.put("/x", { body })).json<Echo>(), { types: ["text/csv"], body: "a,b\n" });
  const own = await session.put("/x", { body, headers: { "Content-Type": "text/plain" } });
  assert.deepEqual(own.json<Echo>().types, ["text/plain"]);
  assert.deepEqual((await session.put("/x", { body: new Blob(["x"]) })).json<Echo>(), { types: [], body: "x" });
});

test("a content type that is for all calls is sent once, and does not make a form what it is not", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  session.header("Content-Type", "application/vnd.api+json");
  const form = new FormData();
  form.append("a", "1");
  assert.deepEqual((await session.post("/x", { json: {} })).json<Echo>().types, ["application/vnd.api+json"]);
  assert.deepEqual((await session.post("/x", { form: { a: "1" } })).json<Echo>(), { types: [FORM], body: "a=1" });
  assert.equal(partsOf((await session.post("/x", { body: form })).json<Echo>()).length, 1);
});

test("text is written in the charset that the script's own type names, or refused", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const sent = async (charset: string, body = "né") => {
    const headers = { "Content-Type": `text/plain; charset=${charset}` };
    return (await session.post("/x", { body, headers })).json<Echo>().body;
  };
  assert.equal(await sent("utf-8"), "n\xc3\xa9");
  assert.equal(await sent("ISO-8859-1"), "n\xe9");
  assert.equal(await sent('"utf-16le"'), "n\0\xe9\0");
  assert.equal(await sent("utf-16be"), "\0n\0\xe9");
  await assert.rejects(sent("us-ascii"), { code: "request-charset" });
  await assert.rejects(sent("iso-8859-1", "€"), { code: "request-charset" });
  await assert.rejects(sent("shift_jis"), { code: "request-charset" });
});

test("a library's own FormData, two bodies, and other strangers are refused", async () => {
  await using rig = await rigOf(echo);
  const session = rig.session();
  const stranger = { [Symbol.toStringTag]: "FormData" };
  await assert.rejects(session.post("/x", { body: stranger as never }), { code: "request-body" });
  await assert.rejects(session.post("/x", { body: new FormData(), json: {} }), { code: "request-bodies" });
  await assert.rejects(session.post("/x", { body: new FormData(), form: { a: "1" } }), { code: "request-bodies" });
  await assert.rejects(session.post("/x", { form: new Blob(["x"]) as never }), { code: "form-field" });
  await assert.rejects(session.post("/x", { body: 1 as never }), { code: "request-body" });
});
