/** A named fake of a system that receives messages, on loopback. It answers, is slow, never answers, or answers nonsense. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeReceiver {
  readonly url: string;
  readonly received: Received[];
  /** Resolves when so many messages have arrived. */
  arrived(count: number): Promise<void>;
}

export interface Behaviour {
  /** null: it never answers. */
  readonly status: number | null;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts a fake that answers the n-th message as `behave(n)` says. */
export async function fakeReceiver(
  context: TestContext,
  behave: (message: number) => Behaviour = () => ({ status: 200 }),
): Promise<FakeReceiver> {
  const received: Received[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
    const { status, body: answer = "{}", headers = {} } = behave(received.length);
    if (status !== null) response.writeHead(status, headers).end(answer);
    for (const { count, resolve } of waiting) if (received.length >= count) resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const arrived = (count: number) =>
    new Promise<void>((resolve) => {
      if (received.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, arrived };
}
