import assert from "node:assert/strict";
import { test } from "node:test";
import { dnsRules } from "./dns.ts";

test("questions over udp and tcp are hit on their way out, in a table of ours", () => {
  assert.deepEqual(dnsRules("gameday_1", "reject").trim().split("\n"), [
    "add table inet gameday_1",
    "add chain inet gameday_1 out { type filter hook output priority -10; }",
    "add rule inet gameday_1 out udp dport 53 counter reject",
    "add rule inet gameday_1 out tcp dport 53 counter reject",
  ]);
});
