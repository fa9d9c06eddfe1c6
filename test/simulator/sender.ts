/** The simulated client: sends calls to the site, waits no longer than its timeout, and records the answers. */
import type { Operation, Outcome } from "../../src/history.ts";
import type { Agenda } from "../../src/platform/fake/agenda.ts";
import { type FakeAnswer, type FakeCall, isWrite } from "../../src/platform/fake/call.ts";
import type { Site } from "../../src/platform/fake/site.ts";
import type { Json } from "../../src/std/json.ts";
import type { Meter } from "./meter.ts";
import { type FakeRecorder, stamp } from "./recorder.ts";

/** Probes give up early, so that an outage is seen at once; people wait longer. */
export const PROBE_TIMEOUT_MS = 1000;
export const USER_TIMEOUT_MS = 4000;

/** One request to send, and how to record it. */
export interface Request {
  readonly call: FakeCall;
  readonly process: string;
  readonly attempt: number;
  readonly input: Json;
  readonly intendedAtMs: number;
  /** null for a request that does not belong in the history (calls that no checker uses). */
  readonly record: "history" | null;
  readonly probe?: { readonly class: string; readonly connection: "kept" | "fresh" };
  /** The meter that counts the request; probes are not counted. */
  readonly meter: Meter | null;
  /** The name of the request in the metrics. */
  readonly name: string;
}

interface Pending {
  readonly request: Request;
  readonly sentAtMs: number;
  readonly then: (outcome: Outcome) => void;
  settled: boolean;
}

export class Sender {
  readonly #site: Site;
  readonly #agenda: Agenda;
  readonly #recorder: FakeRecorder;
  readonly #timeoutMs: number;
  /** In order of sending, and so in order of their deadlines: one timer serves all. */
  #pending: Pending[] = [];
  #watching = false;

  constructor(site: Site, recorder: FakeRecorder, timeoutMs: number) {
    this.#site = site;
    this.#agenda = site.agenda;
    this.#recorder = recorder;
    this.#timeoutMs = timeoutMs;
  }

  /** Sends the request now and calls `then` once with the outcome. */
  send(request: Request, then: (outcome: Outcome) => void): void {
    const pending: Pending = { request, sentAtMs: this.#agenda.nowMs, then, settled: false };
    this.#pending.push(pending);
    this.#watch();
    this.#site.submit(request.call, (answer) => this.#settle(pending, outcomeOf(request.call, answer)));
  }

  /** Loses a process: none of its answers are recorded any more, and its requests in flight end without an answer. */
  lose(process: string): void {
    for (const pending of this.#pending) {
      if (pending.settled || !pending.request.process.startsWith(`${process}/`)) continue;
      pending.settled = true;
    }
  }

  #watch(): void {
    if (this.#watching) return;
    const first = this.#pending[0];
    if (first === undefined) return;
    this.#watching = true;
    this.#agenda.at(first.sentAtMs + this.#timeoutMs, () => {
      this.#watching = false;
      this.#expire();
      this.#watch();
    });
  }

  #expire(): void {
    const { nowMs } = this.#agenda;
    let kept = 0;
    for (const pending of this.#pending) {
      if (!pending.settled && pending.sentAtMs + this.#timeoutMs > nowMs) break;
      if (!pending.settled) this.#settle(pending, { type: "unknown", code: "timeout" });
      kept++;
    }
    this.#pending = this.#pending.slice(kept);
  }

  #settle(pending: Pending, outcome: Outcome): void {
    if (pending.settled) return;
    pending.settled = true;
    const { request, sentAtMs } = pending;
    const { nowMs } = this.#agenda;
    request.meter?.count(request.name, nowMs - request.intendedAtMs, outcome.type === "unknown");
    if (request.record !== null) this.#recorder.operations.push(operationOf(request, outcome, sentAtMs, nowMs));
    pending.then(outcome);
  }
}

function operationOf(request: Request, outcome: Outcome, sentAtMs: number, completedAtMs: number): Operation {
  const { call, process, attempt, input, intendedAtMs, probe } = request;
  return {
    id: call.id,
    process,
    object: call.object,
    kind: call.kind === "browse" ? "read" : call.kind,
    ...(call.key === "" ? {} : { key: call.key }),
    input,
    attempt,
    outcome,
    intendedAtMs: stamp(intendedAtMs),
    invokedAtMs: stamp(sentAtMs),
    completedAtMs: stamp(completedAtMs),
    ...(probe === undefined ? {} : { probe }),
  };
}

/** Applies the rules for one attempt: 2xx is ok, a declared "not applied" is refused, everything else is unknown. */
function outcomeOf(call: FakeCall, { status, body }: FakeAnswer): Outcome {
  if (status >= 200 && status < 300) return { type: "ok", output: isWrite(call) ? null : valueIn(body) };
  return status === 422 ? { type: "refused", code: "http-422" } : { type: "unknown", code: `http-${status}` };
}

function valueIn(body: Json): Json {
  return body !== null && typeof body === "object" && !Array.isArray(body) ? (body["value"] ?? null) : null;
}
