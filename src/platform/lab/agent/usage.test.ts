import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { usageOf } from "./usage.ts";

const row = (state: string, inode: number) =>
  `   0: 0100007F:1F90 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100`;

function written(processes: Readonly<Record<number, { rssKib: number; inodes: number[] }>>, table: string[]): string {
  const root = mkdtempSync(join(tmpdir(), "usage-"));
  for (const [pid, { rssKib, inodes }] of Object.entries(processes)) {
    for (const folder of ["fd", "net"]) mkdirSync(join(root, pid, folder), { recursive: true });
    writeFileSync(join(root, pid, "status"), `Name:\tnode\nVmRSS:\t   ${rssKib} kB\nThreads:\t1\n`);
    writeFileSync(join(root, pid, "net/tcp"), ["  sl  local_address ...", ...table].join("\n"));
    inodes.forEach((inode, at) => {
      symlinkSync(`socket:[${inode}]`, join(root, pid, "fd", String(at)));
    });
    symlinkSync("/dev/null", join(root, pid, "fd/99"));
  }
  return root;
}

test("resident memory is summed, and only established connections are counted, each with its process", () => {
  const table = [row("0A", 1), row("01", 2), row("01", 3), row("06", 0), row("01", 77)];
  const root = written({ 10: { rssKib: 100, inodes: [1, 2] }, 11: { rssKib: 20, inodes: [3] } }, table);
  assert.deepEqual(usageOf([10, 11], root), { memoryBytes: 120 * 1_024, connections: 2 });
  assert.deepEqual(usageOf([11, 12], root), { memoryBytes: 20 * 1_024, connections: 1 });
  rmSync(root, { recursive: true });
});

test("of this very process", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const before = usageOf([process.pid]);
  const accepted = once(server, "connection");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await Promise.all([once(client, "connect"), accepted]);
  const after = usageOf([process.pid]);
  assert.equal(after.connections - before.connections, 2, "both ends are ours");
  assert.ok(before.memoryBytes > 10_000_000);
  client.destroy();
  server.close();
});
