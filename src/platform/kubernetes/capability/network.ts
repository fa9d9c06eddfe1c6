/** The network changes that nft can make inside a pod: cut, drop, reset, bandwidth, dns. */
import type { Capability } from "../../../platform.ts";
import { type Parts, refuse } from "../parts.ts";
import { bandwidthRules, cutRules, dnsRules, dropRules, resetRules } from "./rules.ts";
import { tableCapability } from "./table.ts";

/** A lookup of a name that every cluster resolves. */
const LOOKUP = ["timeout", "2", "getent", "hosts", "kubernetes.default.svc.cluster.local"];

export const cutCapability = (parts: Parts): Capability<"cut"> =>
  tableCapability(parts, {
    rules: cutRules,
    demand: ({ target, parameters }) => {
      if (parameters.how === "link") throw noLink(target.node);
    },
  });

export const dropCapability = (parts: Parts): Capability<"drop"> => tableCapability(parts, { rules: dropRules });
export const resetCapability = (parts: Parts): Capability<"reset"> => tableCapability(parts, { rules: resetRules });
export const bandwidthCapability = (parts: Parts): Capability<"bandwidth"> =>
  tableCapability(parts, { rules: bandwidthRules });
export const dnsCapability = (parts: Parts): Capability<"dns"> =>
  tableCapability(parts, { rules: dnsRules, provoke: LOOKUP });

function noLink(node: string) {
  return refuse(
    `a way of cutting that the pods' own networks have (how: drop or reject)`,
    `how: link: the network card of node ${node} is not ours`,
    "a fault of kind command runs commands of your own that cut a node",
  );
}
