/** The listening sockets of a network namespace, from the kernel's table (proc(5), /proc/net/tcp and tcp6). Pure. */

export interface Listener {
  /** "127.0.0.1", "0.0.0.0", "::" ... */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
}

const LISTEN = "0A";

/** Parses the text of one of the two tables, or of both. */
export function parseListeners(table: string): Listener[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , uid] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    if (state !== LISTEN || !/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(address)) return [];
    return [{ address: addressOf(address), port: Number.parseInt(port, 16), uid: Number(uid) }];
  });
}

/**
 * Parses words of 32 bits, each in the byte order of the machine, which is little-endian on all machines that the lab runs on.
 */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  const tail = bytes.slice(12).map((byte) => Number.parseInt(byte, 16));
  const head = bytes.slice(0, 12).join("");
  if (head === `${"00".repeat(10)}FFFF`) return tail.join(".");
  if (/^0*$/.test(head) && tail.slice(0, 3).every((byte) => byte === 0))
    return tail[3] === 1 ? "::1" : tail[3] === 0 ? "::" : "::…";
  return (bytes.join("").match(/.{4}/g) ?? []).join(":").toLowerCase();
}

const EVERYWHERE: readonly string[] = ["0.0.0.0", "::"];

/**
 * Explains why an app that should listen on `port` of `reachableAt` cannot be reached from outside; null when it listens where it
 * should. `uid` is the app's user, to find where it listens instead.
 */
export function whyUnreached(
  listeners: readonly Listener[],
  { port, reachableAt, uid }: { readonly port: number; readonly reachableAt: string; readonly uid: number },
): string | null {
  const there = listeners.filter((one) => one.port === port);
  if (there.some(({ address }) => address === reachableAt || EVERYWHERE.includes(address))) return null;
  const [only] = there;
  const must = "users come from another host, so it must listen on 0.0.0.0 ($HOST)";
  if (only !== undefined) return `it listens on ${only.address} only, port ${port}: ${must}`;
  const others = [...new Set(listeners.filter((one) => one.uid === uid).map((one) => one.port))];
  const instead = others.length === 0 ? "" : `; its user listens on ${others.join(", ")}`;
  return `nothing listens on port ${port} ($PORT)${instead}`;
}
