/**
 * The text of the nft tables that our changes of the network are made of. Pure. One `nft -f -` makes all of a table, or nothing. Every
 * rule asks a set whose elements have a timeout: when that is over the kernel forgets them, and the rule meets nothing any more.
 */
import type { Change } from "../../../platform.ts";
import { tableName } from "../marks.ts";

export const EVERYBODY: readonly string[] = ["0.0.0.0/0"];

export interface RuleScope {
  /** Addresses and ranges whose packets are meant. */
  readonly addresses: readonly string[];
  /** Addresses that are never meant: the pods' own node, whose kubelet reaches them also when its network is gone. */
  readonly spared: readonly string[];
  /** When the kernel forgets them, and with them the change. */
  readonly seconds: number;
}

type RuleChange = Pick<Change, "id" | "parameters">;
/** Statements of the chains that hear (input) and speak (output); loopback has passed before them. */
interface Statements {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
}

/** Established connections are cut like new ones. */
export function cutRules(change: RuleChange, scope: RuleScope): string {
  const { how, direction } = change.parameters;
  const verdict = how === "reject" ? "counter reject" : "counter drop";
  return table(
    change,
    peersSet(scope),
    {
      ...(direction === "out" ? {} : { input: [`ip saddr @peers ${verdict}`] }),
      ...(direction === "in" ? {} : { output: [`ip daddr @peers ${verdict}`] }),
    },
    scope.spared,
  );
}

/** Loses `percent` of the packets that come in. */
export function dropRules(change: RuleChange, scope: RuleScope): string {
  const share = perMille(change.parameters["percent"]);
  return table(
    change,
    peersSet(scope),
    { input: [`ip saddr @peers numgen random mod 1000 < ${share} counter drop`] },
    scope.spared,
  );
}

/** Answers `percent` of the TCP segments that come in with a reset. */
export function resetRules(change: RuleChange, scope: RuleScope): string {
  const share = perMille(change.parameters["percent"]);
  const statement = `ip saddr @peers meta l4proto tcp numgen random mod 1000 < ${share} counter reject with tcp reset`;
  return table(change, peersSet(scope), { input: [statement] }, scope.spared);
}

/** Drops what comes or goes faster than the limit; TCP then keeps to it. nft counts in bytes and bursts. */
export function bandwidthRules(change: RuleChange, scope: RuleScope): string {
  const bytes = Math.max(1, Math.round((Number(change.parameters["kilobitsPerSecond"]) * 1000) / 8));
  const limit = `limit rate over ${bytes} bytes/second burst ${Math.max(3_000, Math.round(bytes / 5))} bytes counter drop`;
  return table(
    change,
    peersSet(scope),
    { input: [`ip saddr @peers ${limit}`], output: [`ip daddr @peers ${limit}`] },
    scope.spared,
  );
}

/**
 * refuse: questions are turned back on their way out. silence: the answers are lost on their way in; a question that is dropped on its
 * way out is no silence, for the kernel tells its sender.
 */
export function dnsRules(change: RuleChange, { seconds }: Pick<RuleScope, "seconds">): string {
  const set = `  set ports { type inet_service; flags timeout; elements = { 53 timeout ${seconds}s } }\n`;
  const both = (field: string, verdict: string) =>
    ["udp", "tcp"].map((protocol) => `${protocol} ${field} @ports ${verdict}`);
  const statements =
    change.parameters["how"] === "silence"
      ? { input: both("sport", "counter drop") }
      : { output: both("dport", "counter reject") };
  return table(change, set, statements);
}

/** Runs on inside the pod without us: the empty table goes a moment after its elements. */
export function deleteLater(changeId: string, seconds: number): string[] {
  const later = `sleep ${seconds + 2}; nft delete table inet ${tableName(changeId)}`;
  return ["sh", "-c", `(${later}) >/dev/null 2>&1 </dev/null &`];
}

/** Packets that all rules of a listed table have met. */
export function packetsIn(listed: string): number {
  return [...listed.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

function peersSet({ addresses, seconds }: RuleScope): string {
  const elements = addresses.map((address) => `${address} timeout ${seconds}s`).join(", ");
  return `  set peers { type ipv4_addr; flags interval, timeout; elements = { ${elements} } }\n`;
}

function table({ id }: RuleChange, set: string, statements: Statements, spared: readonly string[] = []): string {
  const { input = [], output = [] } = statements;
  const spare = (field: string) => (spared.length === 0 ? "" : `    ip ${field} { ${spared.join(", ")} } accept\n`);
  const chain = (hook: "input" | "output", device: "iifname" | "oifname", statements: readonly string[]) =>
    `  chain ${hook} {\n    type filter hook ${hook} priority -300; policy accept;\n    ${device} "lo" accept\n` +
    spare(hook === "input" ? "saddr" : "daddr") +
    `${statements.map((statement) => `    ${statement}\n`).join("")}  }\n`;
  return `table inet ${tableName(id)} {\n${set}${chain("input", "iifname", input)}${chain("output", "oifname", output)}}\n`;
}

/** Shares as nft's random numbers compare them; at least one in a thousand. */
function perMille(percent: unknown): number {
  return Math.min(1000, Math.max(1, Math.round(Number(percent) * 10)));
}
