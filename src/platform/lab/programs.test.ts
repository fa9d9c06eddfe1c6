import assert from "node:assert/strict";
import { test } from "node:test";
import { range } from "./log-index.ts";
import { parseUser, parseVersion } from "./programs.ts";

test("versions are found in what the programs print", () => {
  assert.equal(parseVersion("Redis server v=7.0.15 sha=00000000:0"), "7.0.15");
  assert.equal(parseVersion("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), "15.18");
  assert.equal(parseVersion("none"), undefined);
});

test("users are found by their whole name", () => {
  const passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/x\n";
  assert.deepEqual(parseUser(passwd, "nobody"), { uid: 65534, gid: 65533 });
  assert.equal(parseUser(passwd, "nobo"), undefined);
});

test("a window of a log reaches from the size before it to the size after it", () => {
  const samples = [0, 1000, 2000, 3000, 9000].map((atMs, index) => ({ atMs, size: index * 10 }));
  assert.deepEqual(range(samples, { fromMs: 2500, toMs: 3000 }), { from: 10, to: 30 });
  assert.deepEqual(range(samples, { fromMs: 2500, toMs: 99_000 }), { from: 10, to: 40 });
});
