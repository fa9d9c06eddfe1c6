/** Builds the bytes of a request: one latin1 text for the head and ASCII bodies, and a separate payload for other bodies. */
import type { RequestOptions } from "../../scenario.ts";
import { beside } from "./cookie-line.ts";
import { asForm, badRequest, bodyOf, hasBody } from "./request-body.ts";

export interface RequestBytes {
  readonly text: string;
  readonly payload: Uint8Array | null;
}

/** What the first line of a request and its Host header say. */
export interface RequestLine {
  readonly method: string;
  /** As it is written in the line: a path, or a whole URL for a proxy. */
  readonly target: string;
  /** The server's own "host:port", unless the headers name a virtual host. */
  readonly authority: string;
}

/** The headers that every request of a user carries, besides Host. */
export type FixedHeaders = Readonly<Record<string, string>>;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const UNSAFE_IN_PATH = /[^\x21-\x7e]/;
const UNSAFE_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** Headers that frame the message or request trailers, which are not read: only the client itself may write them. */
const OURS = new Set(["content-length", "transfer-encoding", "te"]);

/** Headers that do not change between requests, and so are checked and joined once. */
export interface FixedLines {
  readonly headers: FixedHeaders;
  /** All but Host and Cookie. */
  readonly lines: string;
  /** The virtual host that replaces the address; "" when there is none. */
  readonly host: string;
  /** Cookies that are sent together with the jar's; "" when there are none. */
  readonly cookie: string;
  readonly hasType: boolean;
  /** The headers state that the connection ends with the answer. */
  readonly closes: boolean;
}

export function fixedLines(headers: FixedHeaders): FixedLines {
  const [special, others] = [new Map<string, string>(), new Map<string, string>()];
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (lower === "host" || lower === "cookie") special.set(lower, demanded(name, value));
    else if (!OURS.has(lower)) others.set(lower, headerLine(name, value));
  }
  return {
    headers,
    lines: [...others.values()].join(""),
    host: special.get("host") ?? "",
    cookie: special.get("cookie") ?? "",
    hasType: others.has("content-type"),
    closes: isClose(others.get("connection") ?? ""),
  };
}

/** Returns the virtual host that the headers of the call, or those of all calls, name; "" for none. */
export function hostOf(fixed: FixedLines, options: RequestOptions | undefined): string {
  const own = options?.headers;
  if (own !== undefined) for (const name in own) if (name.toLowerCase() === "host") return own[name] ?? fixed.host;
  return fixed.host;
}

/** Returns true when the request ends the connection with its answer; nothing may follow it then (RFC 9112, section 9.6). */
export function closesAfter(fixed: FixedLines, options: RequestOptions | undefined): boolean {
  const own = options?.headers;
  if (own === undefined) return fixed.closes;
  for (const name in own)
    if (name.toLowerCase() === "connection" && own[name] !== undefined) return isClose(`: ${own[name] ?? ""}`);
  return fixed.closes;
}

function isClose(line: string): boolean {
  return /[:,]\s*close\s*(,|$)/i.test(line);
}

/**
 * Returns the bytes of a request. `jarLine` is the session's cookies as a header line, or "". Throws GamedayError for what cannot
 * be sent.
 */
export function buildRequest(
  line: RequestLine,
  fixed: FixedLines,
  jarLine: string,
  given: RequestOptions | undefined,
): RequestBytes {
  const options = given?.form !== undefined && fixed.hasType ? asForm(given) : given;
  const own = options?.headers;
  const host = hostOf(fixed, options) || line.authority;
  const withContent = hasBody(options);
  if (own === undefined && !withContent) return bare(line, host, fixed.lines, beside(jarLine, fixed.cookie));
  const start = `${line.method} ${safePath(line.target)} HTTP/1.1\r\nHost: ${host}\r\n`;
  const common = own === undefined ? fixed.lines + beside(jarLine, fixed.cookie) : withOwn(own, fixed, jarLine);
  if (options === undefined || !withContent) return withoutBody(start + expectingNothing(common), line.method);
  return withBody(start + common, options, fixed);
}

/**
 * The last request without a body or headers of its own. Users of one scenario send the same request again and again. Reusing
 * it saves joining the text, which Node has also already flattened.
 */
const last = {
  method: "",
  target: "",
  host: "",
  lines: "",
  cookie: "",
  bytes: { text: "", payload: null } as RequestBytes,
};

