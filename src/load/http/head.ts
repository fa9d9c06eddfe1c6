/**
 * Parses the head of an answer in place, from the bytes as they arrived (RFC 9112). One pass finds the end of the head and
 * everything that framing, cookies and keep-alive need; other headers are looked up later, and only on a script's request.
 */
const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const COLON = 58;
const COMMA = 44;

/** The most header lines of one head. More is abuse, and would slow down the repeated scans of a head that arrives piecemeal. */
const LINES_MAX = 256;
const FOLDS_MAX = 16;
/** The largest content length, 4 PB. Leading zeros do no harm. */
const LENGTH_MAX = 2 ** 52;

/** What scanHead found in a head. One object serves many scans. */
export class Head {
  status = 0;
  /** -1 when it is not given. */
  contentLength = -1;
  chunked = false;
  /** The transfer codings below the chunks, as decodeBody takes them, such as "gzip"; nearly always none. */
  transferCodings = "";
  /** HTTP/1.0, which has no chunks: a connection that uses them must not be reused (RFC 9112, section 6.1). */
  isOld = false;
  /** The server closes the connection after this answer. */
  close = false;
  /** A Connection header had "close", which no other value revokes. */
  saidClose = false;
  /** The body is encoded (gzip, br, ...), because a content-encoding header exists. */
  encoded = false;
  cookies: string[] | null = null;
  /** Index of the colon in the header line that is being scanned. */
  colon = 0;
  /** Describes the problem when scanHead returned a negative number. */
  problem = "";

  clear(): void {
    this.status = 0;
    this.contentLength = -1;
    this.chunked = false;
    this.transferCodings = "";
    this.close = false;
    this.saidClose = false;
    this.encoded = false;
    this.cookies = null;
  }
}

/** Returns the index of the first byte after the head; 0 when the head is incomplete; -1 when malformed (`head.problem`). */
export function scanHead(bytes: Buffer, from: number, to: number, head: Head): number {
  head.clear();
  let at = scanStatusLine(bytes, from, to, head);
  if (at <= 0) return at;
  for (let line = 0; line <= LINES_MAX; line++) {
    if (at >= to) return 0;
    const first = bytes[at];
    if (first === LF) return ended(head, at + 1);
    if (first === CR)
      return at + 1 >= to ? 0 : bytes[at + 1] === LF ? ended(head, at + 2) : bad(head, "a carriage return alone");
    at = scanLine(bytes, at, to, head);
    if (at <= 0) return at;
  }
  return bad(head, `more than ${LINES_MAX} header lines`);
}

/** Ends the scan. Transfer codings without chunks are an error, because they do not define where the body ends. */
function ended(head: Head, next: number): number {
  if (head.transferCodings === "" || head.chunked) return next;
  return bad(head, `transfer-encoding "${head.transferCodings}" without "chunked" at its end`);
}

/** Scans a line such as "HTTP/1.1 200 OK". The version decides whether the connection is kept when no header does. */
function scanStatusLine(bytes: Buffer, from: number, to: number, head: Head): number {
  const wrong = checkStart(bytes, from, to, head);
  if (wrong !== 0) return wrong;
  const end = endOfText(bytes, Math.min(from + 12, to), to);
  if (end >= to) return 0;
  if (end < from + 12) return bad(head, "a status line that is too short");
  const a = digit(bytes, from + 9);
  const b = digit(bytes, from + 10);
  const c = digit(bytes, from + 11);
  if (a < 1 || b < 0 || c < 0 || (end > from + 12 && bytes[from + 12] !== SPACE))
    return bad(head, "no status of three digits");
  head.status = a * 100 + b * 10 + c;
  head.isOld = bytes[from + 7] === 48;
  head.close = head.isOld;
  return endOfLine(bytes, end, to, head);
}

const START = Buffer.from("HTTP/1.");

/** Returns 0 when the bytes may (still) start an HTTP/1 answer with a space after the version and three digits. */
function checkStart(bytes: Buffer, from: number, to: number, head: Head): number {
  const length = Math.min(START.length, to - from);
  for (let at = 0; at < length; at++)
    if (bytes[from + at] !== START[at]) return bad(head, `no HTTP/1 status line but ${inWords(bytes, from, to)}`);
  // A later minor version is read as 1.1 (RFC 9110, section 2.5).
  if (to - from > 7 && digit(bytes, from + 7) < 0) return bad(head, "an unknown HTTP version");
  if (to - from > 8 && bytes[from + 8] !== SPACE) return bad(head, "no space after the HTTP version");
  for (let at = from + 9; at < Math.min(from + 12, to); at++)
    if (digit(bytes, at) < 0) return bad(head, "no status of three digits");
  return 0;
}

/** Describes what arrived instead of HTTP/1. */
function inWords(bytes: Buffer, from: number, to: number): string {
  if (bytes[from] === 21 || bytes[from] === 22) return "what looks like TLS (is it https://?)";
  return JSON.stringify(bytes.toString("latin1", from, Math.min(to, from + 24)));
}

function digit(bytes: Buffer, at: number): number {
  const value = (bytes[at] as number) - 48;
  return value >= 0 && value <= 9 ? value : -1;
}

/** Returns the index of the first control character other than tab, or `to`. */
function endOfText(bytes: Buffer, at: number, to: number): number {
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte < SPACE && byte !== TAB) break;
    at++;
  }
  return at;
}

