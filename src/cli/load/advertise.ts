/** Finds the address at which the pods of a cluster reach this machine, which may have several. */
import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import type { KubernetesApi } from "../../kubernetes.ts";
import type { NodeObject } from "../../platform/kubernetes/objects.ts";

const ANY_PORT = 9;

/**
 * Returns the address of this machine from which it reaches the nodes of the cluster, or the API server where nodes may not be
 * listed; null when that is only the loopback address. Sends nothing.
 */
export async function addressTowardsCluster(api: Pick<KubernetesApi, "list" | "server">): Promise<string | null> {
  const nodes = (await api.list("Node", { namespace: "" }).catch(() => [])) as readonly NodeObject[];
  const internal = nodes.flatMap(({ status }) => status?.addresses ?? []).filter(({ type }) => type === "InternalIP");
  const candidates = [...internal.map(({ address }) => address), hostOf(api.server)];
  const there = candidates.find((address) => isIP(address) === 4);
  return there === undefined ? null : await sourceAddress(there);
}

/** Returns the address that the kernel would send from; null for the loopback address, and when there is no route. */
export function sourceAddress(towards: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const end = (address: string | null) => {
      socket.close();
      resolve(address);
    };
    socket.once("error", () => end(null));
    socket.connect(ANY_PORT, towards, () => {
      const { address } = socket.address(); // connecting a datagram socket only looks up the route
      end(address.startsWith("127.") ? null : address);
    });
  });
}

function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).hostname : "";
}
