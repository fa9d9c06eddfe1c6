/** Passes on what workers counted and observed, and keeps the live view and the bounds of what has arrived. */
import type { Interval } from "../../interval.ts";
import type { LoadOptions } from "../../load.ts";
import { type LiveLoad, LiveView } from "../count/live.ts";
import type { RequestBatch } from "../count/request-batch.ts";
import type { FromWorker } from "../wire/protocol.ts";
import type { CoordinatorEvents } from "./events.ts";
import type { Member } from "./member.ts";

export class Reports {
  readonly #options: LoadOptions;
  readonly #events: CoordinatorEvents;
  readonly #live = new LiveView();

  constructor(options: LoadOptions, events: CoordinatorEvents) {
    this.#options = options;
    this.#events = events;
  }

  live(): LiveLoad {
    return this.#live.now();
  }

  /** Removes a lost worker from the live view. */
  forget(member: Member): void {
    this.#live.forget(member.name);
  }

  /** Takes a message that reports something; returns false for all other messages. */
  take(member: Member, message: FromWorker): boolean {
    if (message.type === "interval") this.#takeInterval(member, message.interval);
    else if (message.type === "operations")
      for (const operation of message.operations) this.#options.onOperation(operation);
    else if (message.type === "note") this.#events.note(message.says, member.name, message.detail, message.kind);
    else if (message.type === "requests") this.#takeRequests(member, message.batch);
    else if (message.type === "gap") this.#events.gap(member, message);
    else return false;
    return true;
  }

  /** Also accepts late intervals of a worker that was given up: everything that it counted still counts. */
  #takeInterval(member: Member, interval: Interval): void {
    if (interval.worker !== member.name) return; // no worker may report for another
    if (interval.sequence <= member.lastSequence) return; // a repeat after a broken connection
    this.#events.missing(member, interval);
    this.#events.future(member, interval);
    member.lastSequence = interval.sequence;
    member.lastToMs = interval.toMs;
    this.#live.add(interval);
    if (member.state === "lost") this.#live.forget(member.name);
    this.#options.onInterval(interval);
  }

  /** Passes on single requests, and lets their worker know when they are dealt with: it keeps only so many in between. */
  #takeRequests({ name, link }: Member, batch: RequestBatch): void {
    if (batch.worker !== name) return; // no worker may report for another
    const taken = this.#options.onRequests?.(batch) ?? Promise.resolve();
    void taken.then(() => link.send({ type: "requests-written", number: batch.number }));
  }

  /** Records a lost worker, and the time of which its counts are not known. */
  lost(member: Member, because: string): void {
    this.#events.worker(member, "lost");
    this.#events.gap(member, {
      fromMs: Math.min(member.lastHeardMs, member.lastToMs ?? member.lastHeardMs), // later counts were not reported
      toMs: this.#options.clock.nowMs(),
      because: `worker ${member.name} was lost: ${because}`,
    });
  }
}
