/** Counts the exchanges of calls: by name and by phase, and one by one if the load was asked for single requests. */
import type { RequestSeries } from "../count/metrics.ts";
import { INTERRUPTED } from "../count/request-batch.ts";
import type { Scope } from "../count/scope.ts";
import type { Exchange } from "./connection.ts";
import type { Origin } from "./origin.ts";

/** An exchange with what it is counted by. */
export interface CountedExchange extends Exchange {
  readonly scope: Scope;
  readonly series: RequestSeries;
  /** When it was due, or the redirect to it was followed (performance.now()). Opening a connection is part of its time. */
  readonly fromMs: number;
  readonly status: number;
  readonly origin: Origin;
  readonly path: string;
  /** The number of the user in the whole run; -1: the call is not a user's. */
  readonly user: number;
}

/** Counts an exchange that ended at `nowMs` with `bytes` of a body. `failure` is its kind; null for a success. */
export function countEnded(exchange: CountedExchange, failure: string | null, nowMs: number, bytes: number): void {
  const { scope, series, opening, sentMs, firstByteMs } = exchange;
  const counted = scope.byStatus ? series.withStatus(exchange.status) : series;
  const found = failure === null ? counted.passed : counted.failure(failure);
  found.record(nowMs - exchange.fromMs);
  if (failure !== null) found.failed++;
  counted.service?.record(nowMs - sentMs);
  if (opening !== null) scope.phases.opened(opening.connectMs, exchange.origin.secure ? opening.tlsMs : -1);
  if (firstByteMs > 0) scope.phases.answered(firstByteMs - sentMs, receivingMs(exchange, nowMs), bytes);
  if (scope.registry.requests !== null) log(exchange, failure ?? "", nowMs, bytes);
}

/** Counts an exchange that the engine itself ended. Its outcome is unknown, but how long it had waited is recorded. */
export function countInterrupted(exchange: CountedExchange): void {
  const nowMs = performance.now();
  exchange.series.interrupted.record(nowMs - exchange.fromMs);
  if (exchange.scope.registry.requests !== null) log(exchange, INTERRUPTED, nowMs, 0);
}

/** Keeps a failure as an example for people if it is the first of its kind. `says` returns the text of the server or of the system. */
export function exemplify(exchange: CountedExchange, error: string, says: () => string): void {
  const { scope, series, method, status } = exchange;
  const { examples } = scope.registry;
  const name = series.tags["name"] ?? "";
  if (!examples.lacks(name, error)) return;
  examples.add({ name, error, method, url: urlOf(exchange), status, says: says() }, performance.now());
}

function receivingMs({ reads, firstByteMs }: CountedExchange, nowMs: number): number {
  return reads > 1 ? nowMs - firstByteMs : 0;
}

function urlOf({ origin, path }: CountedExchange): string {
  return origin.text + path;
}

function log(exchange: CountedExchange, error: string, nowMs: number, bytes: number): void {
  const { scope, series, opening, sentMs, firstByteMs, fromMs, status, user, method } = exchange;
  scope.registry.requests?.add({
    dueMs: fromMs,
    sentMs,
    firstByteMs,
    endedMs: nowMs,
    connectingMs: opening?.connectMs ?? -1,
    tlsMs: opening === null || !exchange.origin.secure ? -1 : opening.tlsMs,
    receivingMs: receivingMs(exchange, nowMs),
    bytes,
    status,
    user,
    method,
    url: urlOf(exchange),
    error,
    tags: series.tags,
  });
}
