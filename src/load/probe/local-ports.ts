/**
 * The local ports of probes. A kernel chooses ports at random, and probes that open a hundred connections a second meet each of them again
 * within a minute. A connection that was never answered stays for two minutes in the connection table of a load balancer in the kernel
 * (nf_conntrack_tcp_timeout_syn_sent; Kubernetes' Services are one), and one that comes from the same port meanwhile is sent to the
 * same dead server. So a port that was used comes back as late as possible. Users of a real platform come from many machines and do not
 * meet this.
 */
import { readFileSync } from "node:fs";

/** The kernel's own range, for connections that do not choose a port. */
const RANGE = "/proc/sys/net/ipv4/ip_local_port_range";
const FIRST = 10_000;
/** With fewer ports, one comes back so soon that nothing would be won. */
const COUNT_MIN = 15_000;

/** Returns what takes each port from `first` to `last` in turn, beginning with one that `share` (0 to 1) chooses. */
export function portsInTurn(first: number, last: number, share: number): () => number {
  const count = last - first + 1;
  let next = Math.floor(share * count) % count;
  return () => {
    const port = first + next;
    next = (next + 1) % count;
    return port;
  };
}

/**
 * Returns the ports below the kernel's own range in turn, because no other connection uses them; null where that is not known or has too few.
 */
export function localPorts(share: number, read = () => readFileSync(RANGE, "utf8")): (() => number) | null {
  try {
    const [low = 0] = read().trim().split(/\s+/).map(Number);
    return low - FIRST >= COUNT_MIN ? portsInTurn(FIRST, low - 1, share) : null;
  } catch {
    return null; // not a Linux
  }
}
