/** What all connections of a process share, set up as the plan requires. */
import type { ConnectionOptions } from "node:tls";
import type { ClientPlan } from "../../plan.ts";
import type { Hosts } from "../../std/hosts.ts";
import { AddressBook, type AddressOptions } from "./addresses.ts";
import { Deadlines } from "./deadlines.ts";
import { KeptBytes } from "./kept-bytes.ts";
import { Outgoing } from "./outgoing.ts";
import { NO_PROXIES, type Proxies, proxiesOf } from "./proxy.ts";

export interface Network {
  readonly deadlines: Deadlines;
  readonly outgoing: Outgoing;
  readonly addresses: AddressBook;
  readonly proxies: Proxies;
  readonly connectTimeoutMs: number;
  /** The bytes of arriving bodies that are kept for scripts. */
  readonly kept: KeptBytes;
  /** TLS options for connections to servers. */
  readonly tls: TlsOptions;
  /** Chooses the local port of each connection; without it, the kernel does. */
  readonly localPort?: () => number;
}

export type TlsOptions = Pick<
  ConnectionOptions,
  "ca" | "cert" | "key" | "passphrase" | "rejectUnauthorized" | "servername"
>;

const CONNECT_TIMEOUT_MS = 3_000;
const BODY_BYTES_MAX = 16 << 20;

/** Returns the network of a plan; `own` is what a worker adds to the plan's address options. */
export function networkOf(client: ClientPlan, own: AddressOptions = {}): Network {
  const { hosts, family, proxy } = client;
  return networkWith({
    addresses: new AddressBook({
      ...own,
      ...(hosts === undefined ? {} : { hosts: overridden(own.hosts ?? {}, hosts) }),
      ...(family === undefined ? {} : { family }),
    }),
    ...(proxy === undefined ? {} : { proxies: proxiesOf(proxy) }),
    connectTimeoutMs: client.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    kept: new KeptBytes(client.bodyBytesMax ?? BODY_BYTES_MAX),
    tls: tlsOf(client.tls ?? {}),
  });
}

/** Merges two sets of hosts. A name in `given` (of a flag or the plan) replaces the scripts' entries for it, on any port. */
function overridden(scripts: Hosts, given: Hosts): Hosts {
  const names = new Set(Object.keys(given).map(nameIn));
  const others = Object.entries(scripts).filter(([key]) => !names.has(nameIn(key)));
  return { ...Object.fromEntries(others), ...given };
}

function nameIn(key: string): string {
  return key.replace(/:\d+$/, "");
}

/** Returns a new network; parts that are left out have their defaults. */
export function networkWith(parts: Partial<Network>): Network {
  return {
    deadlines: new Deadlines(),
    outgoing: new Outgoing(),
    addresses: new AddressBook(),
    proxies: NO_PROXIES,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    kept: new KeptBytes(BODY_BYTES_MAX),
    tls: {},
    ...parts,
  };
}

function tlsOf({ ca, certificate, key, serverName, insecure }: NonNullable<ClientPlan["tls"]>): TlsOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    rejectUnauthorized: insecure !== true,
  };
}
