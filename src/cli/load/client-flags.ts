/** The flags of `gameday load` that determine how users reach the platform: timeouts, names, TLS, and what is kept of bodies. */
import { Option } from "commander";
import { proxyPlanOf } from "../../load/http/proxy.ts";
import type { ClientPlan } from "../../plan.ts";
import { parseResolve } from "../../std/hosts.ts";
import { tlsOf } from "./tls-files.ts";
import { bytesOf, lasting, several, wrong } from "./values.ts";

export interface ClientFlags {
  readonly timeout?: string;
  readonly connectTimeout?: string;
  readonly keepBody?: string;
  readonly resolve?: string[];
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly http2?: boolean;
  readonly insecure?: boolean;
  readonly insecureSkipTlsVerify?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}

export function clientOptions(): Option[] {
  return [
    new Option("--timeout <time>", "time for a whole answer (default 10s)"),
    new Option("--connect-timeout <time>", "time for opening a connection (default 3s)"),
    new Option(
      "--keep-body <size>",
      "bytes of an answer that are kept for the script (default 16MiB); a larger body is only counted",
    ),
    new Option(
      "--resolve <name[:port]:address>",
      "the addresses of a name (several separated by commas), as in curl; may be repeated",
    ).argParser(several),
    new Option("-4, --ipv4", "use only IPv4 addresses of names"),
    new Option("-6, --ipv6", "use only IPv6 addresses of names"),
    new Option("--http2", "speak HTTP/2: by ALPN over TLS, by prior knowledge without"),
    new Option("--insecure", "accept any certificate of the server"),
    new Option("--insecure-skip-tls-verify", "the same, under k6's name").hideHelp(),
    new Option("--cert <file>", "client certificate (PEM)"),
    new Option("--key <file>", "its key (PEM)"),
    new Option("--ca <file>", "authority of the server's certificate (PEM)"),
  ];
}

/** Returns the plan of the clients. Throws GamedayError for invalid values. `env` may name proxies. */
export function clientOf(flags: ClientFlags, env: Readonly<Record<string, string | undefined>>): ClientPlan {
  const tls = tlsOf(flags);
  const proxy = proxyPlanOf(env);
  const family = familyOf(flags);
  const insecure = flags.insecure === true || flags.insecureSkipTlsVerify === true;
  return {
    ...(flags.timeout === undefined ? {} : { timeoutMs: lasting("--timeout", flags.timeout) }),
    ...(flags.connectTimeout === undefined
      ? {}
      : { connectTimeoutMs: lasting("--connect-timeout", flags.connectTimeout) }),
    ...(flags.http2 === true ? { http2: true } : {}),
    ...(flags.keepBody === undefined ? {} : { bodyBytesMax: bytesOf("--keep-body", flags.keepBody) }),
    ...(flags.resolve === undefined ? {} : { hosts: Object.fromEntries(flags.resolve.map(parseResolve)) }),
    ...(family === undefined ? {} : { family }),
    ...(proxy === undefined ? {} : { proxy }),
    tls: { ...tls, ...(insecure ? { insecure } : {}) },
  };
}

function familyOf({ ipv4, ipv6 }: ClientFlags): 4 | 6 | undefined {
  if (ipv4 === true && ipv6 === true) throw wrong("one of --ipv4 and --ipv6", "both");
  return ipv4 === true ? 4 : ipv6 === true ? 6 : undefined;
}
