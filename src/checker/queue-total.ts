/**
 * queue-total: every acknowledged message was delivered or is still waiting; nothing was delivered that was never sent.
 *
 * Feeds: operations of kind "enqueue" (the message's id is found by the option `correlate`, see correlation.ts) and "dequeue" (ok
 * output: the id, { id }, a list of these, or null if the queue was empty). Ledger: items whose id is a message that is still
 * waiting. Options: `correlate`; `delivery`: "at-least-once" (default: a second delivery is counted, but is no violation) or
 * "exactly-once"; `refused` (what a refusal guarantees, see refused-present.ts).
 *
 * An unanswered dequeue may have taken one message that no client then saw, so each unanswered dequeue explains one missing
 * message.
 *
 * Figures: acknowledged, unknown, delivered, waiting, lost, recovered, duplicated, unexpected, refusedPresent (where not zero),
 * unknownDequeues, completeReads. O(operations + items) time, about 150 bytes per message. Source: Jepsen's total-queue checker.
 */
import type { Check, Checker, Claim, Finding, FindingWitness, RunFacts } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import { LedgerReads } from "../ledger/reads.ts";
import { isAtRest, STILL_CHANGED } from "../ledger/rest.ts";
import type { LedgerLine } from "../ledger.ts";
import { isRecord, type Json } from "../std/json.ts";
import { type Correlation, correlationOf } from "./correlation.ts";
import { ONLY_READ } from "./ledger-values.ts";
import { wordOption } from "./option.ts";
import { REFUSED_PRESENT, type Refusals, refusalsOption, refusedPresent } from "./refused-present.ts";

export const queueTotal: Checker = {
  name: "queue-total",
  claim: "every acknowledged message was delivered or still waits, and no message was made up",
  options: ["correlate", "delivery", "refused"],
  begin: (claim, facts) => new QueueCheck(claim, facts),
};

interface Message {
  sent: "ok" | "unknown" | "refused" | "never";
  atMs: number;
  deliveries: number;
  /** Number of copies in the latest read that saw the message. */
  waiting: number;
  waitingInRead: number;
}

interface Counts {
  readonly reads: number;
  readonly messages: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly unexpected: number;
  readonly stored: ReturnType<typeof refusedPresent>;
}

class QueueCheck implements Check {
  readonly #claim: Claim;
  readonly #facts: RunFacts;
  readonly #correlation: Correlation;
  readonly #exactlyOnce: boolean;
  readonly #refusals: Refusals;
  readonly #messages = new Map<string, Message>();
  readonly #reads = new LedgerReads();
  /** The last read that showed a waiting message which no earlier read had shown. */
  #gainedInRead = 0;
  #unknownDequeues = 0;
  /** Number of acknowledged messages that have no id by which to find them. */
  #withoutId = 0;

  constructor(claim: Claim, facts: RunFacts) {
    this.#claim = claim;
    this.#facts = facts;
    this.#correlation = correlationOf(claim);
    this.#exactlyOnce = wordOption(claim, "delivery", ["at-least-once", "exactly-once"]) === "exactly-once";
    this.#refusals = refusalsOption(claim);
  }