/** Returns the index after the line end that starts at `end`; 0 when it may still arrive; -1 when something else is there. */
function endOfLine(bytes: Buffer, end: number, to: number, head: Head): number {
  const byte = bytes[end];
  if (byte === LF) return end + 1;
  if (byte !== CR) return bad(head, `a control character ${byte} in the head`);
  if (end + 1 >= to) return 0;
  return bytes[end + 1] === LF ? end + 2 : bad(head, "a carriage return alone");
}

/** Scans a "name: value" line and its folded lines. Folding is obsolete, but a client must read it (RFC 9112, section 5.2). */
function scanLine(bytes: Buffer, from: number, to: number, head: Head): number {
  let colon = from;
  let byte = 0;
  while (colon < to) {
    byte = bytes[colon] as number;
    if (byte <= SPACE || byte === COLON || byte >= 127) break;
    colon++;
  }
  if (colon >= to) return 0;
  if (byte !== COLON || colon === from) {
    const folded = colon === from && (byte === SPACE || byte === TAB);
    return bad(head, folded ? "a folded line before any header" : "a header line without a name and a colon");
  }
  head.colon = colon;
  return scanValue(bytes, from, to, head);
}

function scanValue(bytes: Buffer, from: number, to: number, head: Head): number {
  const { colon } = head;
  let end = colon;
  let next = colon + 1;
  for (let folds = 0; folds === 0 || (next > 0 && isBlank(bytes[next])); folds++) {
    if (folds > FOLDS_MAX) return bad(head, `a header line folded more than ${FOLDS_MAX} times`);
    end = endOfText(bytes, next, to);
    if (end >= to) return 0;
    next = endOfLine(bytes, end, to, head);
    if (next >= to) return 0; // whether the next line is folded is not known yet
  }
  if (next > 0 && notable(bytes, from, colon) && !note(bytes, from, end, head)) return -1;
  return next;
}

/** Returns true for the names that are inspected further. This is a cheap filter by length and first letter. */
function notable(bytes: Buffer, from: number, colon: number): boolean {
  const length = colon - from;
  const first = (bytes[from] as number) | 32;
  if (first === 99) return length === 14 || length === 10 || length === 16; // content-length, connection, content-encoding
  return (first === 115 && length === 10) || (first === 116 && length === 17); // set-cookie, transfer-encoding
}

function note(bytes: Buffer, from: number, end: number, head: Head): boolean {
  const { colon } = head;
  if (named(bytes, from, colon, "content-length")) return noteLength(bytes, colon + 1, end, head);
  if (named(bytes, from, colon, "set-cookie")) {
    head.cookies ??= [];
    head.cookies.push(unfolded(bytes.toString("latin1", colon + 1, end)));
  } else if (named(bytes, from, colon, "connection"))
    noteConnection(unfolded(bytes.toString("latin1", colon + 1, end)), head);
  else if (named(bytes, from, colon, "content-encoding")) head.encoded = true;
  else if (named(bytes, from, colon, "transfer-encoding"))
    return noteTransfer(unfolded(bytes.toString("latin1", colon + 1, end)), head);
  return true;
}

function named(bytes: Buffer, from: number, colon: number, name: string): boolean {
  if (colon - from !== name.length) return false;
  for (let at = 0; at < name.length; at++) {
    const byte = bytes[from + at] as number;
    if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== name.charCodeAt(at)) return false;
  }
  return true;
}

/** Reads "2", or "2, 2", which results when lines of the same name are joined (RFC 9110, section 8.6). */
function noteLength(bytes: Buffer, from: number, end: number, head: Head): boolean {
  let at = noteOneLength(bytes, from, end, head);
  while (at >= 0 && at < end) at = bytes[at] === COMMA ? noteOneLength(bytes, at + 1, end, head) : -1;
  if (at < 0) head.problem = "a content-length that is no number, or two that differ";
  return at >= 0;
}

/** Returns the index after one number and its blanks; -1 when it is not a number, or differs from an earlier one. */
function noteOneLength(bytes: Buffer, from: number, end: number, head: Head): number {
  let at = from;
  while (at < end && isBlank(bytes[at])) at++;
  const start = at;
  let value = 0;
  for (let next = 0; at < end; at++) {
    next = digit(bytes, at);
    if (next < 0) break;
    value = value * 10 + next;
  }
  if (at === start || value > LENGTH_MAX || (head.contentLength >= 0 && head.contentLength !== value)) return -1;
  head.contentLength = value;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

/** Joins each header line with the lines that continue its value, which begin with a blank. */
export function unfolded(text: string): string {
  return text.includes("\n") ? text.replace(/\r?\n[ \t]+/g, " ") : text;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function noteConnection(value: string, head: Head): void {
  for (const word of value.toLowerCase().split(",")) {
    if (word.trim() === "close") head.saidClose = true;
    else if (word.trim() === "keep-alive") head.close = false;
  }
  if (head.saidClose) head.close = true;
}

const TRANSFER_CODINGS = new Set(["gzip", "x-gzip", "deflate", "br"]);

/** Reads transfer codings. Several header lines form one list, which "chunked" must end. */
function noteTransfer(value: string, head: Head): boolean {
  for (const word of value.toLowerCase().split(",")) {
    const coding = word.trim();
    if (coding === "") continue;
    const known = coding === "chunked" || coding === "identity" || TRANSFER_CODINGS.has(coding);
    if (!known || head.chunked) {
      head.problem = `transfer-encoding "${value.trim().slice(0, 40)}" (understood: gzip, deflate, br, then "chunked" once)`;
      return false;
    }
    if (coding === "chunked") head.chunked = true;
    else head.transferCodings += head.transferCodings === "" ? coding : `, ${coding}`;
  }
  return true;
}

function bad(head: Head, problem: string): -1 {
  head.problem = problem;
  return -1;
}
