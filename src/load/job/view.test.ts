import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerStatus, KubernetesEvent, Pod } from "../../kubernetes.ts";
import { JobView, told } from "./view.ts";

function pod(name: string, status: Pod["status"], metadata: Partial<Pod["metadata"]> = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...metadata },
    ...(status === undefined ? {} : { status }),
  };
}

function waiting(name: string, reason: string, message = "because"): Pod {
  return pod(name, {
    phase: "Pending",
    containerStatuses: [{ name: "worker", state: { waiting: { reason, message } } }],
  });
}

function ended(name: string, terminated: NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>): Pod {
  return pod(name, { phase: "Failed", containerStatuses: [{ name: "worker", state: { terminated } }] });
}

const RUNNING = pod("a", { phase: "Running", containerStatuses: [{ name: "worker", state: { running: {} } }] });

test("pods on their way, at work or done well are no trouble", () => {
  const view = new JobView(3);
  const done = { name: "worker", state: { terminated: { exitCode: 0, reason: "Completed" } } };
  const pods = [
    RUNNING,
    waiting("b", "ContainerCreating"),
    pod("c", { phase: "Succeeded", containerStatuses: [done] }),
  ];
  assert.deepEqual(view.look([...pods, pod("d", undefined)], [], 0), []);
  assert.equal(view.hopeless(1e9), null);
  assert.match(view.summary, /^1 of 3 pods Running, 2 of 3 pods Pending, 1 of 3 pods Succeeded$/);
});

test("an image that cannot be pulled is hopeless after a while, whatever the kubelet calls it in between", () => {
  const view = new JobView(2);
  const first = view.look([waiting("a", "ErrImagePull"), waiting("b", "ErrImagePull")], [], 0);
  assert.deepEqual(told(first), ["a (and 1 more): ErrImagePull: because"]);
  assert.equal(view.hopeless(0), null);
  assert.deepEqual(view.look([waiting("a", "ImagePullBackOff"), waiting("b", "ErrImagePull")], [], 6_000), []);
  assert.equal(view.hopeless(9_999), null);
  assert.equal(view.hopeless(10_000)?.trouble.reason, "ImagePullBackOff");
});

test("pods that wait for the same image one after another are told of once, and briefly; pods that ended are told of each", () => {
  const view = new JobView(3);
  const why = "x".repeat(250);
  const [a, b] = [waiting("a", "ErrImagePull", why), waiting("b", "ErrImagePull", why)];
  assert.deepEqual(view.tell(view.look([a], [], 0)), ["a: ErrImagePull"]);
  assert.deepEqual(view.tell(view.look([a, b], [], 1_000)), []);
  assert.ok(view.summary.includes(`a (and 1 more): ErrImagePull: ${why}`));
  const killed = (name: string) => ended(name, { exitCode: 137, reason: "OOMKilled" });
  assert.equal(view.tell(view.look([killed("a"), b], [], 2_000)).length, 1);
  assert.equal(view.tell(view.look([killed("a"), killed("b")], [], 3_000)).length, 1);
});

test("an image that comes after all is forgotten", () => {
  const view = new JobView(1);
  view.look([waiting("a", "ErrImagePull")], [], 0);
  view.look([RUNNING], [], 5_000);
  assert.equal(view.hopeless(1e9), null);
});

test("a pod that ended badly is hopeless at once, by its reason and exit code, and has a log", () => {
  const view = new JobView(1);
  view.look([ended("a", { exitCode: 137, reason: "OOMKilled" })], [], 0);
  const { trouble } = view.hopeless(0) ?? assert.fail("expected a trouble");
  assert.equal(trouble.says, "OOMKilled: ended with exit code 137");
  assert.ok(trouble.hasLog);
});

test("CrashLoopBackOff tells how the container ended before", () => {
  const view = new JobView(1);
  const state = { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } };
  const status = { name: "worker", state, lastState: { terminated: { exitCode: 3, reason: "Error" } } };
  view.look([pod("a", { phase: "Running", containerStatuses: [status] })], [], 0);
  assert.equal(view.hopeless(0)?.trouble.says, "CrashLoopBackOff: ended with exit code 3 (Error)");
});

test("the scheduler's reason is told, and waited on: a node may come", () => {
  const view = new JobView(1);
  const message = "0/3 nodes are available: 3 Insufficient cpu.";
  const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
  assert.equal(view.look([pod("a", { phase: "Pending", conditions })], [], 0).length, 1);
  assert.equal(view.hopeless(1e9), null);
  assert.equal(view.summary, `1 of 1 pods Pending; a: Unschedulable: ${message}`);
  assert.equal(view.reason, "Unschedulable");
});

test("a pod that is deleted or evicted is told; one that vanished too", () => {
  const view = new JobView(3);
  view.look([RUNNING], [], 0);
  const dying = pod("b", { phase: "Running" }, { deletionTimestamp: "2026-11-28T05:00:00Z" });
  const evicted = pod("c", { phase: "Failed", reason: "Evicted", message: "low on memory" });
  assert.deepEqual(told(view.look([dying, evicted], [], 1)), [
    "a: Gone: somebody deleted it",
    "b: Terminating: it is being deleted",
    "c: Evicted: low on memory",
  ]);
});

test("a Job that gets no pods is hopeless by what its events say", () => {
  const view = new JobView(1);
  const event: KubernetesEvent = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "x" },
    reason: "FailedCreate",
    message: "exceeded quota",
  };
  view.look([], [event], 0);
  assert.equal(view.hopeless(9_999), null);
  assert.equal(view.hopeless(10_000)?.trouble.says, "FailedCreate: exceeded quota");
  view.blind("no connection");
  assert.match(
    view.summary,
    /no pods; \(no pod\): FailedCreate: exceeded quota; the cluster does not tell: no connection/,
  );
});
