/**
 * `node test/proofs/witness.ts HOST PORT FILE REPLICA...`: the independent witness. It writes orders and baskets through the
 * platform's own port over raw sockets, a beat every 10 ms for each class, and records by CLOCK_MONOTONIC when each was sent and
 * answered. Each beat asks the proxy for one of the replicas, so a round meets each of them on a fresh connection and on a kept
 * one; the proxy's header says which of them answered. A replica given as NAME=HOST:PORT is met at its own address instead. It shares
 * no code with the product. SIGTERM, or the end of its standard input, ends it.
 */
import { createWriteStream } from "node:fs";
import { connect, type Socket } from "node:net";
import type { WitnessSample } from "./truth.ts";

const BEAT_MS = 10;
const TIMEOUT_MS = 2_000;
const IN_FLIGHT_MAX = 2_000;
const SERVICES = 8;

const [host = "127.0.0.1", port = "", file = "", ...given] = process.argv.slice(2);
const addresses = new Map(given.map(addressOf));
const replicas = [...addresses.keys()];
if (replicas.length === 0) throw new Error("expected the names of the replicas, got none");
const out = createWriteStream(file);
const idle = new Map<string, Socket[]>();
let inFlight = 0;
let beats = 0;

const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Returns the name of a replica, and where it is met: at the proxy, or at its own address. */
function addressOf(text: string): [name: string, address: string] {
  const [name = "", own = ""] = text.split("=");
  return [name, own === "" ? `${host}:${port}` : own];
}

type Kind = "order-write" | "session-write";

/** Where a beat goes to, and how. */
interface Way {
  readonly connection: "kept" | "fresh";
  readonly replica: string;
}

/** Sends one request and calls back once: true for a complete 2xx answer, and the replica that the proxy names. */
function ask(socket: Socket, request: string, done: (ok: boolean, replica: string | null) => void): void {
  let text = "";
  let over = false;
  const end = (ok: boolean) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    socket.removeAllListeners("data");
    done(ok, /^x-gameday-replica: *(\S+)/im.exec(text)?.[1] ?? null);
  };
  const timer = setTimeout(() => end(false), TIMEOUT_MS);
  socket.on("error", () => end(false)).on("close", () => end(false));
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const head = text.indexOf("\r\n\r\n");
    const length = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0);
    if (head >= 0 && text.length >= head + 4 + length) end(/^HTTP\/1\.1 2\d\d/.test(text));
  });
  socket.write(request);
}

function requestOf(kind: Kind, { connection, replica }: Way, id: string): string {
  const order = kind === "order-write";
  const product = 1 + (beats % SERVICES);
  const item = { product, quantity: 1 };
  const body = JSON.stringify(order ? { id, customer: 1, lines: [item] } : item);
  const basket = `witness-${process.pid}-${Math.floor(beats / 1000)}`;
  const line = order ? "POST /orders" : `PUT /carts/${basket}/items/${encodeURIComponent(id)}`;
  const keep = connection === "kept" ? "keep-alive" : "close";
  const head = [`${line} HTTP/1.1`, "host: witness", "content-type: application/json", `connection: ${keep}`];
  return [...head, `x-gameday-replica: ${replica}`, `content-length: ${body.length}`, "", body].join("\r\n");
}

function beat(kind: Kind, way: Way): void {
  if (inFlight >= IN_FLIGHT_MAX) throw new Error(`expected at most ${IN_FLIGHT_MAX} beats in flight, got more`);
  inFlight++;
  const sentMs = nowMs();
  const { connection, replica } = way;
  const address = addresses.get(replica) ?? "";
  const [toHost = "", toPort = ""] = address.split(":");
  const known = connection === "kept" ? idle.get(address)?.pop() : undefined;
  const socket = known ?? connect(Number(toPort), toHost);
  if (known === undefined) socket.setNoDelay(true);
  ask(socket, requestOf(kind, way, `witness/${process.pid}/${kind}/${beats}`), (ok, answeredBy) => {
    inFlight--;
    const by = address === `${host}:${port}` ? answeredBy : replica;
    const sample: WitnessSample = { class: kind, connection, replica, answeredBy: by, sentMs, doneMs: nowMs(), ok };
    out.write(`${JSON.stringify(sample)}\n`);
    if (ok && connection === "kept" && !socket.destroyed) keep(socket, address);
    else socket.destroy();
  });
}

/** Keeps a connection for reuse. One that the proxy closes while it is idle is dropped, as every client does. */
function keep(socket: Socket, address: string): void {
  socket.removeAllListeners();
  const there = idle.get(address) ?? [];
  idle.set(address, there);
  const forget = () => {
    const at = there.indexOf(socket);
    if (at >= 0) there.splice(at, 1);
    socket.destroy();
  };
  socket.on("error", forget).on("close", forget);
  there.push(socket);
}

/** Returns the way of the n-th beat: a round meets every replica on a fresh connection, then every one on a kept connection. */
function wayOf(number: number): Way {
  const replica = replicas[number % replicas.length] as string;
  return { replica, connection: Math.floor(number / replicas.length) % 2 === 0 ? "fresh" : "kept" };
}

/** Sends by the clock, not by the timer: a late timer sends everything that is due. */
const began = nowMs();
const ticking = setInterval(() => {
  while (began + beats * BEAT_MS <= nowMs()) {
    const way = wayOf(beats);
    beat("order-write", way);
    beat("session-write", way);
    beats++;
  }
}, BEAT_MS / 2);

function end(): void {
  clearInterval(ticking);
  setTimeout(() => out.end(() => process.exit(0)), TIMEOUT_MS);
}

process.once("SIGTERM", end);
// The proof holds the other end of the standard input: when it dies, nobody is left to end the witness.
process.stdin.resume().once("end", end);
console.log("watching");
