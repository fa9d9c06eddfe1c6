/**
 * A local port on this machine's loopback interface that leads to a port of a pod through the API server and the kubelet, with
 * one WebSocket for each connection. It is slower than the path that users take and dies with the API server, so it is used only
 * for ledgers and health.
 */
import { createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Forward, PodReference } from "../kubernetes.ts";

/** Opens the port. Aborting the signal closes it, as disposing it does. */
export async function forwardPort(
  config: KubeConfig,
  pod: PodReference,
  port: number,
  signal: AbortSignal,
): Promise<Forward> {
  const { PortForward } = await import("@kubernetes/client-node");
  const library = new PortForward(config, true);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    void bridge(library, pod, port, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
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

interface Forwarder {
  portForward(
    namespace: string,
    pod: string,
    ports: number[],
    output: PassThrough,
    errors: PassThrough,
    input: Socket,
  ): Promise<unknown>;
}

async function bridge(library: Forwarder, { namespace, pod }: PodReference, port: number, socket: Socket) {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  output.pipe(socket);
  errors.on("data", () => socket.destroy()); // "connection refused" inside the pod
  try {
    const line = await library.portForward(namespace, pod, [port], output, errors, socket);
    if (!isSocketLike(line)) return;
    if (socket.destroyed) line.close();
    socket.on("close", () => line.close());
    line.on("close", () => socket.end());
    line.on("error", () => socket.destroy());
  } catch {
    socket.destroy(); // the client sees a connection that ends, as with any server that is down
  }
}

function isSocketLike(value: unknown): value is { close(): void; on(event: string, then: () => void): void } {
  return typeof value === "object" && value !== null && "close" in value && "on" in value;
}
