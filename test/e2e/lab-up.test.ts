/**
 * `gameday lab up|down` when things are not as they should be. A lab of `lab up` is meant to outlive the process that started it,
 * so all of this happens in a pid namespace that ends with this process: a killed test leaves no lab behind.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tryExec } from "../../src/std/exec.ts";
import { type Ended, gameday, ROOT } from "./gameday.ts";

const INSIDE = "GAMEDAY_TEST_INSIDE";

if (process.env[INSIDE] === undefined) {
  test("lab up works inside a process namespace", { timeout: 300_000 }, async () => {
    const namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const argv = ["setpriv", "--pdeathsig", "KILL", ...namespaces, process.execPath, fileURLToPath(import.meta.url)];
    const { NODE_TEST_CONTEXT: _ours, ...env } = process.env;
    const result = await tryExec(argv, { env: { ...env, [INSIDE]: "1" }, deadlineMs: 280_000 });
    assert.equal(result.code, 0, result.stdout + result.stderr);
  });
} else {
  const folder = mkdtempSync(join(tmpdir(), "gameday-lab-up-"));
  const state = join(folder, "state");
  const plan = join(folder, "plan.json");
  const app = { directory: join(import.meta.dirname, "lab-app"), command: ["node", "app.mjs"] };
  const load = { scenarios: [{ file: join(ROOT, "examples/jewelry-shop/scenarios/browse.ts") }], vus: 1 };
  writeFileSync(plan, JSON.stringify({ name: "lab-up", platform: { kind: "lab", app }, load, experiments: [] }));
  const lab = (what: "up" | "down" | "status", stateFolder = state): Promise<Ended> =>
    gameday(["lab", what, ...(what === "up" ? [plan] : [])], { env: { GAMEDAY_STATE: stateFolder } });
  const holder = async () => Number(/lab of process (\d+)/.exec((await lab("status")).stdout)?.[1]);

  after(async () => {
    await lab("down");
    rmSync(folder, { recursive: true });
  });

  const refusals: readonly [what: string, make: (path: string) => void, says: RegExp][] = [
    [
      "a disk with no room",
      (path) => {
        mkdirSync(path);
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "full", path]); // This mounts in our own mount namespace.
      },
      /expected 256 MiB free on the disk of .*, got 1 MiB[\s\S]*hint: free some space/,
    ],
    [
      "a folder that may not be written to",
      (path) => {
        mkdirSync(path);
        execFileSync("mount", ["--bind", path, path]);
        execFileSync("mount", ["-o", "remount,bind,ro", path]);
      },
      /expected to write the lab's log to .*read-only file system[\s\S]*hint: .*GAMEDAY_STATE/,
    ],
  ];
  for (const [what, make, says] of refusals) {
    test(`${what}: one clear error, and no lab`, async () => {
      const path = join(folder, what.replaceAll(" ", "-"));
      make(path);
      const { code, stderr } = await lab("up", path);
      execFileSync("umount", [path]);
      assert.equal(code, 4, stderr);
      assert.match(stderr, says);
      assert.match((await lab("status")).stdout, /there is no lab/);
    });
  }

  test("an app that only its own machine reaches is not ready, and the error shows why, with this boot's log", async () => {
    const local = (boot: string) => {
      const readiness = { path: "/", within: "3s" };
      const platform = { kind: "lab", app: { ...app, command: ["node", "local.mjs"], readiness, env: { BOOT: boot } } };
      const path = join(folder, "local.json");
      writeFileSync(path, JSON.stringify({ name: "local", platform, load, experiments: [] }));
      return gameday(["lab", "up", path], { env: { GAMEDAY_STATE: state } });
    };
    for (const boot of ["one", "two"]) {
      const { code, stderr } = await local(boot);
      assert.equal(code, 4, stderr);
      assert.match(
        stderr,
        /expected 3 replicas of the app to be ready within 3 s, got 0; .*it listens on 127\.0\.0\.1 only/,
      );
      assert.match(stderr, new RegExp(`it printed, to .*/app-n1-1\\.log:\nthis is boot ${boot} \\[`));
      assert.doesNotMatch(stderr, new RegExp(`boot ${boot === "one" ? "two" : "one"}`));
    }
    assert.match((await lab("status")).stdout, /there is no lab/);
  });

  test("a second lab is refused with the name of the first, which goes on", async () => {
    const first = await lab("up");
    assert.equal(first.code, 0, first.stderr);
    const pid = await holder();
    const { code, stderr } = await lab("up");
    assert.equal(code, 4);
    assert.match(stderr, new RegExp(`process ${pid}.*\n.*gameday lab down`));
    assert.equal(await holder(), pid);
  });

  test("a lab that was killed is gone, and what it left on disk blocks no other", async () => {
    process.kill(await holder(), "SIGKILL");
    const { code, stdout } = await lab("status");
    assert.deepEqual([code, stdout], [4, "there is no lab on this machine\n"]);
    assert.ok(statSync(join(state, "lab/control.sock")).isSocket(), "else nothing was left");
    assert.equal((await lab("up")).code, 0);
  });

  test("a second lab down reports that there is no lab", async () => {
    const pid = await holder();
    assert.deepEqual(await lab("down"), { code: 0, stdout: `the lab of process ${pid} is down\n`, stderr: "" });
    assert.deepEqual(await lab("down"), { code: 0, stdout: "there is no lab on this machine\n", stderr: "" });
  });

  test("a proof that is interrupted removes its lab and its folder", async () => {
    const victim = spawn(process.execPath, [join(import.meta.dirname, "proof-victim.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [proof] = (await once(createInterface(victim.stdout), "line")) as [string];
    victim.kill("SIGINT");
    const [code] = await once(victim, "exit");
    assert.deepEqual([code, existsSync(proof)], [130, false]);
    assert.match((await lab("status")).stdout, /there is no lab/);
  });
}
