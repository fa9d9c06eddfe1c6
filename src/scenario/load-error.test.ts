/** Scripts that do not load: the place that is wrong, and what to write instead. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { GamedayError } from "../std/errors.ts";
import { inTime } from "./load-error.ts";
import { loadScenario } from "./module.ts";

const FILES = {
  "lib/ok.ts": "export const a = 1;\nexport type T = number;\n",
  "lib/wrong.js": "export const a = 1;\n\n  const b = = 3;\n",
  "lib/data.json": '{ "a": 1 }',
  "lib/bad.json": '{\n "a": 1,\n}',
  "node_modules/old/package.json": '{ "main": "i.js" }',
  "node_modules/old/i.js": 'exports["a" + "b"] = 1;',
  "node_modules/broken/package.json": '{ "main": "i.js" }',
  "node_modules/broken/i.js": '\nthrow new Error("at its start");',
};

/** The text of a script, the place at which the error is reported, and the rest of the report. */
const WRONG: readonly (readonly [text: string, at: string, says: RegExp])[] = [
  ["import http from 'k6/http';", "script.ts:1:18", /package 'k6'.*\n.*user\.http\.get/],
  ["import x from 'no-such-package';", "script.ts:1:15", /\n.*npm install no-such-package in /],
  ["import x from '@no/such/part';", "script.ts:1:15", /\n.*npm install @no\/such in /],
  ["import { a } from './lib/ok';", "script.ts:1:19", /\n.*"\.\/lib\/ok\.ts"/],
  ["import { a } from './lib/ok.js';", "script.ts:1:19", /\n.*"\.\/lib\/ok\.ts"/],
  ["import { a } from './lib/none.ts';", "script.ts:1:19", /\n.*no such file/],
  ["import { a } from '@/lib/ok.ts';", "script.ts:1:19", /\n.*aliases/],
  ["import { a, T } from './lib/ok.ts';", "script.ts:1:13", /named 'T'.*\n.*import \{ type Name \}/],
  ["import { scenaro } from 'gameday';", "script.ts:1:10", /\n.*did you mean "scenario"/],
  ["import { a } from './lib/wrong.js';", "lib/wrong.js:3:13", /Unexpected token '='/],
  ["let x = 1; let x = 2;", "script.ts:1:16", /already been declared/],
  ["function d(_c: unknown) {} @d class A {}", "script.ts:1:28", /\n.*decorator/],
  ["import j from './lib/data.json';", "script.ts:1:15", /\n.*with \{ type: "json" \}/],
  ["import j from './lib/bad.json' with { type: 'json' };", "lib/bad.json:3:1", /JSON/],
  ["import { ab } from 'old';", "script.ts:1:10", /CommonJS/],
  ["import 'broken';", "node_modules/broken/i.js:2:7", /at its start/],
  ["throw { why: 'because' };", "script.ts", /got \{"why":"because"\}/],
  ["const f = require('fs');", "script.ts:1:11", /\n.*ES modules/],
];

for (const [text, at, says] of WRONG) {
  test(`a script that begins "${text}"`, async () => {
    const error = await wrongIn("script.ts", `${text}\nexport default { name: "x", async run() {} };\n`);
    assert.match(error, says);
    assert.equal(error.slice(0, error.indexOf(": expected")), at, error);
  });
}

test("for other tools' scripts the message shows what to write instead", async () => {
  assert.match(await wrongIn("k6.js", "export default function () {}\n"), /k6\.js: .*a function.*\n.*scenario\(/);
  assert.match(await wrongIn("k6.js", "export const options = {};\n"), /only options.*\n.*user\.http\.get/);
  assert.match(await wrongIn("locustfile.py", "class U(HttpUser): pass\n"), /got Python.*\n.*user\.http\.get/);
  assert.match(await wrongIn("script.ts", ""), /got no export at all/);
  assert.match(await wrongIn("view.tsx", ""), /view\.tsx: .*\n.*JSX is not compiled/);
});

/** Returns what is reported about a script with this name and text, without the folder. */
async function wrongIn(name: string, text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "gameday-script-"));
  try {
    for (const [file, content] of Object.entries({ ...FILES, [name]: text })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    await loadScenario(join(folder, name));
  } catch (thrown) {
    assert.ok(thrown instanceof GamedayError, String(thrown));
    return thrown.describe().replaceAll(`${folder}/`, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
  return assert.fail("it loads");
}

test("a script that never finishes loading is reported, and one that does is not delayed", async () => {
  await assert.rejects(inTime(new Promise(() => undefined), "sale.ts", 5), /got no end of loading within 0\.005 s/);
  assert.equal(await inTime(Promise.resolve(7), "sale.ts", 60_000), 7);
});
