/** The text of the nft tables that our changes are made of. Pure. One `nft -f -` makes all of a table, or nothing. */
import type { Change } from "../../../platform.ts";
import { tableName } from "../marks.ts";

export const EVERYBODY: readonly string[] = ["0.0.0.0/0"];

export interface CutScope {
  /** Addresses and ranges whose packets are dropped. */
  readonly addresses: readonly string[];
  /** When the kernel forgets them, and with them the cut. */
  readonly seconds: number;
}

/** Established connections are cut like new ones. `input` hears, `output` speaks; loopback passes. */
export function cutRules(
  { id, parameters }: Pick<Change, "id" | "parameters">,
  { addresses, seconds }: CutScope,
): string {
  const elements = addresses.map((address) => `${address} timeout ${seconds}s`).join(", ");
  const verdict = parameters["how"] === "reject" ? "counter reject" : "counter drop";
  const chain = (hook: "input" | "output", device: "iifname" | "oifname", field: "saddr" | "daddr", on: boolean) =>
    `  chain ${hook} {\n    type filter hook ${hook} priority -300; policy accept;\n    ${device} "lo" accept\n` +
    `${on ? `    ip ${field} @peers ${verdict}\n` : ""}  }\n`;
  return (
    `table inet ${tableName(id)} {\n` +
    `  set peers { type ipv4_addr; flags interval, timeout; elements = { ${elements} } }\n` +
    chain("input", "iifname", "saddr", parameters["direction"] !== "out") +
    chain("output", "oifname", "daddr", parameters["direction"] !== "in") +
    `}\n`
  );
}

/** Runs on inside the pod without us: the empty table goes a moment after its elements. */
export function deleteLater(table: string, seconds: number): string[] {
  const later = `sleep ${seconds + 2}; nft delete table inet ${table}`;
  return ["sh", "-c", `(${later}) >/dev/null 2>&1 </dev/null &`];
}
