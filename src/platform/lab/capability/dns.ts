/**
 * dns: a node's queries to the lab's name server are refused, or their answers are lost, by a rule in a table of its own that is
 * named by the change.
 */
import type { Capability } from "../../../platform.ts";
import { ExitCode, GamedayError } from "../../../std/errors.ts";
import type { NodeName } from "../addresses.ts";
import type { Lab } from "../lab-parts.ts";
import { demandNode } from "./power.ts";
import { ruleCapability } from "./rules.ts";
import { witness } from "./witness.ts";

const NAME = "postgres.lab";
/** Longer than a resolver waits for an answer before it gives up: see the options in RESOLVER_FILE. */
const LOOKUP_MS = 6_000;

export function dnsCapability(lab: Lab): Capability<"dns"> {
  const rules = ruleCapability<"dns">(lab, {
    family: "inet",
    rules: (change, table) => dnsRules(table, change.parameters.how),
    says: (_change, packets) => (packets === 0 ? null : `${packets} questions or answers were hit by our rule`),
  });
  return {
    ...rules,
    async prior(target, _parameters, signal) {
      const address = await lookUp(lab, demandNode(target.node), signal);
      if (address === null) throw nothingToSpoil(target.node);
      return { address };
    },
    async bitten(change, signal) {
      if ((await lookUp(lab, demandNode(change.target.node), signal)) !== null) return null;
      const hit = await rules.bitten(change, signal);
      return hit === null ? null : witness(lab, change.target, `${NAME} is not found; ${hit.says}`);
    },
    async healed(change, signal) {
      const address = await lookUp(lab, demandNode(change.target.node), signal);
      const gone = address === null ? null : await rules.healed(change, signal);
      return gone === null ? null : witness(lab, change.target, `${NAME} is ${address}; ${gone.says}`);
    },
  };
}

/**
 * Returns the rules. refuse: queries are rejected on their way out. silence: queries go out, and the answers are dropped on their
 * way in, because the kernel reports an outgoing query that is dropped to its sender, which would not be silence.
 */
export function dnsRules(table: string, how: "refuse" | "silence"): string {
  const [hook, field, verdict] = how === "refuse" ? ["output", "dport", "reject"] : ["input", "sport", "drop"];
  const chain = `add chain inet ${table} questions { type filter hook ${hook} priority -10; }\n`;
  const rule = (protocol: "udp" | "tcp") =>
    `add rule inet ${table} questions ${protocol} ${field} 53 counter ${verdict}\n`;
  return `add table inet ${table}\n${chain}${rule("udp")}${rule("tcp")}`;
}

/** Returns the address that a program on the node would get for the name; null when it is not found. */
async function lookUp(lab: Lab, node: NodeName, signal: AbortSignal): Promise<string | null> {
  const request = { argv: ["getent", "ahostsv4", NAME], deadlineMs: LOOKUP_MS };
  const { code, stdout } = await lab.space.nodes[node].tryRun(request, signal);
  return code === 0 ? (stdout.split(/\s/)[0] ?? null) : null;
}

function nothingToSpoil(node: string): GamedayError {
  return new GamedayError({
    code: "lab-no-dns",
    expected: `${node} to resolve ${NAME} before that is broken`,
    got: "no address",
    exitCode: ExitCode.notReady,
  });
}
