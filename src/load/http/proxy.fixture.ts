/** A proxy in this process, for tests. It forwards absolute URLs and opens tunnels for CONNECT. */
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface TestProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The requests, such as "GET http://..." or "CONNECT host:port", each with its Proxy-Authorization if it has one. */
  readonly asked: string[];
}

export interface ProxyOptions {
  /** The port that all connections go to, whichever name is requested: there is no DNS for the names of tests. */
  readonly to?: number;
  /** The status of every answer to CONNECT; 200 opens the tunnel. */
  readonly status?: number;
  /** Sends the answer to CONNECT together with the first bytes of the target. */
  readonly joined?: boolean;
}

export async function proxyOf({ to, status = 200, joined = false }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const note = ({ method, url, headers }: IncomingMessage) => {
    const credentials = headers["proxy-authorization"];
    asked.push(`${method} ${url}${credentials === undefined ? "" : ` ${credentials}`}`);
  };
  const server = createServer((request, response) => {
    note(request);
    const url = new URL(request.url ?? "");
    const port = to ?? Number(url.port);
    const headers = { ...request.headers, "x-by-way-of": "proxy" };
    const onward = httpRequest({ port, path: url.pathname + url.search, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on("connect", (request, near: Socket) => {
    note(request);
    near.on("error", () => undefined);
    if (status !== 200) return void near.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const far = connect(to ?? Number(request.url?.split(":").at(-1)), "127.0.0.1");
    sockets.add(far);
    far.on("error", () => near.destroy());
    const established = "HTTP/1.1 200 Connection established\r\n\r\n";
    if (joined) far.once("data", (first) => near.write(Buffer.concat([Buffer.from(established), first])));
    else near.write(established);
    if (joined) far.once("data", () => far.pipe(near));
    else far.pipe(near);
    near.pipe(far);
  });
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
