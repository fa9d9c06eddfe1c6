import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { complaintAbout, type LabMachine, openFilesMax } from "./preflight.ts";

const GOOD: LabMachine = {
  platform: "linux",
  uid: 0,
  apparmorRestrictsUserNamespaces: true,
  namespaceTrouble: null,
  folder: "/var/log/runs",
  freeBytes: 2 ** 40,
  openFilesMax: 1 << 20,
};

test("a suitable machine causes no complaint, whatever other users are forbidden", () => {
  assert.equal(complaintAbout(GOOD), null);
});

const CASES: readonly [what: string, lacks: Partial<LabMachine>, says: RegExp][] = [
  ["macOS", { platform: "darwin" }, /expected Linux.*got darwin.*the lab needs Linux: .*kind external or kubernetes/],
  ["Windows", { platform: "win32", uid: -1 }, /got win32.*kind external or kubernetes/],
  ["no root", { uid: 1000, apparmorRestrictsUserNamespaces: null }, /root.*got uid 1000 .*sudo/],
  ["no root on Ubuntu", { uid: 1000 }, /got uid 1000; kernel\.apparmor_restrict_unprivileged_userns = 1.*sudo/],
  [
    "no namespaces",
    { namespaceTrouble: "unshare: unshare failed: Operation not permitted" },
    /namespaces.*got unshare: .*not permitted.*--privileged/,
  ],
  ["a full disk", { freeBytes: 3 << 20 }, /256 MiB free on the disk of \/var\/log\/runs.*got 3 MiB.*free some space/],
  ["few file descriptors", { openFilesMax: 1024 }, /at least 4096 open files.*got 1024.*ulimit -Hn/],
];

for (const [what, lacks, says] of CASES) {
  test(`${what}: the message has expected, got, and a hint`, () => {
    const complaint = complaintAbout({ ...GOOD, ...lacks });
    assert.match(`expected ${complaint?.expected}, got ${complaint?.got} ${complaint?.hint}`, says);
  });
}

test("the limit of open files is the hard limit", () => {
  assert.equal(
    openFilesMax("Limit  Soft\nMax open files            1024                 524288               files\n"),
    524_288,
  );
  assert.equal(openFilesMax("Max open files            1024                 unlimited            files\n"), Infinity);
  assert.ok(openFilesMax(readFileSync("/proc/self/limits", "utf8")) > 0);
});
