/**
 * `node test/proofs/witness.ts HOST PORT FILE`: the independent witness. It writes orders and baskets through the platform's own
 * port over raw sockets, a beat every 10 ms for each class (alternately on a fresh connection and on a kept one), and records by
 * CLOCK_MONOTONIC when each was sent and answered. It shares no code with the product. SIGTERM ends it.
 */
import { createWriteStream } from "node:fs";
import { connect, type Socket } from "node:net";
import type { WitnessSample } from "./truth.ts";

const BEAT_MS = 10;
const TIMEOUT_MS = 2_000;
const IN_FLIGHT_MAX = 2_000;
const SERVICES = 8;

const [host = "127.0.0.1", port = "", file = ""] = process.argv.slice(2);
const out = createWriteStream(file);
const idle: Socket[] = [];
let inFlight = 0;
let beats = 0;

const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Sends one request and calls back once: true for a complete 2xx answer. */
function ask(socket: Socket, request: string, done: (ok: boolean) => void): void {
  let text = "";
  let over = false;
  const end = (ok: boolean) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    socket.removeAllListeners("data");
    done(ok);
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

function requestOf(kind: "order-write" | "session-write", connection: "kept" | "fresh", id: string): string {
  const order = kind === "order-write";
  const product = 1 + (beats % SERVICES);
  const item = { product, quantity: 1 };
  const body = JSON.stringify(order ? { id, customer: 1, lines: [item] } : item);
  const basket = `witness-${process.pid}-${Math.floor(beats / 1000)}`;
  const line = order ? "POST /orders" : `PUT /carts/${basket}/items/${encodeURIComponent(id)}`;
  const keep = connection === "kept" ? "keep-alive" : "close";
  const head = [`${line} HTTP/1.1`, "host: witness", "content-type: application/json", `connection: ${keep}`];
  return [...head, `content-length: ${body.length}`, "", body].join("\r\n");
}

function beat(kind: "order-write" | "session-write", connection: "kept" | "fresh"): void {
  if (inFlight >= IN_FLIGHT_MAX) throw new Error(`expected at most ${IN_FLIGHT_MAX} beats in flight, got more`);
  inFlight++;
  const sentMs = nowMs();
  const known = connection === "kept" ? idle.pop() : undefined;
  const socket = known ?? connect(Number(port), host);
  if (known === undefined) socket.setNoDelay(true);
  ask(socket, requestOf(kind, connection, `witness/${process.pid}/${kind}/${beats}`), (ok) => {
    inFlight--;
    const sample: WitnessSample = { stream: `${kind}/${connection}`, sentMs, doneMs: nowMs(), ok };
    out.write(`${JSON.stringify(sample)}\n`);
    if (ok && connection === "kept" && !socket.destroyed) keep(socket);
    else socket.destroy();
  });
}

/** Keeps a connection for reuse. One that the proxy closes while it is idle is dropped, as every client does. */
function keep(socket: Socket): void {
  socket.removeAllListeners();
  const forget = () => {
    const at = idle.indexOf(socket);
    if (at >= 0) idle.splice(at, 1);
    socket.destroy();
  };
  socket.on("error", forget).on("close", forget);
  idle.push(socket);
}

/** Sends by the clock, not by the timer: a late timer sends everything that is due. */
const began = nowMs();
const ticking = setInterval(() => {
  while (began + beats * BEAT_MS <= nowMs()) {
    const connection = beats % 2 === 0 ? "fresh" : "kept";
    beat("order-write", connection);
    beat("session-write", connection);
    beats++;
  }
}, BEAT_MS / 2);

process.once("SIGTERM", () => {
  clearInterval(ticking);
  setTimeout(() => out.end(() => process.exit(0)), TIMEOUT_MS);
});
console.log("watching");
