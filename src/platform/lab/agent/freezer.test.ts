import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FrozenGroup, findGroup, removeEmptyGroups } from "./freezer.ts";

function tree(...groups: string[]): string {
  const root = mkdtempSync(join(tmpdir(), "freezer "));
  for (const group of groups) {
    mkdirSync(join(root, group), { recursive: true });
    writeFileSync(join(root, group, "cgroup.procs"), "");
  }
  return root;
}

const mount = (at: string, type: string, root = "/") =>
  `30 25 0:26 ${root} ${at.replaceAll(" ", "\\040")} rw,nosuid - ${type} ${type} rw`;

test("on a machine with version 2 only, our own group is found below the mount that shows it", () => {
  const root = tree("user.slice/session-1.scope");
  const groups = "0::/user.slice/session-1.scope\n";
  assert.equal(findGroup(mount(root, "cgroup2"), groups), join(root, "user.slice/session-1.scope"));
  assert.equal(findGroup(mount(root, "cgroup2", "/user.slice"), groups), null, "that mount shows another part");
  rmSync(root, { recursive: true });
});

test("beside version 1 the unified mount is used, and a freezer of version 1 never", () => {
  const root = tree("unified", "freezer");
  const old = mount(join(root, "freezer"), "cgroup");
  const groups = "6:freezer:/\n0::/\n";
  assert.equal(findGroup([old, mount(join(root, "unified"), "cgroup2")].join("\n"), groups), join(root, "unified"));
  assert.equal(findGroup(old, groups), null);
  assert.equal(findGroup(old, "6:freezer:/\n"), null, "a kernel without version 2");
  rmSync(root, { recursive: true });
});

test("a folder that is not a control group of the kernel is not used, and nothing is left in it", async () => {
  const root = tree(".");
  assert.equal(await FrozenGroup.of(root, () => [process.pid]), null);
  assert.deepEqual(readdirSync(root), ["cgroup.procs"]);
  rmSync(root, { recursive: true });
});

const home = findGroup();
const missing = home === null ? "no cgroup v2 that may be written to" : false;

/** A process that keeps counting on its output and ends with this process. */
function counter(): ChildProcess {
  const script = "setInterval(() => process.stdout.write('.'), 5)";
  return spawn("setpriv", ["--pdeathsig", "KILL", process.execPath, "--eval", script]);
}

test("a frozen process stands still whatever signal it gets, then continues, and the group is removed", {
  skip: missing,
}, async () => {
  const child = counter();
  const pid = child.pid ?? 0;
  await once(child.stdout ?? child, "data");
  const group = await FrozenGroup.of(home ?? "", () => [pid]);
  assert.ok(group !== null);
  assert.ok(group.isFrozen() && group.holds(pid));
  child.kill("SIGCONT");
  const ticks = () => readFileSync(`/proc/${pid}/stat`, "utf8").split(" ").slice(13, 15).join();
  const before = ticks();
  const other = counter(); // the same work in an unfrozen process, as the clock
  for (let counted = 0; counted < 40; ) counted += String((await once(other.stdout ?? other, "data"))[0]).length;
  other.kill("SIGKILL");
  assert.equal(ticks(), before, "it ran");
  await group.thaw();
  child.stdout?.read();
  await once(child.stdout ?? child, "data");
  assert.equal(group.holds(pid), false);
  child.kill("SIGKILL");
});

test("a frozen process can be killed, and an empty group is removed", { skip: missing }, async () => {
  const child = counter();
  await once(child.stdout ?? child, "data");
  const group = await FrozenGroup.of(home ?? "", () => [child.pid ?? 0]);
  const exited = once(child, "exit");
  group?.kill();
  assert.deepEqual(await exited, [null, "SIGKILL"]);
  const ours = () => readdirSync(home ?? "").filter((entry) => entry.startsWith("gameday-freeze-"));
  removeEmptyGroups(home ?? "");
  assert.deepEqual(ours(), []);
});
