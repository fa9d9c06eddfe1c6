/**
 * A local port on this machine's loopback interface that leads to a port of a pod through the API server and the kubelet, with
 * one WebSocket for each connection. It is slower than the path that users take and dies with the API server, so it is used only
 * for ledgers and health.
 */
import { createServer, type Server, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import type { Forward, PodReference } from "../kubernetes.ts";
import type { ClusterLogin } from "./cluster-login.ts";
import { webSockets } from "./web-socket.ts";

/** Opens the port. Aborting the signal closes it, as disposing it does. */
export async function forwardPort(
  login: ClusterLogin,
  pod: PodReference,
  port: number,
  signal: AbortSignal,
): Promise<Forward> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    void bridge(login, pod, port, socket);
  });
  await listening(server);
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  if (signal.aborted) close();
  signal.addEventListener("abort", close, { once: true });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", close);
      close();
    },
  };
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}

async function bridge(
  login: ClusterLogin,
  { namespace, pod }: PodReference,
  port: number,
  socket: Socket,
): Promise<void> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  output.pipe(socket);
  errors.on("data", () => socket.destroy()); // "connection refused" inside the pod
  try {
    const { PortForward } = await import("@kubernetes/client-node");
    const forwarder = new PortForward(login.config, true, webSockets(login));
    const opened = await forwarder.portForward(namespace, pod, [port], output, errors, socket);
    const line = typeof opened === "function" ? opened() : opened; // a function only where it may reconnect by itself
    if (line === null) return;
    if (socket.destroyed) line.close();
    socket.on("close", () => line.close());
    line.on("close", () => socket.end());
    line.on("error", () => socket.destroy());
  } catch {
    socket.destroy(); // the client sees a connection that ends, as with any server that is down
  }
}
