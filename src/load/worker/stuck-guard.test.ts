import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";

const GUARD = JSON.stringify(new URL("./stuck-guard.ts", import.meta.url).href);

function ended(script: string): Promise<{ signal: string | null; text: string }> {
  const code = `import { StuckGuard } from ${GUARD}; new StuckGuard().allow(1_000); ${script}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { timeout: 20_000 });
  let text = "";
  child.stderr.on("data", (data: Buffer) => {
    text += data.toString();
  });
  return new Promise((resolve) => child.once("close", (_code, signal) => resolve({ signal, text })));
}

test("a process whose script loops for ever is ended, and says why", async () => {
  const { signal, text } = await ended("setTimeout(() => { for (;;); }, 300)");
  assert.equal(signal, "SIGKILL");
  assert.match(text, /let nothing else run for \d/);
});

test("one that only waits is not, and is not kept alive either", async () => {
  assert.deepEqual(await ended("setTimeout(() => undefined, 2_500)"), { signal: null, text: "" });
});
