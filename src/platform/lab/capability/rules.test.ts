import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsOf, sentBytes, shape } from "./bandwidth.ts";
import { parseFree } from "./disk.ts";
import { dropRules } from "./drop.ts";
import { resetRules } from "./reset.ts";
import { countedPackets } from "./rules.ts";

const change = <Parameters>(parameters: Parameters) => ({
  id: "run/x/1",
  capability: "drop" as const,
  target: { id: "node/n1", role: "node", node: "n1" },
  parameters: { peers: [], ...parameters },
  prior: null,
  expiresAfterMs: null,
});

test("loss is a chance in thousandths for the packets from the peers", () => {
  const rules = dropRules(change({ percent: 2.5, peers: ["n2"] }), "t");
  assert.match(rules, /ip saddr \{ 10\.88\.0\.2 \} numgen random mod 1000 < 25 counter drop/);
});

test("resets affect the target's port only, and not loopback", () => {
  assert.match(
    resetRules(change({ percent: 20 }), "t", 5432),
    /iifname "eth0" tcp dport 5432 .* < 200 counter reject with/,
  );
});

test("resets and limits with peers affect no other traffic", () => {
  const peers = ["n3", "outside"];
  assert.match(
    resetRules(change({ percent: 20, peers }), "t", 5432),
    /iifname "eth0" ip saddr \{ 10\.88\.0\.3, 10\.88\.0\.254 \} tcp dport 5432/,
  );
  const commands = commandsOf(change({ kilobitsPerSecond: 100, peers }), "v1", "src").map((argv) => argv.join(" "));
  assert.deepEqual(
    commands.flatMap((line) => /match ip (.*) flowid 1:1/.exec(line)?.[1] ?? []),
    ["src 10.88.0.3/32", "src 10.88.0.254/32"],
  );
  assert.match(commands[0] ?? "", /htb$/, "there is no default class: what no filter matches is not limited");
  assert.equal(commandsOf(change({ kilobitsPerSecond: 100, peers: [] }), "v1", "src").length, 1);
  assert.equal(sentBytes("class htb 1:1 root\n Sent 4711 bytes 3 pkt"), 4711);
});

test("a limit has a burst that tc accepts, however narrow it is", () => {
  assert.deepEqual(shape(change({ kilobitsPerSecond: 8 })).slice(0, 5), ["tbf", "rate", "8kbit", "burst", "4000"]);
  assert.equal(shape(change({ kilobitsPerSecond: 100_000 }))[4], "250000");
});

test("all counters of a table are summed", () => {
  assert.equal(countedPackets("a counter packets 3 bytes 1\nb counter packets 4 bytes 2"), 7);
  assert.equal(countedPackets("nothing"), 0);
});

test("df's answer is a number or an error, never zero free bytes by mistake", () => {
  assert.equal(parseFree("  Avail\n12345\n"), 12_345);
  assert.throws(() => parseFree(""), RangeError);
});
