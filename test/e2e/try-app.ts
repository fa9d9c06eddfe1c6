/** A shop of a few lines for the tests of `gameday try`: it keeps orders in memory, and one kind of customer must log in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface TryApp extends AsyncDisposable {
  readonly url: string;
  /** The ids of all orders that it holds. */
  readonly orders: ReadonlySet<string>;
}

export async function startTryApp(): Promise<TryApp> {
  const orders = new Set<string>();
  const server = createServer((request, response) => void answer(orders, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, orders, [Symbol.asyncDispose]: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(orders: Set<string>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop");
  const run = searchParams.get("run") ?? "none";
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
  if (pathname === "/") return json(200, {});
  if (pathname === "/orders" && request.method === "POST") {
    const { id } = JSON.parse(await bodyOf(request)) as { id: string };
    orders.add(id);
    return json(201, { id });
  }
  if (pathname === "/account") return json(request.headers.authorization === "Bearer right" ? 200 : 401, {});
  const ours = [...orders].filter((id) => id.startsWith(run)).sort();
  if (pathname === "/audit/orders") return json(200, { items: ours.map((id) => ({ id })), complete: true, next: null });
  if (pathname === "/audit/empty") return json(200, { items: [], complete: true, next: null });
  if (pathname === "/audit/clean-up") {
    for (const id of ours) orders.delete(id);
    return json(200, { remaining: 0 });
  }
  return json(404, {});
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
