/** Starts one TCP or TLS connection. The caller waits for the socket's events. */
import { isIP, connect as netConnect, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import type { Network, TlsOptions } from "./network.ts";
import type { Origin } from "./origin.ts";

export interface DialOptions {
  readonly network: Network;
  readonly protocols: readonly string[];
  readonly onread?: OnReadOpts;
  /** True for a proxy, to which the client certificate and the server name that are meant for the target do not apply. */
  readonly isProxy?: boolean;
}

/** Each of several addresses may take 1/ATTEMPTS of the connect timeout, but at least ATTEMPT_MS_MIN, before the next is tried. */
const ATTEMPTS = 3;
const ATTEMPT_MS_MIN = 250;

export function dial(origin: Origin, { network, protocols, onread, isProxy = false }: DialOptions): Socket {
  const { host, port, secure } = origin;
  const { connectTimeoutMs, addresses, localPort } = network;
  const named = isIP(host) === 0;
  const options = {
    host,
    port,
    noDelay: true,
    ...(localPort === undefined ? {} : { localPort: localPort() }),
    ...(onread === undefined ? {} : { onread }),
    ...(named
      ? {
          lookup: addresses.lookupOn(port),
          autoSelectFamily: true,
          autoSelectFamilyAttemptTimeout: Math.max(ATTEMPT_MS_MIN, connectTimeoutMs / ATTEMPTS),
        }
      : {}),
  };
  const socket = secure
    ? tlsConnect({ ...options, ...secrets(network.tls, host, isProxy, protocols) } as ConnectionOptions)
    : netConnect(options);
  if (named) watch(socket, origin, network);
  return socket;
}

/** Starts TLS with a target over an existing connection through a proxy. */
export function secureOver(socket: Socket, origin: Origin, { network, protocols }: DialOptions): Socket {
  return tlsConnect({ ...secrets(network.tls, origin.host, false, protocols), socket } as ConnectionOptions);
}

function secrets(tls: TlsOptions, host: string, isProxy: boolean, protocols: readonly string[]): ConnectionOptions {
  const { servername: wanted, cert, key, ...trust } = tls;
  const servername = (isProxy ? undefined : wanted) ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...trust,
    ...(isProxy || cert === undefined ? {} : { cert }),
    ...(isProxy || key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ALPNProtocols: [...protocols],
  };
}

/** Errors of this machine, which say nothing about an address. */
const OURS = /^(EADDRNOTAVAIL|EADDRINUSE|EMFILE|ENFILE|ENOBUFS)$/;

/** Reports to the address book which addresses accept connections. */
function watch(socket: Socket, { host, port }: Origin, { addresses }: Network): void {
  const failed = (address: string, _port: number, _family: number, error?: NodeJS.ErrnoException) => {
    if (!OURS.test(error?.code ?? "")) addresses.failed(host, port, address, error?.message ?? "no connection in time");
  };
  socket.on("connectionAttemptFailed", failed);
  socket.on("connectionAttemptTimeout", failed);
  socket.once("connect", () => {
    socket.off("connectionAttemptFailed", failed);
    socket.off("connectionAttemptTimeout", failed);
    addresses.reached(port, () => socket.remoteAddress);
  });
}
