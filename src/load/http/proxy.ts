/**
 * Proxies as the environment names them: HTTP_PROXY for http:// and HTTPS_PROXY for https://, ALL_PROXY where these are not set,
 * and NO_PROXY for what is reached directly; all also in lower case. They are read as curl and Go do; see decision 0286.
 */
import { BlockList, isIP } from "node:net";
import type { ProxyPlan } from "../../plan.ts";
import type { RequestOptions } from "../../scenario.ts";
import { GamedayError } from "../../std/errors.ts";
import { type Origin, originOf } from "./origin.ts";

export interface HttpProxy {
  readonly origin: Origin;
  /** A value such as "Basic ..."; "" without user and password. */
  readonly authorization: string;
}

export interface Proxies {
  /** Returns the proxy for an origin; null for a direct connection. Throws GamedayError for a proxy that cannot be used. */
  on(origin: Origin): HttpProxy | null;
}

export const NO_PROXIES: Proxies = { on: () => null };

export function proxiesOf(plan: ProxyPlan): Proxies {
  const known = new Map<string, HttpProxy>();
  const direct = exceptionsOf(plan.except ?? "");
  return {
    on: (origin) => {
      const text = origin.secure ? plan.https : plan.http;
      if (text === undefined || isLoopback(origin.host) || direct(origin)) return null;
      let proxy = known.get(text);
      if (proxy === undefined) {
        proxy = parseProxy(text);
        known.set(text, proxy);
      }
      return proxy;
    },
  };
}

/** Returns the proxies that the environment names; undefined for none. Lower-case names take precedence, as in curl. */
export function proxyPlanOf(env: Readonly<Record<string, string | undefined>>): ProxyPlan | undefined {
  const said = (name: string) => env[name.toLowerCase()]?.trim() || env[name]?.trim() || undefined;
  const all = said("ALL_PROXY");
  // In a CGI script, HTTP_PROXY is the caller's request header "Proxy" (httpoxy).
  const plain = env["REQUEST_METHOD"] === undefined ? said("HTTP_PROXY") : env["http_proxy"]?.trim() || undefined;
  const [http, https, except] = [plain ?? all, said("HTTPS_PROXY") ?? all, said("NO_PROXY")];
  if (http === undefined && https === undefined) return undefined;
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    ...(except === undefined ? {} : { except }),
  };
}

/** Describes for people whether a proxy is used for an origin; null when no proxy is named at all. */
export function proxyInWords(plan: ProxyPlan | undefined, origin: Origin): string | null {
  if (plan === undefined) return null;
  const proxy = proxiesOf(plan).on(origin);
  if (proxy !== null) return `requests to ${origin.text} go by way of the proxy ${proxy.origin.text} (environment)`;
  if ((origin.secure ? plan.https : plan.http) === undefined) return null;
  const why = isLoopback(origin.host) ? "loopback addresses need none" : `NO_PROXY is ${plan.except}`;
  return `requests to ${origin.text} go there directly, although the environment names a proxy: ${why}`;
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}

/** Adds our credentials for a proxy to a request that is sent to the proxy itself. */
export function forProxy(
  { authorization }: HttpProxy,
  options: RequestOptions | undefined,
): RequestOptions | undefined {
  if (authorization === "") return options;
  return { ...options, headers: { ...options?.headers, "Proxy-Authorization": authorization } };
}

/**
 * Parses a proxy as curl does: without a scheme it is HTTP, and HTTP without a port is 1080. Throws GamedayError, whose text
 * does not contain the password.
 */
function parseProxy(text: string): HttpProxy {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || url.hostname === "") throw badProxy("a URL such as http://proxy:3128", "what is no URL");
  if (!/^https?:$/.test(url.protocol))
    throw badProxy("an http:// or https:// proxy", `${url.protocol}//${url.host}: only HTTP proxies are spoken to`);
  const { secure, host, ...rest } = originOf(url);
  const named = /:\d+$/.test(full.replace(/[/?#]*$/, ""));
  const port = named ? rest.port : secure ? 443 : 1080;
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  const authority = `${bracketed}:${port}`;
  const origin = { secure, host, port, authority, text: `${secure ? "https" : "http"}://${authority}` };
  return { origin, authorization: authorizationOf(url) };
}

function authorizationOf({ username, password }: URL): string {
  if (username === "" && password === "") return "";
  try {
    const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(text).toString("base64")}`;
  } catch {
    throw badProxy("a user and password whose % are followed by two digits", "others");
  }
}

/** Returns the error for a bad proxy. It does not repeat the variable's text, which may contain a password. */
function badProxy(expected: string, got: string): GamedayError {
  return new GamedayError({
    code: "bad-proxy",
    expected: `${expected} in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY`,
    got,
    hint: "unset the variable, or name the target in NO_PROXY",
  });
}

/** Parses NO_PROXY: names (with their subdomains), addresses and CIDR blocks, each optionally with a port; "*" matches all. */
function exceptionsOf(text: string): (origin: Origin) => boolean {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== "");
  if (entries.includes("*")) return () => true;
  const tests = entries.map(exceptionOf);
  return (origin) => tests.some((test) => test(origin));
}

function exceptionOf(entry: string): (origin: Origin) => boolean {
  const [, inBrackets, name = entry, given] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const port = given === undefined ? undefined : Number(given);
  const host = inBrackets ?? (isIP(entry) === 6 || entry.includes("/") ? entry : name);
  const fits = hostTest(host.toLowerCase());
  return (origin) => (port === undefined || port === origin.port) && fits(origin.host.toLowerCase());
}

function hostTest(wanted: string): (host: string) => boolean {
  const [address = "", bits] = wanted.split("/", 2);
  const version = isIP(address);
  if (version !== 0) return addressTest(address, bits, version === 4 ? "ipv4" : "ipv6");
  const name = wanted.replace(/^\*?\./, "").replace(/\.$/, "");
  return (given) => {
    const host = given.replace(/\.$/, "");
    return host === name || host.endsWith(`.${name}`);
  };
}

function addressTest(address: string, bits: string | undefined, family: "ipv4" | "ipv6"): (host: string) => boolean {
  const block = new BlockList();
  const length = bits === undefined ? (family === "ipv4" ? 32 : 128) : Number(bits);
  if (!(length >= 0 && length <= (family === "ipv4" ? 32 : 128))) return () => false;
  block.addSubnet(address, length, family);
  return (host) => isIP(host) !== 0 && block.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}
