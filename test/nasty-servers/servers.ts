/**
 * Servers as raw bytes: what each sends in response to a GET (or the method given), how it ends the connection, and what a client
 * must conclude. They are separate from the test so that others can read them as a list.
 */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

export interface NastyServer {
  readonly name: string;
  readonly sends: Buffer;
  /** What the server does after the last byte. */
  readonly atEnd: "keeps" | "ends" | "resets";
  readonly method?: string;
  /** The required answer, or the kind of error. */
  readonly gives:
    | { readonly status: number; readonly body: string }
    /** A sound answer whose body is too large to keep. */
    | { readonly notKept: true }
    | { readonly error: string };
}

const OK = "HTTP/1.1 200 OK\r\n";

function text(value: string): Buffer {
  return Buffer.from(value, "latin1");
}

function answers(
  name: string,
  sends: string | Buffer,
  body: string,
  more: Partial<NastyServer> & { status?: number } = {},
): NastyServer {
  const { status = 200, ...rest } = more;
  return {
    name,
    sends: typeof sends === "string" ? text(sends) : sends,
    atEnd: "keeps",
    gives: { status, body },
    ...rest,
  };
}

function fails(name: string, sends: string | Buffer, error: string, more: Partial<NastyServer> = {}): NastyServer {
  return { name, sends: typeof sends === "string" ? text(sends) : sends, atEnd: "keeps", gives: { error }, ...more };
}

function isNotKept(name: string, sends: string | Buffer, more: Partial<NastyServer> = {}): NastyServer {
  return { name, sends: Buffer.from(sends), atEnd: "keeps", gives: { notKept: true }, ...more };
}

