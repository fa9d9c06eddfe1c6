/** What a script may ask of HTTP, and what it gets: requests, replies, and the user's cookies. */
import type { Duration } from "../scenario.ts";

/** What a form field may be. */
export type FormValue = string | number | boolean | bigint;

export interface RequestOptions {
  /** Name under which the request is counted; default "METHOD path" with ids folded by the caller. */
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of this call alone. Undefined: as though it were not there; null: not sent, although all other calls carry it. */
  readonly headers?: Readonly<Record<string, string | null | undefined>>;
  /**
   * Body as JSON (sets content-type), as form fields, or as it is. At most one of them. A list in a form is a field that is
   * repeated; a FormData is sent as multipart/form-data, with its files; text is UTF-8 unless your Content-Type names a charset.
   */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, FormValue | readonly FormValue[] | undefined>> | URLSearchParams | FormData;
  readonly body?: string | Uint8Array | ArrayBuffer | URLSearchParams | FormData | Blob;
  /** The body of the answer is counted and not kept: for downloads. What is too large is not kept in any case. */
  readonly discardBody?: boolean;
  readonly timeout?: Duration;
  readonly redirects?: number;
  /** Statuses that the app declares to mean "certainly not applied" for this write: [409, 422]. */
  readonly notApplied?: readonly number[];
  /** Statuses that count as success; default 200 to 399. */
  readonly expect?: readonly number[];
}

/** Why there was no (whole) answer. `sent`: whether a byte of the request may have left. */
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
    /** HTTP/2: the server ended the connection, or this one exchange. */
    | "goaway"
    | "stream-reset"
    /** WebSockets: the server does not read what is sent, and more of it waits than a body may have. */
    | "unread"
    /** This machine could not open a socket (ports, descriptors): the trouble of the generator, not of the platform. */
    | "local";
  readonly message: string;
  readonly sent: boolean;
}

export interface Reply {
  /** 0 when there was no whole answer; then `error` says why. */
  readonly status: number;
  readonly ok: boolean;
  readonly error: TransportError | null;
  readonly headers: { get(name: string): string | null };
  /**
   * The decoded body as text, in the charset that a byte order mark or the Content-Type says; empty when there is none. This,
   * json() and bytes() throw ScenarioError when the body was not kept: it was larger than --keep-body, or discarded.
   */
  text(): string;
  /** The body parsed as JSON; throws ScenarioError with the start of the body when it is not JSON. */
  json<T = unknown>(): T;
  bytes(): Uint8Array;
  /** From the send of the first byte to the last byte of the answer, and from the intended start to the same. */
  readonly serviceMs: number;
  readonly responseMs: number;
}

export interface Http {
  get(path: string, options?: RequestOptions): Promise<Reply>;
  post(path: string, options?: RequestOptions): Promise<Reply>;
  put(path: string, options?: RequestOptions): Promise<Reply>;
  patch(path: string, options?: RequestOptions): Promise<Reply>;
  delete(path: string, options?: RequestOptions): Promise<Reply>;
  request(method: string, path: string, options?: RequestOptions): Promise<Reply>;
  /**
   * Sets a header of all later calls of this user, also of one that is repeated after a login; null takes it away:
   * `user.http.header("Authorization", "Bearer ...")` in `login`.
   */
  header(name: string, value: string | null): void;
  /** The user's cookies. */
  readonly cookies: Cookies;
}

/** A cookie jar as a browser has it: names and values as text, `url` a path of the load's host (default "/") or a whole URL. */
export interface Cookies {
  /** The value that a request to `url` would carry; null when it would carry none of that name. */
  get(name: string, url?: string): string | null;
  /** All that a request to `url` would carry. */
  all(url?: string): Record<string, string>;
  /** Throws GamedayError for what the host may not set. */
  set(name: string, value: string, options?: CookieOptions): void;
  /** Whether there was one. */
  delete(name: string, url?: string): boolean;
  clear(): void;
}

export interface CookieOptions {
  /** Whose cookie it is; default the load's host. */
  readonly url?: string;
  /** Default "/". */
  readonly path?: string;
  /** The host's own or one above it; default that host alone. */
  readonly domain?: string;
  readonly maxAge?: Duration | 0;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
}
