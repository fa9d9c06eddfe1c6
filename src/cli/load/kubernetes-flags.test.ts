import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { test } from "node:test";
import { joinUrlOf, type KubernetesFlags, refuseKubernetesFlags } from "./kubernetes-flags.ts";

const FLAGS: KubernetesFlags = { kubernetes: true, image: "gameday:1", workerCpu: "1", workerMemory: "1Gi" };

function address(text: string, internal = false): NetworkInterfaceInfo[] {
  return [{ address: text, family: "IPv4", internal, netmask: "", mac: "", cidr: null }];
}

test("pods receive the only address of this machine, the one it listens on, or the one that was given", () => {
  const one = { lo: address("127.0.0.1", true), eth0: address("10.0.0.5") };
  assert.equal(joinUrlOf(FLAGS, one), "http://10.0.0.5:7070");
  assert.equal(joinUrlOf({ ...FLAGS, listen: "10.1.1.1:80" }, one), "http://10.1.1.1:80");
  assert.equal(joinUrlOf({ ...FLAGS, listen: "[fd00::1]:80" }, one), "http://[fd00::1]:80");
  assert.equal(joinUrlOf({ ...FLAGS, advertise: "me.example:443" }, one), "http://me.example:443");
  assert.equal(joinUrlOf({ ...FLAGS, advertise: "https://me.example" }, one), "https://me.example");
  const two = { ...one, eth1: address("10.2.0.5") };
  assert.throws(() => joinUrlOf(FLAGS, two), { message: /several: 10\.0\.0\.5, 10\.2\.0\.5/, hint: /--advertise/ });
  assert.equal(joinUrlOf(FLAGS, two, "10.2.0.5"), "http://10.2.0.5:7070", "the one that leads to the cluster");
  assert.throws(() => joinUrlOf({ ...FLAGS, advertise: "me.example" }, one), /--advertise as HOST:PORT/);
});

test("flags that contradict each other, or have no effect, are refused", () => {
  refuseKubernetesFlags(FLAGS);
  refuseKubernetesFlags({ workerCpu: "1", workerMemory: "1Gi", listen: "7070", scriptPath: "/scripts" });
  const { image: _image, ...without } = FLAGS;
  assert.throws(() => refuseKubernetesFlags(without), /--image/);
  assert.throws(() => refuseKubernetesFlags({ ...FLAGS, workerCpu: "one" }), /--worker-cpu/);
  assert.throws(() => refuseKubernetesFlags({ ...FLAGS, namespace: "Load_1" }), /--namespace/);
  const { kubernetes: _kubernetes, ...alone } = FLAGS;
  assert.throws(() => refuseKubernetesFlags(alone), /--kubernetes with --image/);
});
