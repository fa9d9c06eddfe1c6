import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { tableName } from "../marks.ts";
import {
  bandwidthRules,
  cutRules,
  deleteLater,
  dnsRules,
  dropRules,
  EVERYBODY,
  gatewaysIn,
  packetsIn,
  resetRules,
} from "./rules.ts";

const scope = { addresses: EVERYBODY, spared: [], gateways: [], probeSeconds: 3, seconds: 30 };
const change = <const Parameters extends object>(parameters: Parameters) => ({
  id: "run/experiment/1",
  parameters: { peers: [] as string[], ...parameters },
});
const cut = (direction: "both" | "in" | "out", how: "drop" | "reject" = "drop") =>
  cutRules(change({ direction, how }), scope);

test("a cut drops both ways, or only the way that is asked for, and lets loopback pass first", () => {
  const both = cut("both");
  assert.match(both, /chain input \{[^}]*iifname "lo" accept\n {4}ip saddr @peers counter drop/);
  assert.match(both, /chain output \{[^}]*oifname "lo" accept\n {4}ip daddr @peers counter drop/);
  assert.doesNotMatch(cut("out"), /saddr/);
  assert.doesNotMatch(cut("in"), /daddr/);
  assert.match(cut("both", "reject"), /ip saddr @peers counter reject/);
});

test("the pods' own node is spared both ways", () => {
  const text = cutRules(change({ direction: "both", how: "drop" }), {
    ...scope,
    spared: ["10.77.0.11", "10.78.1.0/24"],
  });
  assert.match(text, /ip saddr 10\.77\.0\.11 accept\n {4}ip saddr 10\.78\.1\.0\/24 accept\n {4}ip saddr @peers/);
  assert.match(text, /ip daddr 10\.77\.0\.11 accept\n {4}ip daddr 10\.78\.1\.0\/24 accept\n {4}ip daddr @peers/);
});

const BY_GATEWAY = { ...scope, spared: ["10.77.0.11", "10.78.1.0/24"], gateways: ["10.78.1.1"] };

test("from the node itself only new connections are spared, as long as a probe may last, also where its whole range is", () => {
  const text = cutRules(change({ direction: "both", how: "drop" }), BY_GATEWAY);
  assert.match(text, /ip saddr 10\.78\.1\.0\/24 ip saddr != \{ 10\.78\.1\.1 \} accept/);
  assert.match(text, /ip saddr 10\.78\.1\.1 tcp flags & \(syn \| ack\) == syn update @opened/);
  assert.match(text, /ip saddr \. tcp sport @opened accept\n {4}ip saddr @peers/);
  assert.match(text, /ip daddr \. tcp dport @opened accept\n {4}ip daddr @peers/);
  assert.match(text, /set opened \{[^}]*timeout 4s; \}/);
  assert.doesNotMatch(cut("both"), /opened/);
});

test("the gateway of a pod is the one of its default route", () => {
  const routes = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t01034E0A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t00034E0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
  assert.deepEqual(gatewaysIn(routes), ["10.78.3.1"]);
  assert.deepEqual(gatewaysIn("eth0 00000000 00000000 0001"), [], "a default route without a gateway has none");
  assert.deepEqual(gatewaysIn(""), []);
});

test("every table of ours is named after its change, and all that it asks expires in the kernel", () => {
  const texts = [
    cut("both"),
    dropRules(change({ percent: 10 }), scope),
    resetRules(change({ percent: 100 }), scope),
    bandwidthRules(change({ kilobitsPerSecond: 1000 }), scope),
    dnsRules(change({ how: "refuse" }), scope),
    dnsRules(change({ how: "silence" }), scope),
  ];
  for (const text of texts) {
    assert.ok(text.startsWith(`table inet ${tableName("run/experiment/1")} {`));
    assert.match(text, /timeout 30s/);
    for (const line of text.split("\n").filter((one) => /\b(drop|reject)\b/.test(one)))
      assert.match(line, /@(peers|ports)/);
  }
});

test("shares are thousandths, at least one", () => {
  assert.match(dropRules(change({ percent: 10 }), scope), /mod 1000 < 100 counter drop/);
  assert.match(dropRules(change({ percent: 0.01 }), scope), /mod 1000 < 1 counter drop/);
  assert.match(resetRules(change({ percent: 100 }), scope), /mod 1000 < 1000 counter reject with tcp reset/);
});

test("refused questions are turned back on their way out, unanswered ones lose their answers on their way in", () => {
  assert.match(dnsRules(change({ how: "refuse" }), scope), /udp dport @ports counter reject/);
  assert.match(dnsRules(change({ how: "silence" }), scope), /udp sport @ports counter drop/);
});

test("packets of all counters are summed", () => {
  assert.equal(packetsIn("counter packets 3 bytes 9\n counter packets 4 bytes 1"), 7);
  assert.equal(packetsIn(""), 0);
});

test("nft takes each table, where it can be asked without touching anything", (context) => {
  const asked = spawnSync("nft", ["--check", "-f", "-"], { input: cut("both"), encoding: "utf8" });
  if (asked.error !== undefined || /Operation not permitted|must be root/.test(asked.stderr))
    return context.skip("nft may not be asked here: it needs the program and root");
  assert.equal(asked.stderr, "");
  const byGateway = cutRules(change({ direction: "both", how: "drop" }), BY_GATEWAY);
  assert.equal(spawnSync("nft", ["--check", "-f", "-"], { input: byGateway, encoding: "utf8" }).stderr, "");
  for (const text of [dropRules(change({ percent: 1 }), scope), resetRules(change({ percent: 1 }), scope)])
    assert.equal(spawnSync("nft", ["--check", "-f", "-"], { input: text, encoding: "utf8" }).stderr, "");
  for (const text of [
    bandwidthRules(change({ kilobitsPerSecond: 8 }), scope),
    dnsRules(change({ how: "refuse" }), scope),
  ])
    assert.equal(spawnSync("nft", ["--check", "-f", "-"], { input: text, encoding: "utf8" }).stderr, "");
});

test("what deletes the table later has no words of Kubernetes' own expansion, and waits longer than the elements live", () => {
  const [, , script = ""] = deleteLater("run/experiment/1", 30);
  assert.match(script, /sleep 32; nft delete table inet gameday_[0-9a-f]{12}/);
  assert.doesNotMatch(script, /\$\$/);
});
