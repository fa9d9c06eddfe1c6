/** Starts the dashboard: composes its parts and listens. */
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { HostMachine } from "../dashboard.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import type { Context } from "./handlers/context.ts";
import { controlHandlers } from "./handlers/controls.ts";
import { liveHandlers } from "./handlers/live.ts";
import { machineHandlers } from "./handlers/machine.ts";
import { plansHandlers } from "./handlers/plans.ts";
import { runsHandlers } from "./handlers/runs.ts";
import { serverHandlers } from "./handlers/server.ts";
import { Judges } from "./judging.ts";
import { Rights } from "./rights.ts";
import { Runs } from "./runs.ts";
import { createDashboardServer, type Handlers, type PageBytes } from "./server.ts";
import { Tasks } from "./tasks.ts";

export interface DashboardOptions {
  readonly runsFolder: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Further values of the Host header, such as those of a port-forward. */
  readonly allowedHosts: readonly string[];
  /** Returns the token, once the port is known. */
  readonly token: (port: number) => string;
  readonly isReadOnly: boolean;
  /** Whether reading needs a right even on loopback; beyond loopback it always does. */
  readonly isPrivate: boolean;
  readonly isCodeAllowed: boolean;
  readonly page: ReadonlyMap<string, PageBytes>;
  readonly machine: HostMachine;
  readonly version: string;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  readonly log: (line: string) => void;
}

export interface Dashboard extends AsyncDisposable {
  readonly port: number;
  readonly runs: Runs;
  /** Returns a link with a one-time code that opens a page of the dashboard: "/" or "/runs/ID". */
  link(path?: string): string;
}

export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { host, isReadOnly, wallMs, monotonicMs, machine, log } = options;
  const epoch = randomBytes(4).toString("hex");
  // The handlers need the port, which is known only once the server listens; until then every request is refused.
  let handlers: Handlers = {};
  let rights = new Rights({ token: randomBytes(24).toString("hex"), port: 0, nowMs: wallMs });
  const guarding = { hosts: new Set<string>(), isReadOnly, hasOpenReads: hasOpenReads(host, options.isPrivate) };
  const server = createDashboardServer({
    guarding,
    get rights() {
      return rights;
    },
    get handlers() {
      return handlers;
    },
    page: options.page,
    nowMs: monotonicMs,
    log,
  });
  const port = await listening(server, host, options.port);
  rights = new Rights({ token: tokenOrClose(server, () => options.token(port)), port, nowMs: wallMs });
  const judges = new Judges();
  const runs = new Runs({ folder: options.runsFolder, machine, judges, epoch, isReadOnly, monotonicMs, wallMs, log });
  const base = `http://${shownHost(host)}:${port}`;
  const link = (code: string, path = "/") => `${base}${path}#code=${code}`;
  const { version, isCodeAllowed } = options;
  const context: Context = {
    runs,
    machine,
    judges,
    rights,
    tasks: new Tasks(),
    version,
    epoch,
    isReadOnly,
    isCodeAllowed,
    link,
  };
  handlers = allHandlers(context);
  for (const name of hostsOf(host, port, options.allowedHosts)) guarding.hosts.add(name);
  return {
    port,
    runs,
    link: (path) => link(rights.newCode().code, path),
    async [Symbol.asyncDispose]() {
      await runs[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Returns the token. A server without one must not go on listening, because nothing would ever close it. */
function tokenOrClose(server: ReturnType<typeof createDashboardServer>, token: () => string): string {
  try {
    return token();
  } catch (thrown) {
    server.close();
    throw thrown;
  }
}

function allHandlers(context: Context): Handlers {
  return {
    ...serverHandlers(context),
    ...runsHandlers(context),
    ...liveHandlers(context),
    ...controlHandlers(context),
    ...plansHandlers(context),
    ...machineHandlers(context),
  };
}

/** Returns whether everybody who reaches the server may read. */
export function hasOpenReads(host: string, isPrivate: boolean): boolean {
  return isLoopback(host) && !isPrivate;
}

export function isLoopback(host: string): boolean {
  return host === "::1" || host === "localhost" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Returns the values of Host that mean this server. */
function hostsOf(host: string, port: number, allowed: readonly string[]): string[] {
  const own = isLoopback(host) ? ["127.0.0.1", "localhost", "[::1]", shownHost(host)] : [shownHost(host)];
  return [...own.map((name) => `${name}:${port}`), ...allowed].map((name) => name.toLowerCase());
}

function shownHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

async function listening(
  server: ReturnType<typeof createDashboardServer>,
  host: string,
  port: number,
): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => resolve());
    });
    return (server.address() as AddressInfo).port;
  } catch (cause) {
    const isTaken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw new GamedayError({
      code: isTaken ? "port-in-use" : "cannot-listen",
      expected: `to listen on ${host}:${port}`,
      got: isTaken ? "another process that listens there" : messageOf(cause),
      hint: "give another port with --port; 0 takes any that is free",
      exitCode: ExitCode.notReady,
      cause,
    });
  }
}
