/** A TCP proxy between the shop and a store that can be shut without a word, as a cut cable is. */
import { connect, createServer, type Socket } from "node:net";

export interface Gate extends AsyncDisposable {
  readonly port: number;
  /** All connections that there are fall silent for ever: no byte, no end. New ones wait likewise while it is shut. */
  shut(): void;
  /** New connections pass again; the old ones stay silent. */
  open(): void;
}

export async function openGate(targetPort: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let passing = true;
  const server = createServer((incoming) => {
    const all = passing ? [incoming, connect(targetPort, "127.0.0.1")] : [incoming];
    for (const socket of all) {
      sockets.add(socket);
      socket.on("error", () => undefined); // the other side closes it; here nothing depends on how
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
