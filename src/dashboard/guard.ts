/**
 * What a request must be before any route sees it: addressed to this server (Host), from its own page or from no page at all
 * (Origin, Sec-Fetch-Site), and with the right that its operation needs. Every method is treated alike, because a list of
 * dangerous methods is how one of them is forgotten. Headers are compared as text and never parsed, so a malformed one cannot
 * throw. Pure.
 */
import type { Access } from "../api/operation.ts";

export interface RequestHeaders {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

export interface Guarding {
  /** The values of Host that are this server, in lower case: "127.0.0.1:8089", "localhost:8089", what --allow-host adds. */
  readonly hosts: ReadonlySet<string>;
  readonly isReadOnly: boolean;
  /** Whether everybody who can reach the server may read; true only on loopback. */
  readonly hasOpenReads: boolean;
}

/** The rights that a request proved. */
export interface Proved {
  readonly mayControl: boolean;
  readonly mayRead: boolean;
}

export interface ApiRefusal {
  readonly status: number;
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** Returns why the request may not come in at all, whatever it asks for; null if it may. */
export function refuseStranger(asked: RequestHeaders, guarding: Guarding): ApiRefusal | null {
  const host = asked.host?.toLowerCase();
  if (host === undefined || !guarding.hosts.has(host)) return WRONG_HOST;
  if (asked.origin !== undefined && asked.origin !== `http://${host}` && asked.origin !== `https://${host}`)
    return FOREIGN_ORIGIN;
  if (asked.fetchSite !== undefined && !OWN_SITES.includes(asked.fetchSite)) return FOREIGN_PAGE;
  return null;
}

/** Returns why an operation is not allowed with the rights that were proved; null if it is. */
export function refuseWithoutRight(access: Access, proved: Proved, guarding: Guarding): ApiRefusal | null {
  if (access === "open" || access === "session") return null;
  if (access === "read") return guarding.hasOpenReads || proved.mayRead || proved.mayControl ? null : NO_SESSION;
  if (!proved.mayControl) return NO_TOKEN;
  return guarding.isReadOnly ? READ_ONLY : null;
}

const OWN_SITES: readonly string[] = ["same-origin", "none"];

const WRONG_HOST: ApiRefusal = {
  status: 421,
  code: "wrong-host",
  expected: "a Host header that names this server",
  got: "another one, or none",
  hint: "behind a port-forward, start the server with --allow-host 127.0.0.1:PORT",
};
const FOREIGN_ORIGIN: ApiRefusal = {
  status: 403,
  code: "foreign-origin",
  expected: "the Origin of this server, or none",
  got: "another one",
};
const FOREIGN_PAGE: ApiRefusal = {
  status: 403,
  code: "foreign-page",
  expected: "a request from this server's own page, or from no page",
  got: "one from another site",
};
const NO_SESSION: ApiRefusal = {
  status: 401,
  code: "no-session",
  expected: "the right to read: the cookie of an opened link, or Authorization: Bearer TOKEN",
  got: "neither",
  hint: "gameday serve --link prints a link that opens the page with the right",
};
const NO_TOKEN: ApiRefusal = {
  status: 401,
  code: "no-token",
  expected: "Authorization: Bearer TOKEN",
  got: "no token, or another one",
  hint: "gameday serve --link prints a link that opens the page with the right, and where the token is kept",
};
const READ_ONLY: ApiRefusal = {
  status: 403,
  code: "read-only",
  expected: "a server that may control",
  got: "one that was started with --read-only",
};
