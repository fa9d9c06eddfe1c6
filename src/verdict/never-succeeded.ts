/**
 * Finds what was tried and never once succeeded, even if the average was fine: a request name, a call, a check, a scenario or a
 * probe. The finding is a failure when so many attempts outside all fault windows failed that the true success rate is below one
 * half (95 % confidence). With fewer attempts, or with attempts under faults only, it is unknown. It is never left out silently.
 */
import type { Finding } from "../checker.ts";
import { CONFIDENCE, successRange } from "../objective/confidence.ts";
import type { Facts } from "../objective/facts.ts";
import type { SampledStream } from "../outage/samples.ts";
import { contains } from "../outage/span.ts";
import { NEVER_SUCCEEDED } from "./own-findings.ts";

/** The most findings listed; the last one gives the number of those left out. */
const FINDINGS_MAX = 20;
/** Fewer attempts prove nothing; more such names than RARE_NAMES_MAX are URLs with an id in each, some of which met an outage. */
const RARE_BELOW = 5;
const RARE_NAMES_MAX = 5;

interface Dead {
  readonly object: string;
  readonly count: number;
  /** The number of attempts outside all fault windows. */
  readonly outside: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** An example of an error, in words; null if none was recorded. */
  readonly error: string | null;
}

export function neverSucceeded({ load, streams, windows, doubts }: Omit<Facts, "outages">): Finding[] {
  const outside = windows.find(({ key }) => key === "outside")?.spans ?? [];
  const dead: Dead[] = [
    ...load.fates.neverSucceeded().map(({ what, name, ...fate }) => ({ ...fate, object: `${what} ${name}` })),
    ...streams.flatMap((stream) => deadProbe(stream, outside)),
  ];
  const doubt = doubts.find(({ kind, span }) => span === null && (kind === "load" || kind === "all"))?.because;
  const rare = dead.filter(({ count }) => count < RARE_BELOW);
  const told = rare.length > RARE_NAMES_MAX ? dead.filter((one) => !rare.includes(one)) : dead;
  const shown = told.slice(0, FINDINGS_MAX);
  return [
    ...shown.map((one, at) => findingOf(one, at === FINDINGS_MAX - 1 ? told.length - FINDINGS_MAX : 0, doubt)),
    ...(told.length < dead.length ? [ofIds(rare)] : []),
  ];
}

/** Reports the rare names without failing the run: so many names with so few attempts each are one request with many names. */
function ofIds(rare: readonly Dead[]): Finding {
  const because = `${rare.length} names were tried fewer than ${RARE_BELOW} times each and never succeeded, such as ${rare[0]?.object}; give one name to requests that differ by an id only.`;
  const figures = { names: rare.length };
  return { checker: NEVER_SUCCEEDED, object: "rare names", status: "pass", because, witnesses: [], figures };
}

function deadProbe(stream: SampledStream, outside: readonly { fromMs: number; toMs: number }[]): Dead[] {
  const { samples } = stream;
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.some(({ ok }) => ok)) return [];
  const tries = samples.filter(({ sentMs }) => outside.some((span) => contains(span, sentMs)));
  const where = { object: `probe ${stream.class}/${stream.connection}`, count: samples.length, outside: tries.length };
  return [{ ...where, firstMs: first.sentMs, lastMs: last.completedMs, error: `probe ${first.id}` }];
}

function findingOf(dead: Dead, more: number, doubt: string | undefined): Finding {
  const { object, count, outside, firstMs, lastMs, error } = dead;
  const isProven = outside > 0 && successRange(0, outside, CONFIDENCE).upper < 0.5 && doubt === undefined;
  const at = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const example = error === null ? "" : `, for example with ${error}`;
  const tail = more > 0 ? ` ${more} more never succeeded either.` : "";
  return {
    checker: NEVER_SUCCEEDED,
    object,
    status: isProven ? "fail" : "unknown",
    because: `It never succeeded: ${count} of ${count} failed, from ${at(firstMs)} to ${at(lastMs)}${example}${isProven ? "" : `; ${whyOpen(outside, doubt)}`}.${tail}`,
    witnesses: [
      { says: "first", atMs: firstMs },
      { says: "last", atMs: lastMs },
    ],
    figures: { failed: count, outsideFaults: outside },
  };
}

function whyOpen(outside: number, doubt: string | undefined): string {
  if (doubt !== undefined) return doubt;
  return outside === 0
    ? "all attempts were made while faults were in force, so it is unknown whether it works without them"
    : `only ${outside} attempts were outside all fault windows, too few to decide`;
}
