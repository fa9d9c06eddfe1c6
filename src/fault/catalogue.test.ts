import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { THREE_NODES, target } from "../../test/contract/memory-platform.ts";
import { contractOf } from "../platform/capability.ts";
import { seededRandom } from "../std/random.ts";
import { FAULTS, faultNamed } from "./catalogue.ts";
import { planFault } from "./choice.ts";
import { partitionSides } from "./kind/partition-sides.ts";

const given = { command: { inject: ["true"], verify: ["true"], heal: ["true"] } };
const requestsOf = (name: string) => {
  const kind = faultNamed(name);
  const parameters = name === "command" ? given.command : {};
  const planned = planFault(kind, { selector: {}, parameters, random: seededRandom("1") });
  return planned.choose(THREE_NODES).flatMap((round) => round.requests);
};

const peersIn = (parameters: object) => ("peers" in parameters ? parameters.peers : undefined);

test("every kind has a file of its own name, and every file is in the list", async () => {
  const files = (await readdir(new URL("kind", import.meta.url))).map((file) => file.replace(/\.ts$/, ""));
  assert.deepEqual(FAULTS.map((kind) => kind.name).sort(), files.sort());
});

test("every kind requests only the capabilities that it declares, with the parameters of their contract", () => {
  for (const kind of FAULTS) {
    const requests = requestsOf(kind.name);
    assert.deepEqual([...new Set(requests.map((request) => request.capability))].sort(), [...kind.needs].sort());
    for (const { capability, parameters } of requests) contractOf(capability).parameters.parse(parameters);
  }
});

test("for a misspelt fault the message suggests the right name", () => {
  assert.throws(() => faultNamed("kil-leader"), { hint: 'did you mean "kill-leader"?' });
});

test("kill-leader never hits a target that is not leader, whatever the plan says", () => {
  const kind = faultNamed("kill-leader");
  const planned = planFault(kind, { selector: { name: "postgres/n2" }, parameters: {}, random: seededRandom("1") });
  assert.throws(() => planned.choose(THREE_NODES), /got .* none of which/);
});

function sides(nodes: number, side: string, outside: boolean) {
  const topology = Array.from({ length: nodes }, (_, index) => [
    target(`node/n${index}`),
    target(`postgres/n${index}`, { leader: index === 0 }),
  ]).flat();
  const given = { selector: {}, parameters: { side, outside }, random: seededRandom("1") };
  const [round] = planFault(partitionSides, given).choose(topology);
  return (round?.requests ?? []).map(({ target: { node }, parameters }) => ({ node, peers: peersIn(parameters) }));
}

test("the minority is cut off from the majority, and the leader is on the requested side", () => {
  assert.deepEqual(
    sides(3, "minority", true).map((one) => one.node),
    ["n0"],
  );
  assert.equal(sides(3, "majority", true)[0]?.node === "n0", false);
  const five = sides(5, "minority", false);
  assert.deepEqual([five.length, five.some((one) => one.node === "n0")], [2, true]);
  const minority = new Set(five.map((one) => one.node));
  for (const { peers } of five) {
    assert.ok(Array.isArray(peers) && peers.length === 3);
    assert.ok(peers.every((peer) => typeof peer === "string" && !minority.has(peer)));
  }
  assert.equal(sides(4, "minority", true).length, 1);
  assert.throws(() => sides(2, "minority", true), /enough nodes/);
});

test("isolate-leader does not affect what is on no node", () => {
  assert.deepEqual(
    requestsOf("isolate-leader").map(({ parameters }) => peersIn(parameters)),
    [["n2", "n3"]],
  );
});
