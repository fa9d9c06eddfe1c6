/** How long a connection from inside a node to another address takes: one round trip, as the mean and the minimum of several. */
import { type NodeName, PORT, SWITCH_ADDRESS } from "../addresses.ts";
import type { Lab } from "../lab-parts.ts";

const DIALS = 5;
const DIAL_MS_MAX = 10_000;

export interface RoundTrip {
  readonly meanMs: number;
  readonly leastMs: number;
}

/** Connects to HAProxy on the switch, or to the Sentinel on a node: both listen whichever member leads. */
export async function roundTrip(lab: Lab, node: NodeName, address: string, signal: AbortSignal): Promise<RoundTrip> {
  const port = address === SWITCH_ADDRESS ? PORT.postgresLeader : PORT.sentinel;
  const tookMs: number[] = [];
  while (tookMs.length < DIALS) {
    const from = lab.nowMs();
    (await lab.space.nodes[node].dial(address, port, signal, DIAL_MS_MAX)).destroy();
    tookMs.push(lab.nowMs() - from);
  }
  return { meanMs: tookMs.reduce((sum, one) => sum + one, 0) / DIALS, leastMs: Math.min(...tookMs) };
}
