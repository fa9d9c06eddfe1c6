/** cordon: nothing new is placed on a node. Reverting it also restarts the node-bound members that an eviction stopped. */
import type { Capability } from "../../../platform.ts";
import type { Lab } from "../lab-parts.ts";
import { boundMembers } from "./evict.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

export function cordonCapability(lab: Lab): Capability<"cordon"> {
  return {
    async prior(target) {
      return { cordoned: lab.replicas.isCordoned(demandNode(target.node)) };
    },
    async apply({ target }) {
      lab.replicas.setCordon(demandNode(target.node), true);
    },
    async bitten({ target }) {
      const cordoned = lab.replicas.isCordoned(demandNode(target.node));
      return cordoned ? witness(lab, target, `${target.node} takes no new replicas`, "the lab's scheduler") : null;
    },
    async revert({ target, prior }, signal) {
      if ((prior as { cordoned?: boolean } | null)?.cordoned === true) return;
      const node = demandNode(target.node);
      lab.replicas.setCordon(node, false);
      for (const member of boundMembers(node)) await lab.startAgain(member, signal);
    },
    async healed({ target, prior }, signal) {
      const node = demandNode(target.node);
      if ((prior as { cordoned?: boolean } | null)?.cordoned === true)
        return witness(lab, target, `${node} is cordoned, as it was before`, "the lab's scheduler");
      if (lab.replicas.isCordoned(node)) return null;
      const seen = await inPlace(lab, target, signal);
      return seen === null ? null : witness(lab, target, `${node} takes replicas again; ${seen}`);
    },
  };
}
