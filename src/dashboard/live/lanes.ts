/**
 * The lanes of the probes: for each stream when users were not served, folded as beats arrive. Outages are those that the judge
 * will find (outage/outages.ts), except that the end of one that has just ended may still move. Pure.
 */
import type { Lane, LaneOutage } from "../../api/live.ts";
import type { Operation } from "../../history.ts";
import { gapMs } from "../../outage/gaps.ts";
import { outagesOf } from "../../outage/outages.ts";
import type { Sample } from "../../outage/samples.ts";
import { beatEveryMs } from "../../probe.ts";
import type { TimelineEvent } from "../../timeline.ts";

/** A beat that timed out arrives this late at most; older beats are final. */
const LATE_MS_MAX = 20_000;
const OUTAGES_MAX = 2_000;
const GAPS_MAX = 500;
/** Only the last outages of a lane can still change. */
const OUTAGES_CHANGING_MAX = 20;
/** The beats of an outage that lasts are let go of by so many at a time. */
const THINNED_BEATS_MIN = 500;
/** A lane whose last beat is older than this many beats (and one slow answer) has no data. */
const SILENT_MS = 12_000;

export class LaneFold {
  readonly #lanes = new Map<string, LaneCourse>();

  operation({ id, probe, outcome, invokedAtMs, completedAtMs }: Operation): void {
    if (probe === undefined || completedAtMs === null) return;
    const lane = this.#lane(probe);
    lane.add({ id, sentMs: invokedAtMs, completedMs: completedAtMs, ok: outcome.type === "ok" });
  }

  event(event: TimelineEvent): void {
    if (event.type !== "gap" || !event.source.startsWith("probe/")) return;
    const [, name = "", connection = ""] = event.source.split("/");
    this.#lanes.get(`${name}/${connection}`)?.gap(event);
  }

