/** The network changes that nft can make inside a pod: cut, drop, reset, bandwidth, dns. */
import type { Capability } from "../../../platform.ts";
import type { Parts } from "../parts.ts";
import { nodeCommandCapability } from "./node-command.ts";
import { policyCapability } from "./policy.ts";
import { bandwidthRules, cutRules, dnsRules, dropRules, resetRules } from "./rules.ts";
import { tableCapability } from "./table.ts";

/** A lookup of a name that every cluster resolves. */
const LOOKUP = ["timeout", "2", "getent", "hosts", "kubernetes.default.svc.cluster.local"];

/** A cut is made by nft or by a NetworkPolicy, as the plan says; with how "link" by the plan's own commands, on the whole node. */
export function cutCapability(parts: Parts): Capability<"cut"> {
  const table = tableCapability<"cut">(parts, { rules: cutRules });
  const link = nodeCommandCapability<"cut">(parts, { off: "cut", on: "uncut" });
  const usual = parts.config.cuts === "network-policy" ? policyCapability(parts) : table;
  const by = ({ how }: { readonly how: string }) => (how === "link" ? link : usual);
  return {
    prior: (target, parameters, signal) => by(parameters).prior(target, parameters, signal),
    apply: (change, signal) => by(change.parameters).apply(change, signal),
    bitten: (change, signal) => by(change.parameters).bitten(change, signal),
    revert: (change, signal) => by(change.parameters).revert(change, signal),
    healed: (change, signal) => by(change.parameters).healed(change, signal),
  };
}

export const dropCapability = (parts: Parts): Capability<"drop"> => tableCapability(parts, { rules: dropRules });
export const resetCapability = (parts: Parts): Capability<"reset"> => tableCapability(parts, { rules: resetRules });
export const bandwidthCapability = (parts: Parts): Capability<"bandwidth"> =>
  tableCapability(parts, { rules: bandwidthRules });
export const dnsCapability = (parts: Parts): Capability<"dns"> =>
  tableCapability(parts, { rules: dnsRules, provoke: LOOKUP });
