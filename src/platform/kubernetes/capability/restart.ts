/** restart: the pod is deleted with grace, and its controller creates a new one. */
import type { Capability } from "../../../platform.ts";
import { controllerOf } from "../objects.ts";
import { demandPod, findPod, inPlace, lookAt, type Parts, podName, witness } from "../parts.ts";
import { topologyOf } from "../topology.ts";

export function restartCapability(parts: Parts): Capability<"restart"> {
  return {
    async prior(target, _parameters, signal) {
      const pod = await demandPod(parts, target, signal);
      return { uid: pod.metadata.uid ?? "", owner: controllerOf(pod)?.name ?? "" };
    },
    async apply({ target, parameters, prior }) {
      const graceSeconds = Math.ceil(parameters.graceMs / 1000);
      const { uid } = prior as { uid: string };
      await parts.api.remove("Pod", parts.config.namespace, podName(target), { uid, graceSeconds });
    },
    async bitten({ target, prior }, signal) {
      const { uid } = prior as { uid: string };
      const now = await findPod(parts, target, signal);
      if (now?.metadata.uid === uid) return null;
      return witness(parts, `pod ${podName(target)} (uid ${uid}) is gone`, "the API");
    },
    async revert() {},
    async healed({ target, prior }, signal) {
      const { uid } = prior as { uid: string };
      const now = await findPod(parts, target, signal);
      if (now !== null && now.metadata.uid !== uid) {
        const seen = await inPlace(parts, target, signal);
        return seen === null ? null : witness(parts, seen, "the API");
      }
      if (now !== null) return null;
      const same = topologyOf(await lookAt(parts, signal)).filter(({ role }) => role === target.role);
      if (same.length === 0 || same.some(({ healthy }) => !healthy)) return null;
      return witness(parts, `all ${same.length} ${target.role} pods are ready`, "the API");
    },
  };
}
