/** One replica of the shop in this process, with real stores, and a client that keeps one connection. */
import { Agent, request } from "node:http";
import type { Environment } from "../app/environment.ts";
import { serve } from "../app/server.ts";
import { furnish, openStores, routesOf, type Shop } from "../app/shop.ts";
import type { TestStores } from "./stores.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TestReplica extends AsyncDisposable {
  readonly shop: Shop;
  readonly errors: unknown[];
  call(method: string, path: string, body?: unknown, cookie?: string): Promise<Reply>;
  drain(lingerMs: number, graceMs: number): Promise<void>;
}

export async function startReplica(stores: Pick<TestStores, "databaseUrl" | "redisUrl">): Promise<TestReplica> {
  const { databaseUrl, redisUrl } = stores;
  const environment: Environment = { port: 0, databaseUrl, redisUrl, sessionSecret: "test" };
  const opened = openStores(environment);
  const shop = furnish(opened, environment);
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const server = await serve({ routes: routesOf(shop), port: 0, host: "127.0.0.1", onError });
  const agent = new Agent({ keepAlive: true });
  return {
    shop,
    errors,
    call: (method, path, body, cookie) => call(agent, server.port, method, path, body, cookie),
    drain: (lingerMs, graceMs) => server.drain(lingerMs, graceMs),
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await server.drain(0, 1_000);
      opened.close();
    },
  };
}

function call(
  agent: Agent,
  port: number,
  method: string,
  path: string,
  body: unknown,
  cookie: string | undefined,
): Promise<Reply> {
  const headers = cookie === undefined ? {} : { cookie };
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host: "127.0.0.1", port, method, path, headers, timeout: 5_000 }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const read = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: read });
      });
    });
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 5 s")));
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
