/** Opens a connection to a target through a proxy with CONNECT (RFC 9110, section 9.3.6). */
import { isIP, type Socket } from "node:net";
import type { TransportError } from "../../scenario.ts";
import { dial } from "./dial.ts";
import { socketError, transportError } from "./failure.ts";
import { Head, scanHead } from "./head.ts";
import type { Network } from "./network.ts";
import type { Origin } from "./origin.ts";
import type { HttpProxy } from "./proxy.ts";

const HEAD_BYTES_MAX = 65_536;

export interface TunnelListener {
  /** Is called when the tunnel is open: bytes from now on go to and come from the target. */
  onTunnel(socket: Socket): void;
  onNoTunnel(error: TransportError): void;
}

/** Begins to open a tunnel. Destroying the returned socket ends the attempt; a call of onNoTunnel then has to be ignored. */
export function openTunnel(proxy: HttpProxy, target: Origin, network: Network, listener: TunnelListener): Socket {
  const socket = dial(proxy.origin, { network, protocols: ["http/1.1"], isProxy: true });
  const failed = (error: unknown) => {
    leave();
    const { code, message } = socketError(error, {
      connected: socket.readyState === "open",
      secure: true,
      sent: false,
    });
    socket.destroy();
    listener.onNoTunnel(transportError(code, `the proxy ${proxy.origin.text}: ${message}`, false));
  };
  const ended = () => failed(new Error("the connection ended before it let us pass"));
  const readable = () => {
    try {
      if (!readAnswer(socket)) return;
    } catch (thrown) {
      return failed(thrown);
    }
    leave();
    listener.onTunnel(socket);
  };
  const leave = () => {
    for (const event of ["end", "close"]) socket.off(event, ended);
    socket.off("error", failed).off("readable", readable);
  };
  socket.once(proxy.origin.secure ? "secureConnect" : "connect", () => {
    socket.write(requestTo(proxy, target), "latin1");
    socket.on("readable", readable);
  });
  for (const event of ["end", "close"]) socket.on(event, ended);
  return socket.on("error", failed);
}

function requestTo({ authorization }: HttpProxy, { host, port }: Origin): string {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const credentials = authorization === "" ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: gameday\r\n${credentials}\r\n`;
}

/**
 * Returns true when the proxy opened the tunnel, and false while its answer is incomplete; throws when it refused. Bytes after
 * the answer are left for the next reader.
 */
function readAnswer(socket: Socket): boolean {
  const bytes = socket.read() as Buffer | null;
  if (bytes === null) return false;
  const head = new Head();
  for (let from = 0; ; ) {
    const end = scanHead(bytes, from, bytes.length, head);
    if (end < 0) throw new Error(`its answer has ${head.problem}`);
    if (end === 0) return keep(socket, bytes, from);
    if (head.status >= 300) throw new Error(`it answered CONNECT with status ${head.status}${hintOf(head.status)}`);
    if (head.status >= 200) {
      if (end < bytes.length) socket.unshift(bytes.subarray(end));
      return true;
    }
    from = end;
  }
}

/** Puts an incomplete head back into the socket until more bytes arrive. */
function keep(socket: Socket, bytes: Buffer, from: number): false {
  if (bytes.length - from > HEAD_BYTES_MAX)
    throw new Error(`its answer has a head of more than ${HEAD_BYTES_MAX} bytes`);
  socket.unshift(bytes.subarray(from));
  return false;
}

function hintOf(status: number): string {
  return status === 407 ? " (it wants a user and a password: http://USER:PASSWORD@PROXY)" : "";
}
