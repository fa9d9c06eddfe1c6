/** Writes answers: the headers that every answer has, JSON with its ETag, files, and problems. */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import type { ApiProblem } from "../api/problem.ts";
import { openRegular } from "../std/regular-file.ts";
import type { KeptAnswer } from "./bounds.ts";

/** The page and the API: nothing from elsewhere, no inline script or style, and no text that becomes HTML. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
/** A run's own report holds texts of its targets: it is shown without script, in an origin of its own. */
const REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/** A document; `isUntrusted` marks one that a browser would render and that this server did not write. */
export interface FileAnswer {
  readonly type: string;
  readonly content: Buffer | StoredFile;
  readonly isUntrusted?: boolean;
  readonly downloadAs?: string;
}

/** A file on the disk. It is sent as it is read, because it may be larger than the memory, and its descriptor is closed then. */
export interface StoredFile {
  readonly descriptor: number;
  /** Its size now: a file that grows meanwhile is sent up to here. */
  readonly bytes: number;
  readonly etag: string;
}

/** Opens a file to be sent. Throws GamedayError for anything but a regular file, or the system's error. */
export function storedFile(path: string): StoredFile {
  const descriptor = openRegular(path);
  const { size, ino, mtimeMs } = fstatSync(descriptor);
  return { descriptor, bytes: size, etag: etagOf(`${ino} ${size} ${mtimeMs}`) };
}

export function setCommonHeaders(response: ServerResponse, requestId: string): void {
  response.setHeader("x-request-id", requestId);
  response.setHeader("content-security-policy", PAGE_POLICY);
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cache-control", "no-store");
}

export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  problem: ApiProblem,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return void response.destroy();
  // What is left of a body is not read, and the connection cannot be used again then.
  if (!request.complete && hasBody(request)) response.shouldKeepAlive = false;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("content-type", "application/problem+json");
  const body = Buffer.from(JSON.stringify(problem));
  response.writeHead(problem.status, { "content-length": body.length }).end(body);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

export function sendKept(response: ServerResponse, kept: KeptAnswer): void {
  for (const [name, value] of Object.entries(kept.headers)) response.setHeader(name, value);
  const body = Buffer.from(kept.body);
  response.writeHead(kept.status, { "content-length": body.length }).end(body);
}

/** Sends a file with an ETag, or 304 if the caller has it already, or one range of it. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: FileAnswer): void {
  const { content } = file;
  const [size, etag] = Buffer.isBuffer(content) ? [content.length, etagOf(content)] : [content.bytes, content.etag];
  response.setHeader("etag", etag).setHeader("cache-control", "no-cache");
  if (file.isUntrusted === true) response.setHeader("content-security-policy", REPORT_POLICY);
  if (file.downloadAs !== undefined)
    response.setHeader("content-disposition", `attachment; filename="${file.downloadAs}"`);
  const range = hasTag(request.headers["if-none-match"], etag) ? "known" : rangeOf(request.headers.range, size);
  if (range === "known") response.writeHead(304);
  else response.setHeader("content-type", file.type).setHeader("accept-ranges", "bytes");
  if (range === "unsatisfiable")
    response.setHeader("content-range", `bytes */${size}`).writeHead(416, { "content-length": 0 });
  if (range === "known" || range === "unsatisfiable") return sendPart(response, content, NOTHING);
  const part = range ?? { from: 0, to: size - 1 };
  if (range !== null) response.setHeader("content-range", `bytes ${part.from}-${part.to}/${size}`);
  response.writeHead(range === null ? 200 : 206, { "content-length": part.to - part.from + 1 });
  sendPart(response, content, request.method === "HEAD" ? NOTHING : part);
}

const NOTHING: ByteRange = { from: 0, to: -1 };

/** Ends the answer with a part of the content. A file that became shorter meanwhile breaks the connection, so that nobody takes it for whole. */
function sendPart(response: ServerResponse, content: Buffer | StoredFile, { from, to }: ByteRange): void {
  if (Buffer.isBuffer(content)) return void response.end(content.subarray(from, to + 1));
  const { descriptor } = content;
  if (to < from) {
    closeSync(descriptor);
    return void response.end();
  }
  const reading = createReadStream("", { fd: descriptor, start: from, end: to });
  pipeline(reading, response, () => {
    if (reading.bytesRead < to - from + 1) response.destroy();
  });
}

export function etagOf(bytes: Buffer | string): string {
  return `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
}

/** Returns whether If-None-Match or If-Match names the tag. */
export function hasTag(header: string | undefined, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Returns the one range that is asked for; null for none, several, or a form that is not understood: then all is sent. */
function rangeOf(header: string | undefined, size: number): ByteRange | "unsatisfiable" | null {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return null;
  if (first === "")
    return Number(last) === 0 ? "unsatisfiable" : { from: Math.max(0, size - Number(last)), to: size - 1 };
  const from = Number(first);
  const to = last === "" ? size - 1 : Math.min(size - 1, Number(last));
  if (last !== "" && Number(last) < from) return null;
  return from >= size ? "unsatisfiable" : { from, to };
}
