/**
 * The text of the nft tables that make our network changes. Pure. One `nft -f -` creates the whole table or nothing. Every rule
 * matches against a set whose elements have a timeout: after it, the kernel removes them and the rule no longer matches anything.
 */
import type { CapabilityName, Change } from "../../../platform.ts";
import { tableName } from "../marks.ts";

export const EVERYBODY: readonly string[] = ["0.0.0.0/0"];

export interface RuleScope {
  /** The addresses and ranges whose packets are affected. */
  readonly addresses: readonly string[];
  /** Addresses and ranges that are never affected: the pods' own node, whose kubelet reaches them even when the node's network is down. */
  readonly spared: readonly string[];
  /**
   * The addresses that the node itself has towards the pod. A connection that is opened from there is spared for as long as a probe of the
   * kubelet lasts. Users who come in through the node of the pod have the same address, and the connections that they keep are lost
   * with a node that is cut off.
   */
  readonly gateways: readonly string[];
  /** How long a probe of the kubelet may last. */
  readonly probeSeconds: number;
  /** When the kernel removes the addresses, and with them the change. */
  readonly seconds: number;
}

type RuleChange<Name extends CapabilityName> = Pick<Change<Name>, "id" | "parameters">;

/** The statements of the input and output chains; loopback traffic is accepted before them. */
interface Statements {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
}

/** Returns the table for a cut. Established connections are cut like new ones. */
export function cutRules(change: RuleChange<"cut">, scope: RuleScope): string {
  const { how, direction } = change.parameters;
  const verdict = how === "reject" ? "counter reject" : "counter drop";
  return table(
    change,
    peersSet(scope),
    {
      ...(direction === "out" ? {} : { input: [`ip saddr @peers ${verdict}`] }),
      ...(direction === "in" ? {} : { output: [`ip daddr @peers ${verdict}`] }),
    },
    scope,
  );
}

/** Returns the table that loses `percent` of the incoming packets. */
export function dropRules(change: RuleChange<"drop">, scope: RuleScope): string {
  const share = perMille(change.parameters.percent);
  return table(
    change,
    peersSet(scope),
    { input: [`ip saddr @peers numgen random mod 1000 < ${share} counter drop`] },
    scope,
  );
}

/** Returns the table that answers `percent` of the incoming TCP segments with a reset. */
export function resetRules(change: RuleChange<"reset">, scope: RuleScope): string {
  const share = perMille(change.parameters.percent);
  const statement = `ip saddr @peers meta l4proto tcp numgen random mod 1000 < ${share} counter reject with tcp reset`;
  return table(change, peersSet(scope), { input: [statement] }, scope);
}

/**
 * Returns the table that drops traffic above the limit in either direction; TCP then adapts to it. nft counts in bytes and
 * bursts.
 */
export function bandwidthRules(change: RuleChange<"bandwidth">, scope: RuleScope): string {
  const bytes = Math.max(1, Math.round((change.parameters.kilobitsPerSecond * 1000) / 8));
  const limit = `limit rate over ${bytes} bytes/second burst ${Math.max(3_000, Math.round(bytes / 5))} bytes counter drop`;
  return table(
    change,
    peersSet(scope),
    { input: [`ip saddr @peers ${limit}`], output: [`ip daddr @peers ${limit}`] },
    scope,
  );
}

/**
 * Returns the table for DNS faults. refuse: queries are rejected on their way out. silence: the answers are dropped on their way
 * in, because the kernel reports an outgoing query that is dropped to its sender, which would not be silence.
 */
export function dnsRules(change: RuleChange<"dns">, { seconds }: Pick<RuleScope, "seconds">): string {
  const set = `  set ports { type inet_service; flags timeout; elements = { 53 timeout ${seconds}s } }\n`;
  const both = (field: string, verdict: string) =>
    ["udp", "tcp"].map((protocol) => `${protocol} ${field} @ports ${verdict}`);
  const statements =
    change.parameters.how === "silence"
      ? { input: both("sport", "counter drop") }
      : { output: both("dport", "counter reject") };
  return table(change, set, statements);
}

