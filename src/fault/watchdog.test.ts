/** Tests the watchdog as a process; what it does to a journal is tested in guard.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { exec } from "../std/exec.ts";
import { READY } from "./watchdog.ts";

/** A program that reports that it guards; when it is asked to end, it closes all its streams and takes its time. */
const SLOW = `
process.stdin.on("end", () => {
  for (const stream of [1, 2]) require("node:fs").closeSync(stream);
  setTimeout(() => process.exit(0), 300);
}).resume();
console.log(${JSON.stringify(READY)});
`;

const TOOL = `
import { startWatchdog } from ${JSON.stringify(pathToFileURL(`${import.meta.dirname}/watchdog.ts`).href)};
const argv = [process.execPath, "--eval", ${JSON.stringify(SLOW)}];
const watchdog = await startWatchdog({ argv, heard: () => undefined, signal: new AbortController().signal });
watchdog.assertAlive();
await watchdog[Symbol.asyncDispose]();
console.log("over");
`;

test("a tool that has nothing else to do still waits for its watchdog to end", async () => {
  const { stdout } = await exec([process.execPath, "--input-type=module", "--eval", TOOL]);
  assert.equal(stdout.trim(), "over");
});
