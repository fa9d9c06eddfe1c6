/** One request over one stream: HTTP, the Redis protocol, or a line of HAProxy commands. */
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

const BODY_BYTES_MAX = 4 << 20;

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends one HTTP request over a stream that is already connected. The stream ends with the response. */
export function askHttp(stream: Duplex, path: string, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { host: "localhost", connection: "close" };
    const asked = request({ createConnection: () => stream as Socket, path, headers, signal }, (answer) => {
      text(answer, signal).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    asked.on("error", reject);
    stream.resume(); // a dialled stream arrives paused, and the server sends nothing until it gets a request
    asked.end();
  }).finally(() => stream.destroy()) as Promise<HttpAnswer>;
}

/** Sends commands to HAProxy's runtime socket (on one line, separated by ";") and returns its whole answer. */
export async function askHaproxy(path: string, commands: readonly string[], signal: AbortSignal): Promise<string> {
  const socket = connect(path);
  try {
    socket.write(`${commands.join(";")}\n`);
    return await text(socket, signal);
  } finally {
    socket.destroy();
  }
}

/** A value that a Redis command may return (RESP 2): text, a number, null, a list, or an error. */
export type RedisAnswer = string | number | null | Error | RedisAnswer[];

/** Sends one Redis command over a stream and returns its reply. Throws when the reply is an error. */
export async function askRedis(stream: Duplex, command: readonly string[], signal: AbortSignal): Promise<RedisAnswer> {
  try {
    stream.write(encodeRedis(command));
    let bytes = Buffer.alloc(0);
    for await (const chunk of readable(stream, signal)) {
      bytes = Buffer.concat([bytes, chunk]);
      const read = decodeRedis(bytes, 0);
      if (read === null) continue;
      if (read.value instanceof Error) throw read.value;
      return read.value;
    }
    throw new Error(`Redis closed the connection before it answered ${command[0]}`);
  } finally {
    stream.destroy();
  }
}

export function encodeRedis(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`;
}

/** Reads one RESP 2 value at an offset; returns null while the value is incomplete. */
export function decodeRedis(bytes: Buffer, offset: number): { value: RedisAnswer; next: number } | null {
  const end = bytes.indexOf("\r\n", offset);
  if (end < 0) return null;
  const head = bytes.toString("utf8", offset + 1, end);
  const next = end + 2;
  switch (String.fromCharCode(bytes[offset] ?? 0)) {
    case "+":
      return { value: head, next };
    case "-":
      return { value: new Error(head), next };
    case ":":
      return { value: Number(head), next };
    case "$":
      return decodeBulk(bytes, Number(head), next);
    case "*":
      return decodeList(bytes, Number(head), next);
    default:
      throw new Error(`expected a RESP value, got ${JSON.stringify(bytes.toString("utf8", offset, offset + 20))}`);
  }
}

function decodeBulk(bytes: Buffer, length: number, at: number): { value: RedisAnswer; next: number } | null {
  if (length < 0) return { value: null, next: at };
  if (bytes.length < at + length + 2) return null;
  return { value: bytes.toString("utf8", at, at + length), next: at + length + 2 };
}

function decodeList(bytes: Buffer, length: number, at: number): { value: RedisAnswer; next: number } | null {
  if (length < 0) return { value: null, next: at };
  const list: RedisAnswer[] = [];
  let next = at;
  for (let index = 0; index < length; index++) {
    const read = decodeRedis(bytes, next);
    if (read === null) return null;
    list.push(read.value);
    next = read.next;
  }
  return { value: list, next };
}

async function text(stream: NodeJS.ReadableStream & { destroy(): unknown }, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readable(stream, signal)) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`expected an answer of at most ${BODY_BYTES_MAX} bytes, got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function* readable(
  stream: NodeJS.ReadableStream & { destroy(): unknown },
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const abort = () => stream.destroy();
  signal.addEventListener("abort", abort);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
