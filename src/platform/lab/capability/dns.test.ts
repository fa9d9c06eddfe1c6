import assert from "node:assert/strict";
import { test } from "node:test";
import { dnsRules } from "./dns.ts";

test("with refuse, queries are rejected on their way out; with silence, their answers are dropped on their way in", () => {
  assert.deepEqual(dnsRules("gameday_1", "refuse").trim().split("\n"), [
    "add table inet gameday_1",
    "add chain inet gameday_1 questions { type filter hook output priority -10; }",
    "add rule inet gameday_1 questions udp dport 53 counter reject",
    "add rule inet gameday_1 questions tcp dport 53 counter reject",
  ]);
  assert.deepEqual(dnsRules("gameday_1", "silence").trim().split("\n").slice(1), [
    "add chain inet gameday_1 questions { type filter hook input priority -10; }",
    "add rule inet gameday_1 questions udp sport 53 counter drop",
    "add rule inet gameday_1 questions tcp sport 53 counter drop",
  ]);
});