function coded(coding: string, body: Buffer): Buffer {
  return Buffer.concat([text(`${OK}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
}

function chunked(codings: string, body: Buffer): Buffer {
  const head = `${OK}Transfer-Encoding: ${codings}\r\n\r\n${body.length.toString(16)}\r\n`;
  return Buffer.concat([text(head), body, text("\r\n0\r\n\r\n")]);
}

const ZSTD = zstdCompressSync("squeezed");
const GZIP = gzipSync("squeezed");
const BOMB = gzipSync(Buffer.alloc(3_000_000));

export const NASTY_SERVERS: readonly NastyServer[] = [
  // Framing that is unusual but sound
  answers("a plain answer", `${OK}Content-Length: 5\r\n\r\nhello`, "hello"),
  answers("an empty body", `${OK}Content-Length: 0\r\n\r\n`, ""),
  answers("line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "hi"),
  answers("no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "hi"),
  answers("an empty reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", "hi"),
  answers("latin1 in the reason phrase", "HTTP/1.1 200 \xe9t\xe9\r\nContent-Length: 2\r\n\r\nhi", "hi"),
  answers("header names in odd case", `${OK}cOnTeNt-LeNgTh: 2\r\n\r\nhi`, "hi"),
  answers("blanks around values", `${OK}Content-Length: \t 2 \t\r\n\r\nhi`, "hi"),
  answers("no blank after the colon", `${OK}Content-Length:2\r\n\r\nhi`, "hi"),
  answers("an empty header value", `${OK}X-Empty:\r\nContent-Length: 2\r\n\r\nhi`, "hi"),
  answers("a folded header", `${OK}X: a\r\n  b\r\n\tc\r\nContent-Length: 2\r\n\r\nhi`, "hi"),
  answers("folded words that matter", `${OK}Transfer-Encoding:\r\n chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`, "hi"),
  answers("a last header that is folded", `${OK}Content-Length: 2\r\nX: a\n b\n\nhi`, "hi"),
  answers("close, taken back", `${OK}Connection: close, keep-alive\r\nContent-Length: 2\r\n\r\nhi`, "hi", {
    atEnd: "ends",
  }),
  answers(
    "close, taken back in another header",
    `${OK}Connection: close\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi`,
    "hi",
    { atEnd: "ends" },
  ),
  answers("the same length twice", `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi`, "hi"),
  answers("the same length twice in one header", `${OK}Content-Length: 2 , 2\r\n\r\nhi`, "hi"),
  answers("a length with leading zeros", `${OK}Content-Length: 0002\r\n\r\nhi`, "hi"),
  answers("a length with very many zeros", `${OK}Content-Length: ${"0".repeat(40)}2\r\n\r\nhi`, "hi"),
  answers("a body until the end of the connection", `${OK}\r\nall of it`, "all of it", { atEnd: "ends" }),
  answers("HTTP/1.2 is read as 1.1", "HTTP/1.2 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "hi"),
  answers("HTTP/1.0 until the end", "HTTP/1.0 200 OK\r\n\r\nold", "old", { atEnd: "ends" }),
  answers("HTTP/1.0 with a length", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", "old"),
  answers("Connection: close with a length", `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nhi`, "hi", {
    atEnd: "ends",
  }),
  answers("Connection: close, then a reset", `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nhi`, "hi", {
    atEnd: "resets",
  }),
  answers("chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`, "abcde"),
  answers("chunks with extensions", `${OK}Transfer-Encoding: chunked\r\n\r\n3;a=b;c\r\nabc\r\n0;last\r\n\r\n`, "abc"),
  answers(
    "chunk sizes in capitals and with zeros",
    `${OK}Transfer-Encoding: chunked\r\n\r\n00A\r\n0123456789\r\n0\r\n\r\n`,
    "0123456789",
  ),
  answers(
    "chunk sizes of sixteen digits",
    `${OK}Transfer-Encoding: chunked\r\n\r\n0000000000000002\r\nhi\r\n0000000000000000\r\n\r\n`,
    "hi",
  ),
  answers(
    "a signature of 64 digits at each of 300 chunks",
    `${OK}Transfer-Encoding: chunked\r\n\r\n${`1;chunk-signature=${"a".repeat(64)}\r\nx\r\n`.repeat(300)}0\r\n\r\n`,
    "x".repeat(300),
  ),
  answers("chunks with line feeds alone", `${OK}Transfer-Encoding: chunked\n\n3\nabc\n0\n\n`, "abc"),
  answers("trailers", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n`, "hi"),
  answers("no chunk but the last", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, ""),
  answers("Transfer-Encoding in capitals", `${OK}TRANSFER-ENCODING: CHUNKED\r\n\r\n2\r\nhi\r\n0\r\n\r\n`, "hi"),
  answers("gzip below the chunks", chunked("gzip, chunked", GZIP), "squeezed"),
  answers("gzip below the chunks, in two headers", chunked("x-gzip\r\nTransfer-Encoding: chunked", GZIP), "squeezed"),
  answers("deflate below the chunks", chunked("Deflate,Chunked", deflateSync("squeezed")), "squeezed"),
  answers("brotli below the chunks", chunked("br, chunked", brotliCompressSync("squeezed")), "squeezed"),
  answers("no coding below the chunks", chunked("identity, chunked", Buffer.from("plain")), "plain"),
  answers(
    "chunks and a length: chunks count",
    `${OK}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    "hi",
  ),
  answers("100 Continue first", `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`, "hi"),
  answers(
    "103 Early Hints first, with headers",
    `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
    "hi",
  ),
  answers(
    "three interim answers",
    `${"HTTP/1.1 102 Processing\r\n\r\n".repeat(3)}${OK}Content-Length: 2\r\n\r\nhi`,
    "hi",
  ),
  answers(
    "thirty-two interim answers",
    `${"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(32)}${OK}Content-Length: 2\r\n\r\nhi`,
    "hi",
  ),
  answers("204 without a length", "HTTP/1.1 204 No Content\r\n\r\n", "", { status: 204 }),
  answers("204 that claims a length", "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", "", { status: 204 }),
  answers("304 that claims a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", "", { status: 304 }),
  answers("HEAD with the length of a GET", `${OK}Content-Length: 1000\r\n\r\n`, "", { method: "HEAD" }),
  answers("HEAD with chunked", `${OK}Transfer-Encoding: chunked\r\n\r\n`, "", { method: "HEAD" }),
  answers("bytes after the answer", `${OK}Content-Length: 2\r\n\r\nhiEXTRA`, "hi"),
  answers("a second answer nobody asked for", `${OK}Content-Length: 2\r\n\r\nhi${OK}Content-Length: 2\r\n\r\nno`, "hi"),
  answers("bytes after the last chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\nEXTRA`, "hi"),
  answers("a hundred headers", `${OK}${"X-Many: yes\r\n".repeat(100)}Content-Length: 2\r\n\r\nhi`, "hi"),
  answers("a header of 20 kB", `${OK}X-Long: ${"a".repeat(20_000)}\r\nContent-Length: 2\r\n\r\nhi`, "hi"),
  answers("an unknown status", "HTTP/1.1 299 Strange\r\nContent-Length: 2\r\n\r\nhi", "hi", { status: 299 }),
  answers("status 999", "HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\nhi", "hi", { status: 999 }),
  answers("gzip", coded("gzip", GZIP), "squeezed"),
  answers("x-gzip in capitals", coded("X-GZIP", GZIP), "squeezed"),
  answers("deflate with zlib's wrapping", coded("deflate", deflateSync("squeezed")), "squeezed"),
  answers("deflate as a bare stream", coded("deflate", deflateRawSync("squeezed")), "squeezed"),
  answers("brotli", coded("br", brotliCompressSync("squeezed")), "squeezed"),
  answers("zstd", coded("zstd", ZSTD), "squeezed"),
  answers("two frames of zstd", coded("zstd", Buffer.concat([ZSTD, ZSTD])), "squeezedsqueezed"),
  answers("no coding by three names", coded("identity, none,", Buffer.from("plain")), "plain"),
  answers("no coding by an empty name", coded("", Buffer.from("plain")), "plain"),
  answers("two codings", coded("gzip, br", brotliCompressSync(GZIP)), "squeezed"),
  answers("gzip that is empty", coded("gzip", Buffer.alloc(0)), ""),
  answers(
    "cookies that are no cookies",
    `${OK}Set-Cookie: =\r\nSet-Cookie: ;;;\r\nSet-Cookie\t: x\r\nContent-Length: 0\r\n\r\n`.replace(
      "Set-Cookie\t: x\r\n",
      "",
    ),
    "",
  ),

  // Broken heads
  fails("no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n", "malformed"),
  fails("TLS bytes on a plain port", Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]), "malformed"),
  fails("HTTP/2 preface of a server", Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), "malformed"),
  fails("an unknown version", "HTTP/2.0 200 OK\r\n\r\n", "malformed"),
  fails("a minor version that is no number", "HTTP/1.x 200 OK\r\n\r\n", "malformed"),
  fails("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "malformed"),
  fails("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "malformed"),
  fails("a status below 100", "HTTP/1.1 099 No\r\n\r\n", "malformed"),
  fails("a status that is no number", "HTTP/1.1 abc OK\r\n\r\n", "malformed"),
  fails("two blanks before the status", "HTTP/1.1  200 OK\r\n\r\n", "malformed"),
  fails("a NUL in the status line", "HTTP/1.1 200 O\0K\r\n\r\n", "malformed"),
  fails("a carriage return alone", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "malformed"),
  fails("a NUL in a header", `${OK}X: a\0b\r\n\r\n`, "malformed"),
  fails("a header without a colon", `${OK}nonsense\r\n\r\n`, "malformed"),
  fails("a header without a name", `${OK}: x\r\n\r\n`, "malformed"),
  fails("a blank before the colon", `${OK}Content-Length : 2\r\n\r\nhi`, "malformed"),
  fails("a folded line before any header", `${OK} X: a\r\nContent-Length: 2\r\n\r\nhi`, "malformed"),
  fails("a folded length", `${OK}Content-Length:\r\n 2\r\n\r\nhi`, "malformed"),
  fails("a header folded without end", `${OK}X: a\r\n${" b\r\n".repeat(30)}\r\n`, "malformed"),
  fails("a length that is no number", `${OK}Content-Length: two\r\n\r\nhi`, "malformed"),
  fails("a negative length", `${OK}Content-Length: -2\r\n\r\nhi`, "malformed"),
  fails("a length with a plus", `${OK}Content-Length: +2\r\n\r\nhi`, "malformed"),
  fails("an empty length", `${OK}Content-Length:\r\n\r\nhi`, "malformed"),
  fails("a length beyond all numbers", `${OK}Content-Length: 99999999999999999999\r\n\r\nhi`, "malformed"),
  fails("two lengths that differ", `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi`, "malformed"),
  fails("two lengths in one header that differ", `${OK}Content-Length: 2, 3\r\n\r\nhi`, "malformed"),
  fails("a length with nothing after its comma", `${OK}Content-Length: 2,\r\n\r\nhi`, "malformed"),
  fails("an unknown transfer coding", `${OK}Transfer-Encoding: snappy, chunked\r\n\r\n0\r\n\r\n`, "malformed"),
  fails("a transfer coding without chunks", `${OK}Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx`, "malformed"),
  fails("a transfer coding after the chunks", `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, "malformed"),
  fails("a transfer coding of other bytes", chunked("gzip, chunked", Buffer.from("plain text")), "malformed"),
  isNotKept("a gzip bomb in chunks", chunked("gzip, chunked", BOMB)),
  fails("chunked twice", `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "malformed"),
  fails("300 header lines", `${OK}${"X-Many: yes\r\n".repeat(300)}\r\n`, "malformed"),
  fails("a head without end", `${OK}X-Long: ${"a".repeat(140_000)}`, "malformed"),
  fails("interim answers without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(40), "malformed"),
  fails("a change of protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", "malformed"),

  // Broken bodies
  fails("a body shorter than its length", `${OK}Content-Length: 10\r\n\r\nshort`, "closed", { atEnd: "ends" }),
  fails("a reset within the body", `${OK}Content-Length: 10\r\n\r\nshort`, "reset", { atEnd: "resets" }),
  fails("a length of 100 GB", `${OK}Content-Length: 100000000000\r\n\r\nx`, "closed", { atEnd: "ends" }),
  isNotKept("a length beyond the limit", `${OK}Content-Length: 150000\r\n\r\n${"x".repeat(150_000)}`),
  isNotKept("chunks larger than the limit", chunked("chunked", Buffer.alloc(150_000, "x"))),
  isNotKept("a body until the end, larger than the limit", `${OK}\r\n${"x".repeat(150_000)}`, { atEnd: "ends" }),
  fails("a large body that ends too soon", `${OK}Content-Length: 150001\r\n\r\n${"x".repeat(150_000)}`, "closed", {
    atEnd: "ends",
  }),
  fails("chunks that end too soon", `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nab`, "closed", { atEnd: "ends" }),
  fails("no last chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`, "closed", { atEnd: "ends" }),
  fails("a chunk size that is no number", `${OK}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, "malformed"),
  fails("an empty chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\n\r\nhi`, "malformed"),
  fails("a negative chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\n-2\r\nhi`, "malformed"),
  fails("a chunk size beyond all numbers", `${OK}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`, "malformed"),
  fails("a chunk longer than its size", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi!\r\n0\r\n\r\n`, "malformed"),
  fails("chunk extensions without end", `${OK}Transfer-Encoding: chunked\r\n\r\n2;${"a".repeat(40_000)}`, "malformed"),
  fails("trailers without end", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${"X: y\r\n".repeat(6_000)}`, "malformed"),
  fails(
    "a carriage return alone in the trailers",
    `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\rz\r\n\r\n`,
    "malformed",
  ),
  fails("gzip that is not gzip", coded("gzip", Buffer.from("plain text")), "malformed"),
  fails("gzip cut off", coded("gzip", GZIP.subarray(0, 12)), "malformed"),
  isNotKept("a gzip bomb", coded("gzip", BOMB)),
  fails("zstd that is none", coded("zstd", Buffer.from("plain text")), "malformed"),
  fails("zstd cut off", coded("zstd", ZSTD.subarray(0, 12)), "malformed"),
  isNotKept("a zstd bomb", coded("zstd", zstdCompressSync(Buffer.alloc(1 << 20)))),
  fails("an unknown content coding", coded("snappy", Buffer.from("x")), "malformed"),
  fails("five codings on top of each other", coded("gzip, gzip, gzip, gzip, gzip", GZIP), "malformed"),

  // No answer
  fails("an end without an answer", "", "closed", { atEnd: "ends" }),
  fails("a reset without an answer", "", "reset", { atEnd: "resets" }),
  fails("silence", "", "timeout"),
  fails("an end within the head", "HTTP/1.1 200 O", "closed", { atEnd: "ends" }),
  fails("a head that stops", `${OK}Content-Le`, "timeout"),
  fails("a body that stops", `${OK}Content-Length: 5\r\n\r\nhe`, "timeout"),
];
