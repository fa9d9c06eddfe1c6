/** The bytes of a request: one latin1 text for head and ASCII bodies, a payload of its own for other bodies. */
import type { RequestOptions } from "../../scenario.ts";
import { GamedayError } from "../../std/errors.ts";

export interface RequestBytes {
  readonly text: string;
  readonly payload: Uint8Array | null;
}

/** Headers that every request of a user carries, besides Host. */
export type FixedHeaders = Readonly<Record<string, string>>;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const UNSAFE_IN_PATH = /[^\x21-\x7e]/;
const UNSAFE_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** These frame the message, so only the client itself may write them. */
const OURS = new Set(["content-length", "transfer-encoding"]);

/** Headers that do not change between requests: checked and joined once. */
export interface FixedLines {
  readonly headers: FixedHeaders;
  readonly lines: string;
  /** They take the place of the engine's own. */
  readonly host: boolean;
  readonly cookie: boolean;
}

export function fixedLines(headers: FixedHeaders): FixedLines {
  let lines = "";
  for (const name in headers) if (!OURS.has(name.toLowerCase())) lines += headerLine(name, headers[name] ?? "");
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return { headers, lines, host: names.has("host"), cookie: names.has("cookie") };
}

export function buildRequest(
  method: string,
  path: string,
  authority: string,
  fixed: FixedLines,
  jarLine: string,
  options: RequestOptions | undefined,
): RequestBytes {
  const own = options?.headers;
  const cookie = fixed.cookie ? "" : jarLine;
  if (own === undefined && !hasBody(options))
    return bare(method, path, fixed.host ? "" : authority, fixed.lines, cookie);
  const start = `${method} ${safePath(path)} HTTP/1.1\r\n`;
  const common =
    own === undefined
      ? `${fixed.host ? "" : hostLine(authority)}${fixed.lines}${cookie}`
      : withOwn(own, fixed.host ? "" : authority, fixed.headers, cookie);
  if (options === undefined || !hasBody(options)) return withoutBody(start + common, method);
  return withBody(start + common, options);
}

/**
 * The last request without a body or headers of its own. Users of one scenario ask for the same again and again: then nothing
 * is joined, and Node finds a text that it has already laid out flat.
 */
const last = {
  method: "",
  path: "",
  authority: "",
  lines: "",
  cookie: "",
  bytes: { text: "", payload: null } as RequestBytes,
};

function bare(method: string, path: string, authority: string, lines: string, cookie: string): RequestBytes {
  const same = last.path === path && last.method === method && last.cookie === cookie;
  if (same && last.lines === lines && last.authority === authority) return last.bytes;
  const head = `${method} ${safePath(path)} HTTP/1.1\r\n${hostLine(authority)}${lines}${cookie}`;
  const bytes = withoutBody(head, method);
  last.method = method;
  last.path = path;
  last.authority = authority;
  last.lines = lines;
  last.cookie = cookie;
  last.bytes = bytes;
  return bytes;
}

/** No authority: the script's own headers name the host. */
function hostLine(authority: string): string {
  return authority === "" ? "" : `Host: ${authority}\r\n`;
}

function hasBody(options: RequestOptions | undefined): boolean {
  if (options === undefined) return false;
  return options.json !== undefined || options.body !== undefined || options.form !== undefined;
}

function withoutBody(head: string, method: string): RequestBytes {
  return { text: head + (needsLength(method) ? "Content-Length: 0\r\n\r\n" : "\r\n"), payload: null };
}

function needsLength(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

type OwnHeaders = Exclude<RequestOptions["headers"], undefined>;

/** Undefined is as though the name were not there; null takes the place of what is for all calls, but for Host. */
function namesOf(own: OwnHeaders): Set<string> {
  const names = new Set<string>();
  for (const name in own) {
    const lower = name.toLowerCase();
    if (own[name] !== undefined && (own[name] !== null || lower !== "host")) names.add(lower);
  }
  return names;
}

function withOwn(own: OwnHeaders, authority: string, fixed: FixedHeaders, cookie: string): string {
  const names = namesOf(own);
  let lines = names.has("host") ? "" : hostLine(authority);
  for (const name in fixed)
    if (!names.has(name.toLowerCase()) && !OURS.has(name.toLowerCase())) lines += headerLine(name, fixed[name] ?? "");
  if (!names.has("cookie")) lines += cookie;
  for (const name in own) {
    const value = own[name] ?? null;
    if (value !== null && !OURS.has(name.toLowerCase())) lines += headerLine(name, String(value));
  }
  return lines;
}

function headerLine(name: string, value: string): string {
  if (!TOKEN.test(name)) throw badRequest("header-name", "a header name", JSON.stringify(name));
  if (UNSAFE_IN_VALUE.test(value)) {
    throw badRequest(
      "header-value",
      `a value of header ${name} without line ends or characters beyond latin1`,
      JSON.stringify(value.slice(0, 80)),
    );
  }
  return `${name}: ${value}\r\n`;
}

/**
 * Paths with spaces or letters beyond ASCII are percent-encoded; line ends can then never split a request. What stands after
 * a "#" is for the client alone.
 */
function safePath(given: string): string {
  const hash = given.indexOf("#");
  const path = hash < 0 ? given : given.slice(0, hash);
  if (!UNSAFE_IN_PATH.test(path)) return path;
  return path.replace(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()));
}

function withBody(head: string, options: RequestOptions): RequestBytes {
  const [type, body] = bodyOf(options);
  const typed = type === "" || hasOwnType(options) ? head : `${head}Content-Type: ${type}\r\n`;
  if (typeof body !== "string") {
    return { text: `${typed}Content-Length: ${body.byteLength}\r\n\r\n`, payload: body };
  }
  const length = Buffer.byteLength(body);
  const text = `${typed}Content-Length: ${length}\r\n\r\n`;
  return length === body.length ? { text: text + body, payload: null } : { text, payload: Buffer.from(body) };
}

/** A function or a symbol is no JSON, and JSON.stringify says so by giving nothing. */
function jsonOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw badRequest("request-body", "a value that JSON can say", typeof value);
  return text;
}

function bodyOf(options: RequestOptions): [string, string | Uint8Array] {
  const given =
    Number(options.json !== undefined) + Number(options.form !== undefined) + Number(options.body !== undefined);
  if (given > 1) throw badRequest("request-bodies", "at most one of json, form and body", `${given} of them`);
  if (options.json !== undefined) return ["application/json", jsonOf(options.json)];
  if (options.form !== undefined)
    return ["application/x-www-form-urlencoded", new URLSearchParams(options.form).toString()];
  return ["", bytesOrText(options.body ?? "")];
}

/** Types are not checked at run time: what is neither would throw where the bytes are written, and be nobody's answer. */
function bytesOrText(body: unknown): string | Uint8Array {
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  throw badRequest("request-body", "a body that is text or bytes (objects: json or form)", typeof body);
}

function hasOwnType(options: RequestOptions): boolean {
  for (const name in options.headers)
    if (name.toLowerCase() === "content-type" && options.headers[name] !== undefined) return true;
  return false;
}

function badRequest(code: string, expected: string, got: string): GamedayError {
  return new GamedayError({ code, expected, got, hint: "the request was not sent" });
}
