import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestBatch } from "../../load/count/request-batch.ts";
import { CSV_HEAD, csvOf, REQUEST_COLUMNS } from "./csv.ts";

const CONTEXT = { startedAtMs: 1_767_225_600_000, redact: null };
const TAGS = [{ name: "a, b", scenario: "sale", group: "outer::inner", release: "7", url: "http://a/x" }];

function batch(rows: readonly number[], change: Partial<RequestBatch> = {}): RequestBatch {
  const texts = ["GET", "http://a/x?q=1", "http-503", "interrupted"];
  return { worker: "w0", number: 1, lost: 0, texts, tags: TAGS, rows, ...change };
}

test("a line has a field for each column, and texts are quoted where they must be", () => {
  const line = csvOf(batch([1_500.25, 12.5, 11, 1, -1, 8, 0, 42, 200, 3, 0, 1, -1, 0]), CONTEXT);
  assert.equal(
    line,
    '1767225601.500,1500.25,"a, b",GET,http://a/x?q=1,200,,true,12.5,11,1,,8,0,42,sale,outer::inner,release=7,w0,3\n',
  );
  assert.equal(CSV_HEAD.split(",").length, REQUEST_COLUMNS.length);
  assert.equal(line.replace('"a, b"', "ab").split(",").length, REQUEST_COLUMNS.length);
});

test("a failure is not the expected response, and an interrupted request is neither", () => {
  const rows = [0, 1, 1, -1, -1, 1, 0, 9, 503, 0, 0, 1, 2, 0, 0, 1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 1, 3, 0];
  const [failed, cut] = csvOf(batch(rows), CONTEXT).trimEnd().split("\n");
  assert.match(failed ?? "", /,503,http-503,false,1,1,,,1,0,9,/);
  assert.match(cut ?? "", /,0,interrupted,,1,,,,,,0,/);
});

test("quotes and line ends stay within their field, and secrets are removed from texts, never from figures", () => {
  const redact = (text: string) => text.replaceAll("42", "[secret]");
  const texts = ["GET", 'http://a/"42"\r\n', "x"];
  const line = csvOf(batch([42, 42, 1, -1, -1, 1, 0, 42, 200, 42, 0, 1, -1, 0], { texts }), { ...CONTEXT, redact });
  assert.match(line, /^1767225600\.042,42,"a, b",GET,"http:\/\/a\/""\[secret\]""\r\n",200,,true,42,/);
  assert.match(line, /,42,sale,outer::inner,release=7,w0,42\n$/);
});

test("a batch whose indexes lead nowhere still gives lines", () => {
  const line = csvOf(batch([0, 1, 1, -1, -1, 1, 0, 9, 200, 0, 99, 98, 97, 96]), CONTEXT);
  assert.equal(line.trimEnd().split(",").length, REQUEST_COLUMNS.length);
});