  operation(operation: Operation): void {
    if (operation.object !== this.#claim.object) return;
    if (operation.kind === "enqueue") this.#enqueue(operation);
    else if (operation.kind === "dequeue") this.#dequeue(operation);
  }

  ledger(line: LedgerLine): void {
    if (line.object !== this.#claim.object) return;
    if (line.line === "end") return this.#reads.end(line);
    this.#reads.item(line);
    const message = this.#message(line.id);
    if (message.sent !== "never" && message.waitingInRead < 0 && line.count > 0) this.#gainedInRead = line.read;
    message.waiting = line.count + (line.read === message.waitingInRead ? message.waiting : 0);
    message.waitingInRead = line.read;
  }

  finish(): Finding {
    const all = [...this.#messages].map(([id, message]) => ({ id, ...message }));
    const missing = all.filter(({ sent, deliveries, waiting }) => sent === "ok" && deliveries === 0 && waiting < 1);
    const lost = missing.slice(Math.min(missing.length, this.#unknownDequeues));
    const duplicated = all.filter(({ deliveries, waiting }) => deliveries + waiting > 1);
    const unexpected = all.filter(({ id, sent, deliveries }) => sent === "never" && deliveries > 0 && this.#isOurs(id));
    const refused = all.filter(({ sent }) => sent === "refused");
    const stored = refused.filter(({ deliveries, waiting }) => deliveries > 0 || waiting > 0);
    const completeReads = this.#reads.complete().length;
    const unknown = all.filter(({ sent }) => sent === "unknown");
    return {
      checker: queueTotal.name,
      object: this.#claim.object,
      ...this.#judge({
        reads: completeReads,
        messages: all.length,
        lost: lost.length,
        duplicated: duplicated.length,
        unexpected: unexpected.length,
        stored: refusedPresent(this.#refusals, stored.length, refused.length),
      }),
      witnesses: [
        ...(completeReads > 0 ? lost.map(witness("acknowledged, but neither delivered nor waiting")) : []),
        ...unexpected.map(witness("delivered, although no client sent it")),
        ...stored.map(witness(REFUSED_PRESENT)),
        ...duplicated.map(witness("present more than once")),
      ].slice(0, WITNESSES_MAX),
      figures: {
        acknowledged: all.filter(({ sent }) => sent === "ok").length,
        unknown: unknown.length,
        delivered: all.filter(({ deliveries }) => deliveries > 0).length,
        waiting: all.filter(({ waiting }) => waiting > 0).length,
        lost: completeReads > 1 && !this.#isMoving() ? lost.length : 0,
        recovered: unknown.filter(({ deliveries, waiting }) => deliveries > 0 || waiting > 0).length,
        duplicated: duplicated.length,
        unexpected: unexpected.length,
        ...(stored.length > 0 && { refusedPresent: stored.length }),
        unknownDequeues: this.#unknownDequeues,
        completeReads,
      },
    };
  }

  #enqueue(operation: Operation): void {
    const id = this.#correlation.idOf(operation);
    const { type } = operation.outcome;
    if (id === undefined && type === "ok") this.#withoutId += 1;
    if (id === undefined) return;
    const message = this.#message(id);
    if (message.sent === "ok") return;
    if (type === "ok" || message.sent !== "unknown") message.sent = type;
    message.atMs = operation.completedAtMs ?? operation.invokedAtMs;
  }

  #dequeue({ outcome }: Operation): void {
    if (outcome.type === "unknown") this.#unknownDequeues += 1;
    if (outcome.type !== "ok") return;
    for (const id of idsOf(outcome.output)) this.#message(id).deliveries += 1;
  }

  #message(id: string): Message {
    const known = this.#messages.get(id);
    if (known !== undefined) return known;
    const message: Message = { sent: "never", atMs: 0, deliveries: 0, waiting: 0, waitingInRead: -1 };
    this.#messages.set(id, message);
    return message;
  }

  #isMoving(): boolean {
    const ends = this.#reads.completeEnds();
    return !isAtRest(
      ends,
      ends.findIndex(({ read }) => read === this.#gainedInRead),
    );
  }

  /**
   * Returns whether a delivered message that was never sent can be judged. It cannot be if the app generates the ids, nor if the
   * message belongs to another run or to a lost worker, which may have sent it after its last report.
   */
  #isOurs(id: string): boolean {
    if (!this.#correlation.clientSide) return false;
    const { runId, lostWorkers } = this.#facts;
    return id.startsWith(`${runId}/`) && !lostWorkers.some(({ worker }) => id.startsWith(`${runId}/${worker}/`));
  }

  #judge({ reads, messages, lost, duplicated, unexpected, stored }: Counts): Pick<Finding, "status" | "because"> {
    const doubt = reads < 2 ? ONLY_READ : this.#isMoving() ? STILL_CHANGED : null;
    const faults = [
      doubt === null && lost > 0 ? `${lost} acknowledged messages are lost` : "",
      unexpected > 0 ? `${unexpected} messages were delivered that no client sent` : "",
      stored.failure ?? "",
      this.#exactlyOnce && duplicated > 0 ? `${duplicated} messages are present more than once` : "",
    ].filter((fault) => fault !== "");
    if (faults.length > 0) return { status: "fail", because: `${faults.join("; ")}.` };
    if (reads === 0) {
      return { status: "unknown", because: `No complete read of what still waits: ${this.#reads.whyIncomplete()}.` };
    }
    if (lost > 0) return { status: "unknown", because: `${lost} acknowledged messages are missing: ${doubt}.` };
    if (stored.gap !== null) return { status: "unknown", because: stored.gap };
    if (this.#withoutId > 0) {
      const because = `${this.#withoutId} acknowledged messages have no id by which they could be found: ${this.#correlation.lack}.`;
      return { status: "unknown", because };
    }
    const acknowledged = [...this.#messages.values()].some(({ sent }) => sent === "ok");
    if (!acknowledged) return { status: "unknown", because: "No message was acknowledged." };
    const again = duplicated > 0 ? `; ${duplicated} of them more than once` : "";
    return {
      status: "pass",
      because: `All acknowledged messages, of ${messages} in total, were delivered or still wait${again}${stored.remark === null ? "" : `; ${stored.remark}`}.`,
    };
  }
}

function witness(says: string): (message: Message & { id: string }) => FindingWitness {
  return ({ id, sent, atMs }) => ({ says, id, ...(sent === "never" ? {} : { atMs }) });
}

/** Returns the ids in a dequeue's answer: one, several, or none. */
function idsOf(output: Json): string[] {
  if (output === null) return [];
  if (Array.isArray(output)) return output.flatMap(idsOf);
  if (!isRecord(output)) return [String(output)];
  const id = output["id"];
  return id === undefined || id === null ? [] : [String(id)];
}
