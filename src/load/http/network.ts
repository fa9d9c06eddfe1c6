import type { ClientPlan } from "../../plan.ts";
import { Deadlines } from "./deadlines.ts";
import type { Network } from "./opener.ts";
import { cachingLookup } from "./origin.ts";
import { Outgoing } from "./outgoing.ts";

/** What all connections of a process share, as a plan wants it. */
export function networkOf(client: ClientPlan): Network {
  const { ca, certificate, key, serverName, insecure } = client.tls ?? {};
  return {
    deadlines: new Deadlines(),
    outgoing: new Outgoing(),
    lookup: cachingLookup(),
    connectTimeoutMs: client.connectTimeoutMs ?? 3_000,
    bodyBytesMax: client.bodyBytesMax ?? 16 << 20,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      rejectUnauthorized: insecure !== true,
    },
  };
}