  /** Returns all lanes, in order of their names. */
  lanes(nowMs: number): Lane[] {
    return [...this.#lanes.values()].map((lane) => lane.lane(nowMs)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Returns the outages that changed since the last call, by lane. */
  changes(): { readonly lane: string; readonly outage: LaneOutage }[] {
    return [...this.#lanes.values()].flatMap((lane) => lane.changes().map((outage) => ({ lane: lane.id, outage })));
  }

  #lane(probe: NonNullable<Operation["probe"]>): LaneCourse {
    const id = `${probe.class}/${probe.connection}`;
    const known = this.#lanes.get(id);
    if (known !== undefined) return known;
    const fresh = new LaneCourse(id, probe);
    this.#lanes.set(id, fresh);
    return fresh;
  }
}

class LaneCourse {
  readonly id: string;
  readonly #probe: NonNullable<Operation["probe"]>;
  /** The beats that may still change what is known, in order of sending. */
  #samples: Sample[] = [];
  #final: LaneOutage[] = [];
  #finalLeftOut = 0;
  readonly #gaps: Lane["gaps"] = [];
  readonly #told = new Map<number, string>();
  #open: LaneOutage[] = [];
  /** The failures of the outage that began at `fromMs` whose beats are not kept any more. */
  #thinned = { fromMs: Number.NaN, failures: 0 };
  #fromMs = Number.POSITIVE_INFINITY;
  #lastMs = 0;
  #isStale = false;

  constructor(id: string, probe: NonNullable<Operation["probe"]>) {
    this.id = id;
    this.#probe = probe;
  }

  add(sample: Sample): void {
    this.#fromMs = Math.min(this.#fromMs, sample.sentMs);
    this.#lastMs = Math.max(this.#lastMs, sample.completedMs);
    let at = this.#samples.length;
    while (at > 0 && (this.#samples[at - 1]?.sentMs ?? 0) > sample.sentMs) at--;
    this.#samples.splice(at, 0, sample);
    this.#isStale = true;
  }

  gap({ fromMs, toMs, because }: Lane["gaps"][number]): void {
    this.#gaps.push({ fromMs, toMs, because });
    if (this.#gaps.length > GAPS_MAX) this.#gaps.shift();
  }

  lane(nowMs: number): Lane {
    const outages = this.#outages();
    const isSilent = nowMs - this.#lastMs > SILENT_MS + gapMs(this.#probe.everyMs);
    const isDown = outages.at(-1)?.toMs === null;
    return {
      id: this.id,
      class: this.#probe.class,
      connection: this.#probe.connection,
      state: isSilent ? "no-data" : isDown ? "down" : "up",
      fromMs: this.#fromMs,
      lastMs: this.#lastMs,
      outages,
      outagesLeftOut: this.#finalLeftOut,
      gaps: [...this.#gaps],
    };
  }

  changes(): LaneOutage[] {
    const open = this.#outages().slice(-OUTAGES_CHANGING_MAX);
    return open.filter((outage) => {
      const text = `${outage.toMs} ${outage.failures}`;
      if (this.#told.get(outage.fromMs) === text) return false;
      this.#told.set(outage.fromMs, text);
      return true;
    });
  }

  #outages(): LaneOutage[] {
    if (this.#isStale) this.#find();
    return [...this.#final, ...this.#open];
  }

  /** Finds the outages among the beats that are not final, and lets go of beats that cannot change anything any more. */
  #find(): void {
    this.#isStale = false;
    const { class: name, connection, everyMs } = this.#probe;
    const hasFailed = this.#samples.some(({ ok }) => !ok);
    const stream = {
      class: name,
      connection,
      samples: this.#samples,
      unanswered: 0,
      ...(everyMs !== undefined && { everyMs }),
    };
    const found = hasFailed ? outagesOf(stream) : [];
    this.#open = found.map((outage) => ({
      fromMs: outage.begin.upperMs,
      toMs: outage.end?.upperMs ?? this.#recoveryAfter(outage.lastFailureSentMs),
      failures: outage.failures + (outage.begin.upperMs === this.#thinned.fromMs ? this.#thinned.failures : 0),
    }));
    const lasting = found.find(({ end }) => end === null);
    const lastEndMs = Math.max(0, ...found.map(({ end }) => end?.upperMs ?? 0));
    if (lasting !== undefined) this.#thin(lasting.begin.upperMs);
    else if (this.#lastMs - lastEndMs > LATE_MS_MAX) this.#settle();
  }

  /**
   * Lets go of the middle of an outage that lasts, so that hours of it cost no more than minutes. Of its beats only the first failure
   * and what follows the last final failure still matter, and the number of failures between them.
   */
  #thin(fromMs: number): void {
    const beforeMs = this.#lastMs - 2 * LATE_MS_MAX;
    const first = this.#samples.findIndex(({ ok, sentMs }) => !ok && sentMs === fromMs);
    const last = this.#samples.findLastIndex(({ ok, sentMs }) => !ok && sentMs < beforeMs);
    if (first < 0 || last - first < THINNED_BEATS_MIN) return;
    const failures = this.#samples.slice(first + 1, last).filter(({ ok }) => !ok).length;
    const before = this.#thinned.fromMs === fromMs ? this.#thinned.failures : 0;
    this.#thinned = { fromMs, failures: before + failures };
    this.#samples.splice(first + 1, last - first - 1);
  }

  /** Returns when users were served again for the first time after a failure, although it is not proven to last. */
  #recoveryAfter(failedSentMs: number): number | null {
    return this.#samples.find(({ ok, sentMs }) => ok && sentMs > failedSentMs)?.completedMs ?? null;
  }

  #settle(): void {
    const beforeMs = this.#lastMs - LATE_MS_MAX;
    if ((this.#samples[0]?.sentMs ?? 0) > beforeMs - LATE_MS_MAX) return; // nothing worth moving yet
    this.#final.push(...this.#open);
    this.#open = [];
    const left = Math.max(0, this.#final.length - OUTAGES_MAX);
    this.#final = this.#final.slice(left);
    this.#finalLeftOut += left;
    const first = this.#samples.findIndex(
      ({ sentMs }) => sentMs >= beforeMs - 2 * beatEveryMs(1000 / (this.#probe.everyMs ?? beatEveryMs())),
    );
    this.#samples = this.#samples.slice(Math.max(0, first));
  }
}
