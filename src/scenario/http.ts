/** HTTP as a script sees it: requests, replies, and the user's cookies. */
import type { Duration } from "../scenario.ts";

/** The types that the value of a form field may have. */
export type FormValue = string | number | boolean | bigint;

/** Options of one request. */
export interface RequestOptions {
  /** The name under which the request is counted; the default is "METHOD path" with ids folded by the caller. */
  readonly name?: string;
  /** Tags of this request, in addition to the scenario's. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Headers of this call only. Undefined: the entry is ignored. Null: the header is not sent, even if all other calls
   * carry it.
   */
  readonly headers?: Readonly<Record<string, string | null | undefined>>;
  /**
   * The body as JSON (sets content-type), as form fields, or as given; at most one of the three. A list in a form becomes
   * a repeated field. A FormData is sent as multipart/form-data, with its files. Text is sent as UTF-8 unless your
   * Content-Type names a charset.
   */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, FormValue | readonly FormValue[] | undefined>> | URLSearchParams | FormData;
  readonly body?: string | Uint8Array | ArrayBuffer | URLSearchParams | FormData | Blob;
  /** Counts the body of the reply without keeping it: for downloads. A body that is too large is never kept. */
  readonly discardBody?: boolean;
  /** The time from the call to the complete reply; the default is the load's timeout. */
  readonly timeout?: Duration;
  /** The most redirects that are followed; the default is 10 for users and 0 for probes. */
  readonly redirects?: number;
  /** Statuses by which the app declares that this write was certainly not applied: [409, 422]. */
  readonly notApplied?: readonly number[];
  /** Statuses that count as success; the default is 200 to 399. */
  readonly expect?: readonly number[];
}

/** Why there was no (complete) reply. `sent` says whether a byte of the request may have left. */
export interface TransportError {
  readonly code:
    | "dns"
    | "refused"
    | "connect-timeout"
    | "tls"
    | "reset"
    | "closed"
    | "timeout"
    | "malformed"
    | "body-too-large"
    | "aborted"
    | "too-many-redirects"
    /** HTTP/2: the server ended the connection, or only this stream. */
    | "goaway"
    | "stream-reset"
    /** WebSockets: the server does not read what is sent, and more data is waiting than a body may have. */
    | "unread"
    /** This machine could not open a socket (ports, descriptors): a problem of the load generator, not of the platform. */
    | "local";
  readonly message: string;
  readonly sent: boolean;
}

/** The reply to a request, or the reason why there is none. */
export interface Reply {
  /** 0 if there was no complete reply; `error` then gives the reason. */
  readonly status: number;
  /** True for a complete reply whose status counts as success. */
  readonly ok: boolean;
  readonly error: TransportError | null;
  readonly headers: { get(name: string): string | null };
  /**
   * Returns the decoded body as text, in the charset given by a byte order mark or by the Content-Type; empty if there is
   * no body. This method, json() and bytes() throw ScenarioError if the body was not kept because it was larger than
   * --keep-body or was discarded.
   */
  text(): string;
  /** Returns the body parsed as JSON; throws ScenarioError with the start of the body if it is not JSON. */
  json<T = unknown>(): T;
  /** Returns the decoded body as bytes. */
  bytes(): Uint8Array;
  /**
   * The time from sending the first byte to the last byte of the reply; `responseMs` is measured from the intended start
   * instead.
   */
  readonly serviceMs: number;
  readonly responseMs: number;
}

/** The requests that a user can make. */
export interface Http {
  get(path: string, options?: RequestOptions): Promise<Reply>;
  post(path: string, options?: RequestOptions): Promise<Reply>;
  put(path: string, options?: RequestOptions): Promise<Reply>;
  patch(path: string, options?: RequestOptions): Promise<Reply>;
  delete(path: string, options?: RequestOptions): Promise<Reply>;
  request(method: string, path: string, options?: RequestOptions): Promise<Reply>;
  /**
   * Sets a header of all later calls of this user, including one that is repeated after a login; null removes the header:
   * `user.http.header("Authorization", "Bearer ...")` in `login`.
   */
  header(name: string, value: string | null): void;
  /** The user's cookies. */
  readonly cookies: Cookies;
}

/**
 * A cookie jar like a browser's. Names and values are text; `url` is a path on the load's host (default "/") or a
 * complete URL.
 */
export interface Cookies {
  /** Returns the value that a request to `url` would carry; null if it would carry no cookie of that name. */
  get(name: string, url?: string): string | null;
  /** Returns all cookies that a request to `url` would carry. */
  all(url?: string): Record<string, string>;
  /** Sets a cookie. Throws GamedayError for one that the host may not set. */
  set(name: string, value: string, options?: CookieOptions): void;
  /** Deletes a cookie and returns whether it existed. */
  delete(name: string, url?: string): boolean;
  /** Deletes all cookies. */
  clear(): void;
}

/** Attributes of a cookie that a script sets. */
export interface CookieOptions {
  /** The URL that sets the cookie; the default is the load's host. */
  readonly url?: string;
  /** The default is "/". */
  readonly path?: string;
  /** The host's own domain or a parent of it; by default the cookie is sent to that host alone. */
  readonly domain?: string;
  /** How long the cookie is kept; 0 deletes it. By default it is kept as long as the user exists. */
  readonly maxAge?: Duration | 0;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
}
