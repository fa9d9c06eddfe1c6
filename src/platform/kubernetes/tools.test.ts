import assert from "node:assert/strict";
import { test } from "node:test";
import { podOf } from "./kubernetes.fixture.ts";
import { toolsContainer } from "./tools.ts";

const given = { image: "gameday:1", run: "0123456789ab" };

test("our tools get the network as root with one capability, and nothing else", () => {
  const container = toolsContainer(podOf("pg-0", "w"), { is: "network" }, given);
  assert.equal(container.name, "gameday-0123456789ab-net");
  assert.deepEqual(container.securityContext.capabilities, { drop: ["ALL"], add: ["NET_ADMIN"] });
  assert.ok(!("targetContainerName" in container));
});

test("for processes they are the container's own user, without any capability", () => {
  const spec = {
    nodeName: "w",
    securityContext: { runAsUser: 101, runAsGroup: 104 },
    containers: [{ name: "postgres", securityContext: { runAsUser: 999 } }, { name: "sidecar" }],
  };
  const pod = podOf("pg-0", "w", { spec });
  const own = toolsContainer(pod, { is: "process", container: "postgres" }, given);
  assert.equal("targetContainerName" in own && own.targetContainerName, "postgres");
  assert.deepEqual(
    { ...own.securityContext },
    { ...own.securityContext, runAsUser: 999, runAsGroup: 104, capabilities: { drop: ["ALL"] } },
  );
  const beside = toolsContainer(pod, { is: "process", container: "sidecar" }, given);
  assert.equal("runAsUser" in beside.securityContext && beside.securityContext.runAsUser, 101);
  assert.notEqual(own.name, beside.name);
});

test("a name that the pod has already is not used again", () => {
  const taken = ["gameday-0123456789ab-net", "gameday-0123456789ab-net-2"].map((name) => ({ name }));
  const pod = podOf("pg-0", "w", { spec: { nodeName: "w", ephemeralContainers: taken } });
  assert.equal(toolsContainer(pod, { is: "network" }, given).name, "gameday-0123456789ab-net-3");
});

test("its command ends by itself and has no words of Kubernetes' own expansion", () => {
  const { command } = toolsContainer(podOf("pg-0", "w"), { is: "network" }, given);
  assert.equal(command[0], "timeout");
  assert.doesNotMatch(command.join(" "), /\$\(|\$\$/);
});
