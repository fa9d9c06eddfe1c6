/** Checks what users need before a load begins: descriptors and local ports of this machine, and a host name that resolves. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ClientPlan } from "../../plan.ts";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import type { Hosts } from "../../std/hosts.ts";
import { networkOf } from "../http/network.ts";
import { splitUrl } from "../http/origin.ts";

export interface MachineLimits {
  /** Descriptors that one process may have; null when unknown. */
  readonly descriptors: number | null;
  /** Local ports for connections to one address; null when unknown. */
  readonly ports: number | null;
}

/** Descriptors that a worker needs besides its users' connections. */
const DESCRIPTORS_ASIDE = 100;

/** Returns the limits that Linux reports; on other systems they are unknown, and no load is refused. */
export function machineLimits(): MachineLimits {
  const limits = /^Max open files\s+(\d+)/m.exec(read("/proc/self/limits"))?.[1];
  const [low, high] = read("/proc/sys/net/ipv4/ip_local_port_range").trim().split(/\s+/).map(Number);
  return {
    descriptors: limits === undefined ? null : Number(limits),
    ports: low === undefined || high === undefined ? null : high - low + 1,
  };
}

/**
 * Throws GamedayError, with the figure and a remedy, when `users` on `workers` processes of this machine cannot each have a
 * connection.
 */
export function checkLimits(users: number, workers: number, baseUrl: string, limits: MachineLimits): void {
  const each = Math.ceil(users / workers);
  if (limits.descriptors !== null && each + DESCRIPTORS_ASIDE > limits.descriptors) {
    throw new GamedayError({
      code: "too-few-descriptors",
      expected: `at least ${each + DESCRIPTORS_ASIDE} open files for each of ${workers} workers with ${each} users`,
      got: `a limit of ${limits.descriptors}`,
      hint: `raise it (ulimit -n ${each + DESCRIPTORS_ASIDE}), use more workers (--workers), or fewer users`,
      exitCode: ExitCode.notReady,
    });
  }
  if (limits.ports !== null && users > limits.ports) {
    throw new GamedayError({
      code: "too-few-ports",
      expected: `at least ${users} local ports for connections to ${splitUrl(baseUrl).origin.authority}`,
      got: `${limits.ports} (net.ipv4.ip_local_port_range)`,
      hint: 'widen it (sysctl -w net.ipv4.ip_local_port_range="1024 65535"), or join workers on other machines',
      exitCode: ExitCode.notReady,
    });
  }
}

/**
 * Throws GamedayError when this machine cannot resolve the host, or the proxy on the way to it, because every call of every
 * user would fail. `hostsOfScripts` is called only when the name is not found otherwise, because it is slow.
 */
export async function checkHost(
  baseUrl: string,
  client: ClientPlan,
  hostsOfScripts: () => Promise<Hosts>,
): Promise<void> {
  const { origin } = splitUrl(baseUrl);
  const { addresses, proxies } = networkOf(client);
  const { host, port } = proxies.on(origin)?.origin ?? origin;
  try {
    if (isIP(host) === 0) await addresses.addressesOf(host, port);
  } catch (thrown) {
    const found = networkOf(client, { hosts: await hostsOfScripts() }).addresses.addressesOf(host, port);
    if (await found.then(Boolean, () => false)) return;
    throw new GamedayError({
      code: "host-not-found",
      expected: `the name ${host} to be found`,
      got: messageOf(thrown),
      hint: `is it spelt right, and known to this machine (getent hosts, /etc/hosts)? --resolve ${host}:ADDRESS gives it one`,
      exitCode: ExitCode.notReady,
      cause: thrown,
    });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // not Linux, or not allowed: unknown
  }
}
