import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { canAsk } from "./die-with-us.ts";

test("the setpriv that is found is one that can ask for the signal; busybox's is not", () => {
  const tried = spawnSync("setpriv", ["--pdeathsig", "KILL", "true"]).status === 0;
  assert.equal(canAsk(process.env["PATH"] ?? ""), tried);
  const folder = mkdtempSync(join(tmpdir(), "setpriv-"));
  try {
    const [busy, real] = [join(folder, "busy"), join(folder, "real")];
    for (const each of [busy, real]) mkdirSync(each);
    writeFileSync(join(folder, "busybox"), "");
    symlinkSync(join(folder, "busybox"), join(busy, "setpriv"));
    writeFileSync(join(real, "setpriv"), "");
    assert.deepEqual(
      [canAsk(""), canAsk(busy), canAsk(`${folder}:${real}`)],
      [false, false, process.platform === "linux"],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
