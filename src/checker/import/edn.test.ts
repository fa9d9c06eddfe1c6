import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { readEdn } from "./edn.ts";
import { jsonOf } from "./edn-json.ts";

function read(text: string): Json[] {
  return [...readEdn(text, "test.edn")].map(jsonOf);
}

function complaint(text: string): string {
  try {
    read(text);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown.describe();
    throw thrown;
  }
  return "none";
}

test("every kind of EDN value is parsed", () => {
  assert.deepEqual(read('nil true false 1 -2 1.5 3N "a\\n\\u0041" :k :a/b sym \\c'), [
    null,
    true,
    false,
    1,
    -2,
    1.5,
    3,
    "a\nA",
    ":k",
    ":a/b",
    "sym",
    "\\c",
  ]);
  assert.deepEqual(read('[1 (2 3)] #{3 1 2} {:a 1, "b" [2]}'), [[1, [2, 3]], [1, 2, 3], { ":a": 1, b: [2] }]);
});

test("commas, comments, discards, tags and shared namespaces are parsed", () => {
  assert.deepEqual(read("1,,2 ; three\n4 #_5 #_ [6 7] 8"), [1, 2, 4, 8]);
  assert.deepEqual(read('#inst "2024-01-01" #jepsen.history.Op{:a 1} #:x{:b 2}'), [
    "2024-01-01",
    { ":a": 1 },
    { ":b": 2 },
  ]);
  assert.deepEqual(read("; nothing but a comment"), []);
  assert.deepEqual(read('#inst "2024-01-01T00:00:00.000-00:00" {:at #inst "2024"} #"a\\d\\"b" 7'), [
    "2024-01-01T00:00:00.000-00:00",
    { ":at": "2024" },
    'a\\d\\"b',
    7,
  ]);
});

test("numbers that JSON would round, and ratios, stay text", () => {
  assert.deepEqual(read("9007199254740993 1/3 ##Inf"), ["9007199254740993", "1/3", "Inf"]);
  assert.deepEqual(read("9007199254740993N 0.1000000000000000055511151231257827M"), [
    "9007199254740993",
    "0.1000000000000000055511151231257827",
  ]);
  assert.deepEqual(read("0x7f8f9200e100 2.50M 1.0 1e3 +5 -0"), ["0x7f8f9200e100", 2.5, 1, 1000, 5, -0]);
});

test("a keyword and a string of the same name are different values", () => {
  assert.notDeepEqual(read(":x"), read('"x"'));
});

test("malformed EDN is an error with line and column", () => {
  assert.match(complaint("{:a 1\n :b [1 2}"), /^test.edn:2:9: expected a value, got "}"/);
  assert.match(complaint("[1\n 2"), /^test.edn:1:1: expected "]", got the end of the file/);
  assert.match(complaint('\n"abc'), /^test.edn:2:1: expected a closing "/);
  assert.match(complaint("{:a}"), /^test.edn:1:1: expected a map with a value for each key/);
  assert.match(complaint('"\\q"'), /escape/);
  assert.match(complaint("[".repeat(100_000)), /nested/);
});
