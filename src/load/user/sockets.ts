/** WebSockets of users, by `ws`: opened with the user's cookies and TLS, counted, bounded, and closed with the user. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { type ClientOptions, WebSocket } from "ws";
import type { SocketOptions, UserSocket } from "../../scenario.ts";
import { timeoutOf } from "../http/call-options.ts";
import { type Origin, splitUrl } from "../http/origin.ts";
import type { LoadUser } from "../user.ts";
import { LoadSocket } from "./socket.ts";
import type { UserWorld } from "./world.ts";

/** Always gives a socket; whether it is open is in `ok`, and why not in `status` and `error`. */
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
    dueMs: user.takeDueMs(startedMs),
  });
  const url = `${origin.secure ? "wss" : "ws"}://${origin.authority}${target}`;
  const wire = new WebSocket(url, [...(options.protocols ?? [])], {
    ...clientOptions(user, world, origin, target, options),
    finishRequest: (request) => {
      request.once("socket", (below) => {
        below.once("connect", () => socket.connected(!origin.secure));
        below.once("secureConnect", () => socket.connected(true));
      });
      request.end();
    },
  });
  wire.on("upgrade", (response) => takeCookies(user, response, origin, target));
  wire.on("unexpected-response", (_request, response) => {
    takeCookies(user, response, origin, target);
    socket.refused(response.statusCode ?? 0);
    wire.terminate();
  });
  await socket.opening(wire);
  return socket;
}

/** Relative paths count from the load's own address, as those of requests do. */
function addressOf(path: string, base: UserWorld["session"]["base"]): { origin: Origin; path: string } {
  if (/^wss?:\/\//i.test(path)) return splitUrl(path.replace(/^ws/i, "http"));
  if (/^https?:\/\//i.test(path)) return splitUrl(path);
  const target = path.replace(/#.*$/s, ""); // a fragment is for the client alone
  return { origin: base.origin, path: `${base.prefix}${target.startsWith("/") ? "" : "/"}${target}` };
}

function clientOptions(
  user: LoadUser,
  world: UserWorld,
  origin: Origin,
  path: string,
  options: SocketOptions,
): ClientOptions {
  const { network } = world.session;
  const cookie = user.session.jar.line(origin, path).replace(/^Cookie: |\r\n$/g, "");
  const { servername, ...tls } = network.tls;
  const name = servername ?? (isIP(origin.host) === 0 ? origin.host : undefined);
  return {
    ...tls,
    ...(name === undefined ? {} : { servername: name }),
    lookup: network.lookup,
    maxPayload: network.bodyBytesMax,
    perMessageDeflate: false,
    followRedirects: false,
    headers: headersOf(user.session.fixedHeaders.headers, cookie, options.headers ?? {}),
  } as ClientOptions;
}

/** As those of requests: undefined is as though it were not there, null takes away. */
function headersOf(
  fixed: Readonly<Record<string, string>>,
  cookie: string,
  own: Exclude<SocketOptions["headers"], undefined>,
): Record<string, string> {
  const headers = new Map<string, [name: string, value: string]>();
  const common = cookie === "" ? fixed : { ...fixed, Cookie: cookie };
  for (const [name, value] of [...Object.entries(common), ...Object.entries(own)]) {
    if (value === null) headers.delete(name.toLowerCase());
    else if (value !== undefined) headers.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(headers.values());
}

function takeCookies(user: LoadUser, { headers }: IncomingMessage, origin: Origin, path: string): void {
  const cookies = headers["set-cookie"];
  if (cookies !== undefined) user.session.jar.take(cookies, origin, path);
}
