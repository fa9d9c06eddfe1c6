/** Names whose addresses the user gives, instead of those that the system resolves. */
import { isIP } from "node:net";
import { GamedayError } from "./errors.ts";

/** Addresses by "name", "name:port", "*" or "*:port", in lower case. */
export type Hosts = Readonly<Record<string, readonly string[]>>;

/**
 * Parses "NAME:ADDRESS" or "NAME:PORT:ADDRESS", as curl's --resolve does; several addresses are separated by commas, and IPv6
 * is in brackets where it could be mistaken for a port. Returns the key and the addresses for `hosts`; throws GamedayError.
 */
export function parseResolve(text: string): [name: string, addresses: readonly string[]] {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(0, colon)).toLowerCase();
  const rest = text.slice(colon + 1);
  const whole = addressesIn(rest);
  const [, port = "", after = ""] = /^(\d{1,5}):(.*)$/.exec(rest) ?? [];
  const behindPort = Number(port) >= 1 && Number(port) <= 65_535 ? addressesIn(after) : null;
  // "2001:db8::1" is an address, and also a port with an address.
  if (whole !== null && behindPort !== null) throw badHosts(`${JSON.stringify(text)}, which can be read in two ways`);
  if (name !== "" && whole !== null) return [name, whole];
  if (name !== "" && behindPort !== null) return [`${name}:${port}`, behindPort];
  throw badHosts(JSON.stringify(text));
}

/** Parses `hosts` of a script or plan: addresses by name or name:port. Throws GamedayError. */
export function parseHosts(hosts: Readonly<Record<string, unknown>>): Hosts {
  const entries = Object.entries(hosts).map(([key, given]) => {
    const list = Array.isArray(given) ? given : [given];
    const addresses = list.every((one) => typeof one === "string") ? addressesIn(list.join(",")) : null;
    const [, port] = /:(\d+)$/.exec(key) ?? [];
    const sound = /^(\*|[^\s:*/]+)(:\d{1,5})?$/.test(key) && (port === undefined || Number(port) <= 65_535);
    if (!sound || addresses === null) throw badHosts(`${JSON.stringify(key)}: ${JSON.stringify(given)}`);
    return [key.toLowerCase(), addresses] as const;
  });
  return Object.fromEntries(entries);
}

function addressesIn(text: string): string[] | null {
  const addresses = text.split(",").map((part) => part.trim().replace(/^\[(.*)\]$/, "$1"));
  return addresses.every((address) => isIP(address) !== 0) ? addresses : null;
}

function badHosts(got: string): GamedayError {
  return new GamedayError({
    code: "bad-hosts",
    expected: "a name, with or without a port, and its addresses",
    got,
    hint: '--resolve shop.test:127.0.0.1 or shop.test:8080:127.0.0.1,127.0.0.2; IPv6 in brackets; in a script or plan hosts: { "shop.test": "127.0.0.1" }',
  });
}