/**
 * Returns a command that keeps running inside the pod without us and deletes the empty table shortly after its elements have
 * expired.
 */
export function deleteLater(changeId: string, seconds: number): string[] {
  const later = `sleep ${seconds + 2}; nft delete table inet ${tableName(changeId)}`;
  return ["sh", "-c", `(${later}) >/dev/null 2>&1 </dev/null &`];
}

/** Returns the number of packets that matched the rules of a listed table. */
export function packetsIn(listed: string): number {
  return [...listed.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

/** Returns the gateways of the default routes in the text of /proc/net/route, which has addresses as hexadecimal words in the host's order. */
export function gatewaysIn(routes: string): string[] {
  const lines = routes.split("\n").map((line) => line.trim().split(/\s+/));
  const words = lines.flatMap(([, destination, gateway = ""]) => (destination === "00000000" ? [gateway] : []));
  const address = (word: string) =>
    (word.match(/[0-9A-F]{2}/gi) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse();
  return words
    .filter((word) => /^[0-9A-F]{8}$/i.test(word) && word !== "00000000")
    .map((word) => address(word).join("."));
}

function peersSet({ addresses, seconds }: RuleScope): string {
  const elements = addresses.map((address) => `${address} timeout ${seconds}s`).join(", ");
  return `  set peers { type ipv4_addr; flags interval, timeout; elements = { ${elements} } }\n`;
}

const NOTHING_SPARED = { spared: [], gateways: [], probeSeconds: 0 };

function table(
  { id }: Pick<Change, "id">,
  set: string,
  statements: Statements,
  { spared, gateways, probeSeconds }: Pick<RuleScope, "spared" | "gateways" | "probeSeconds"> = NOTHING_SPARED,
): string {
  const { input = [], output = [] } = statements;
  const others = gateways.length === 0 ? () => "" : (field: string) => ` ip ${field} != { ${gateways.join(", ")} }`;
  // A rule for each address, because the elements of one set may not overlap.
  const spare = (field: "saddr" | "daddr") => [
    ...spared.map((address) => `    ip ${field} ${address}${others(field)} accept\n`),
    ...gateways.map((address) => `    ${opened(field, address)}\n`),
  ];
  const chain = (hook: "input" | "output", device: "iifname" | "oifname", statements: readonly string[]) =>
    `  chain ${hook} {\n    type filter hook ${hook} priority -300; policy accept;\n    ${device} "lo" accept\n` +
    spare(hook === "input" ? "saddr" : "daddr").join("") +
    `${statements.map((statement) => `    ${statement}\n`).join("")}  }\n`;
  const opener = gateways.length === 0 ? "" : openedSet(probeSeconds + 1);
  return `table inet ${tableName(id)} {\n${set}${opener}${chain("input", "iifname", input)}${chain("output", "oifname", output)}}\n`;
}

/** Returns the set of the connections that a gateway has just opened, by its address and port. */
function openedSet(seconds: number): string {
  return `  set opened { type ipv4_addr . inet_service; flags dynamic, timeout; timeout ${seconds}s; }\n`;
}

/** Returns the rules that accept the connections which a gateway has just opened. */
function opened(field: "saddr" | "daddr", gateway: string): string {
  if (field === "daddr") return "ip daddr . tcp dport @opened accept";
  const begins = `ip saddr ${gateway} tcp flags & (syn | ack) == syn update @opened { ip saddr . tcp sport } accept`;
  return `${begins}\n    ip saddr . tcp sport @opened accept`;
}

/** Converts a share to the form that nft compares with its random numbers; at least one in a thousand. */
function perMille(percent: number): number {
  return Math.min(1000, Math.max(1, Math.round(percent * 10)));
}