function bare({ method, target }: RequestLine, host: string, lines: string, cookie: string): RequestBytes {
  const same = last.target === target && last.method === method && last.cookie === cookie;
  if (same && last.lines === lines && last.host === host) return last.bytes;
  const head = `${method} ${safePath(target)} HTTP/1.1\r\nHost: ${host}\r\n${lines}${cookie}`;
  const bytes = withoutBody(head, method);
  last.method = method;
  last.target = target;
  last.host = host;
  last.lines = lines;
  last.cookie = cookie;
  last.bytes = bytes;
  return bytes;
}

/** Throws for an Expect header: a request without a body has no permission to wait for (RFC 9110, section 10.1.1). */
function expectingNothing(lines: string): string {
  if (!/^expect:/im.test(lines)) return lines;
  throw badRequest("header-expect", "a body with the header Expect", "none");
}

function withoutBody(head: string, method: string): RequestBytes {
  return { text: head + (needsLength(method) ? "Content-Length: 0\r\n\r\n" : "\r\n"), payload: null };
}

function needsLength(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

type OwnHeaders = Exclude<RequestOptions["headers"], undefined>;

/** Returns the names in lower case. A name with undefined is ignored; null removes the header that all calls have. */
function namesOf(own: OwnHeaders): Set<string> {
  const names = new Set<string>();
  for (const name in own) {
    if (own[name] === undefined) continue;
    const lower = name.toLowerCase();
    if (names.has(lower)) throw badRequest("header-twice", "each header once", `${name} in two spellings`);
    names.add(lower);
  }
  return names;
}

function withOwn(own: OwnHeaders, fixed: FixedLines, jarLine: string): string {
  const names = namesOf(own);
  let lines = "";
  for (const name in fixed.headers)
    if (!names.has(name.toLowerCase()) && !isOurs(name)) lines += headerLine(name, fixed.headers[name] ?? "");
  if (!names.has("cookie")) lines += beside(jarLine, fixed.cookie);
  for (const name in own) {
    const value = own[name] ?? null;
    if (value === null) continue;
    if (name.toLowerCase() === "cookie") lines += beside(jarLine, demanded(name, String(value)));
    else if (name.toLowerCase() === "host") demanded(name, String(value));
    else if (!isOurs(name)) lines += headerLine(name, String(value));
  }
  return lines;
}

/** Returns true for headers that the client writes itself, because they frame the message or have a fixed place. */
function isOurs(name: string): boolean {
  const lower = name.toLowerCase();
  return OURS.has(lower) || lower === "host" || lower === "cookie";
}

function headerLine(name: string, value: string): string {
  return `${name}: ${demanded(name, value)}\r\n`;
}

function demanded(name: string, value: string): string {
  if (!TOKEN.test(name)) throw badRequest("header-name", "a header name", JSON.stringify(name));
  if (UNSAFE_IN_VALUE.test(value)) {
    throw badRequest(
      "header-value",
      `a value of header ${name} without line ends or characters beyond latin1`,
      JSON.stringify(value.slice(0, 80)),
    );
  }
  return value;
}

/**
 * Percent-encodes spaces and non-ASCII characters of a path, so that line ends can never split a request, and removes the
 * fragment after "#", which is not sent.
 */
function safePath(given: string): string {
  const hash = given.indexOf("#");
  const path = hash < 0 ? given : given.slice(0, hash);
  if (!UNSAFE_IN_PATH.test(path)) return path;
  return path.replace(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()));
}

function withBody(head: string, options: RequestOptions, fixed: FixedLines): RequestBytes {
  const own = ownType(options, fixed);
  const { type, body } = bodyOf(options, own);
  const typed = type === "" || own !== undefined ? head : `${head}Content-Type: ${type}\r\n`;
  if (typeof body !== "string") {
    return { text: `${typed}Content-Length: ${body.byteLength}\r\n\r\n`, payload: body };
  }
  const length = Buffer.byteLength(body);
  const text = `${typed}Content-Length: ${length}\r\n\r\n`;
  return length === body.length ? { text: text + body, payload: null } : { text, payload: Buffer.from(body) };
}

/** Returns the Content-Type of the script's own headers: null when the script wants none, undefined when it names none. */
function ownType(options: RequestOptions, { hasType, headers }: FixedLines): string | null | undefined {
  for (const name in options.headers)
    if (name.toLowerCase() === "content-type" && options.headers[name] !== undefined) return options.headers[name];
  if (!hasType) return undefined;
  return Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
}
