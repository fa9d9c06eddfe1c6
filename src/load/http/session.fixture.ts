/** A session on a server in this process, for tests. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ClientPlan } from "../../plan.ts";
import { MetricRegistry } from "../count/metrics.ts";
import { Scope } from "../count/scope.ts";
import { networkOf } from "./network.ts";
import { Session, type SessionSettings, sessionSettings } from "./session.ts";

export interface Rig extends AsyncDisposable {
  readonly baseUrl: string;
  readonly registry: MetricRegistry;
  readonly connections: () => number;
  session(settings?: Partial<SessionSettings>, login?: (session: Session) => Promise<void>): Session;
}

export async function rigOf(listener: RequestListener, client: ClientPlan = {}): Promise<Rig> {
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry = new MetricRegistry(() => undefined);
  const sessions: Session[] = [];
  return {
    baseUrl,
    registry,
    connections: () => sockets.size,
    session: (settings = {}, login) => {
      const session: Session = new Session(
        {
          ...sessionSettings(baseUrl, networkOf(client), { "x-gameday-run": "r1" }, { timeoutMs: 2_000 }),
          ...settings,
        },
        {
          scope: new Scope(registry, { scenario: "s" }, false),
          takeDueMs: (nowMs) => nowMs,
          login: login === undefined ? null : () => login(session),
          onLocalTrouble: (message) => {
            throw new Error(message);
          },
        },
      );
      sessions.push(session);
      return session;
    },
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
