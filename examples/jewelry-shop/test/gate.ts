/** A TCP proxy between the shop and a store. It can be shut silently, like a cut cable. */
import { connect, createServer, type Socket } from "node:net";

export interface Gate extends AsyncDisposable {
  readonly port: number;
  /** Silences all existing connections forever: no byte, no end. While it is shut, new connections stall likewise. */
  shut(): void;
  /** Lets new connections pass again; the old ones stay silent. */
  open(): void;
}

export async function openGate(targetPort: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let passing = true;
  const server = createServer((incoming) => {
    const all = passing ? [incoming, connect(targetPort, "127.0.0.1")] : [incoming];
    for (const socket of all) {
      sockets.add(socket);
      socket.on("error", () => undefined); // The other side closes it; nothing here depends on how.
      socket.on("close", () => sockets.delete(socket));
    }
    const [, outgoing] = all;
    if (outgoing === undefined) return;
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    shut: () => {
      passing = false;
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    open: () => {
      passing = true;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
