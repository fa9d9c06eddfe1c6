/** Opens WebSockets for users with the package `ws`: with the user's cookies and TLS, counted, bounded, closed with the user. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type ClientOptions, WebSocket } from "ws";
import type { SocketOptions, UserSocket } from "../../scenario.ts";
import { timeoutOf } from "../http/call-options.ts";
import { type CookieSite, siteOf } from "../http/cookie.ts";
import { beside } from "../http/cookie-line.ts";
import { dial, secureOver } from "../http/dial.ts";
import type { Network } from "../http/network.ts";
import { type Origin, splitUrl } from "../http/origin.ts";
import { type FixedLines, hostOf } from "../http/request.ts";
import { openTunnel } from "../http/tunnel.ts";
import type { LoadUser } from "../user.ts";
import type { CallMaker } from "./foreign-call.ts";
import { LoadSocket } from "./socket.ts";
import type { UserWorld } from "./world.ts";

/** Always returns a socket. `ok` states whether it is open; `status` and `error` state why it is not. */
export async function openSocket(
  user: LoadUser,
  world: UserWorld,
  path: string,
  options: SocketOptions,
): Promise<UserSocket> {
  const { origin, path: target } = addressOf(path, world.session.base);
  const startedMs = performance.now();
  const socket = new LoadSocket(user, world, {
    name: options.name ?? `WS ${target.replace(/[?#].*$/, "")}`,
    tags: options.tags ?? {},
    timeoutMs: options.timeout === undefined ? world.session.timeoutMs : timeoutOf(options.timeout),
    dueMs: user.turn.takeDueMs(startedMs),
  });
  const url = `${origin.secure ? "wss" : "ws"}://${origin.authority}${target}`;
  const wire = new WebSocket(url, [...(options.protocols ?? [])], {
    ...clientOptions({ user, world }, { origin, path: target }, options),
    createConnection: ((_options: unknown, done: Connected) =>
      connect(world.session.network, origin, socket, done)) as never,
  });
  const site = siteFor(user, origin, options);
  wire.on("upgrade", (response) => takeCookies(user, response, site, target));
  wire.on("unexpected-response", (_request, response) => {
    takeCookies(user, response, site, target);
    socket.refused(response.statusCode ?? 0);
    wire.terminate();
  });
  await socket.opening(wire);
  return socket;
}

/** Where a socket leads: the server, and the path there. */
interface Address {
  readonly origin: Origin;
  readonly path: string;
}

/** Resolves a path. Relative paths are resolved against the load's own address, like those of requests. */
function addressOf(path: string, base: UserWorld["session"]["base"]): Address {
  if (/^wss?:\/\//i.test(path)) return splitUrl(path.replace(/^ws/i, "http"));
  if (/^https?:\/\//i.test(path)) return splitUrl(path);
  const target = path.replace(/#.*$/s, ""); // a fragment is never sent to the server
  return { origin: base.origin, path: `${base.prefix}${target.startsWith("/") ? "" : "/"}${target}` };
}

type Connected = (error: Error | null, socket?: Socket) => void;

/** Connects as HTTP calls do: to each address in turn, and through the proxy that is in force (RFC 6455, section 4.1). */
function connect(network: Network, origin: Origin, socket: LoadSocket, done: Connected): Socket | undefined {
  const options = { network, protocols: ["http/1.1"] };
  const proxy = network.proxies.on(origin);
  if (proxy === null) return watched(dial(origin, options), origin, socket);
  openTunnel(proxy, origin, network, {
    onNoTunnel: ({ message }) => done(new Error(message)),
    onTunnel: (below) => {
      socket.connected(!origin.secure);
      done(null, origin.secure ? watched(secureOver(below, origin, options), origin, socket) : below);
    },
  });
  return undefined;
}

function watched(below: Socket, origin: Origin, socket: LoadSocket): Socket {
  below.once("connect", () => socket.connected(!origin.secure));
  return below.once("secureConnect", () => socket.connected(true));
}

function clientOptions({ user, world }: CallMaker, { origin, path }: Address, options: SocketOptions): ClientOptions {
  const jarLine = user.session.jar.line(siteFor(user, origin, options), path);
  return {
    maxPayload: world.session.network.kept.eachMax,
    perMessageDeflate: false,
    followRedirects: false,
    headers: headersOf(user.session.fixedHeaders, jarLine, options.headers ?? {}),
  };
}

function siteFor(user: LoadUser, origin: Origin, options: SocketOptions): CookieSite {
  const host = hostOf(user.session.fixedHeaders, options);
  return host === "" ? origin : siteOf(host, origin.secure);
}

/** Merges headers as requests do: undefined changes nothing, null removes a header, and cookies are added to the session's. */
function headersOf(
  fixed: FixedLines,
  jarLine: string,
  own: Exclude<SocketOptions["headers"], undefined>,
): Record<string, string> {
  const headers = new Map<string, [name: string, value: string]>();
  const common = [...Object.entries(fixed.headers), ["Cookie", beside(jarLine, fixed.cookie)]] as const;
  for (const [name, value] of [...common, ...Object.entries(own)]) {
    const lower = name.toLowerCase();
    if (value === null) headers.delete(lower);
    else if (value !== undefined) headers.set(lower, [name, value]);
  }
  const cookie = headers.get("cookie")?.[1] ?? "";
  const line = Object.values(own).includes(cookie) ? beside(jarLine, cookie) : cookie;
  if (line === "") headers.delete("cookie");
  else headers.set("cookie", ["Cookie", line.replace(/^Cookie: |\r\n$/g, "")]);
  return Object.fromEntries(headers.values());
}

function takeCookies(user: LoadUser, { headers }: IncomingMessage, site: CookieSite, path: string): void {
  const cookies = headers["set-cookie"];
  if (cookies !== undefined) user.session.takeCookies(cookies, site, path);
}
