/**
 * Where an outage comes from, by the entries of the platform that were asked beside the probes: users come in through one of them, and a
 * lost entry is not a lost app.
 */
import type { ExperimentVerdict } from "../experiment.ts";
import type { Range } from "../range.ts";
import type { Story } from "../timeline/story.ts";

/** An entry is asked twice a second, and an attempt may take a second, so shorter outages are not put down to anything. */
const SECONDS_MIN = 2;

type Entry = Story["entries"][number];

export interface OfEntries {
  /** What to add to the words of the reading; "" when nothing is known. */
  readonly says: string;
  /** The doubt of a reading that is about an entry and not about the app. */
  readonly doubt: { readonly doubt?: string };
}

/**
 * Compares the entries over an outage of `range` seconds from the bite. An entry that failed while another one answered all the time was
 * lost by itself: users of the other one felt nothing, so the outage is not known to be the platform's. When all entries failed, the app
 * as it was asked from inside tells whether it or the way to it was away.
 */
export function entriesDuring({ entries, span }: Story, { bite }: ExperimentVerdict, range: Range): OfEntries {
  const fromMs = bite?.atMs ?? 0;
  const toMs = Math.min(span.toMs, fromMs + range.upper * 1_000);
  const nothing = { says: "", doubt: {} };
  if (range.lower < SECONDS_MIN || entries.length === 0) return nothing;
  const seen = [...Map.groupBy(entries, ({ place, entry }) => `${place} ${entry}`).values()];
  const states = seen.map((events) => ({ ...placeOf(events), ...stateDuring(events, fromMs, toMs) }));
  const outside = states.filter(({ place }) => place === "outside");
  const lost = outside.filter(({ failed }) => failed).map(({ entry }) => entry);
  const well = outside.filter(({ answeredAlways }) => answeredAlways).map(({ entry }) => entry);
  if (lost.length > 0 && well.length > 0) {
    const says = `; only the entry ${lost.join(", ")} was lost, and ${well.join(", ")} answered all the time`;
    return { says, doubt: { doubt: `what users felt was the loss of an entry, not of the app${says}` } };
  }
  if (lost.length < outside.length) return nothing;
  const inside = states.filter(({ place }) => place === "inside");
  if (inside.some(({ answeredAlways }) => answeredAlways))
    return { says: "; the app answered inside the cluster all the time: the way in was lost, not the app", doubt: {} };
  if (inside.some(({ failed }) => failed))
    return { says: "; the app did not answer inside the cluster either", doubt: {} };
  return nothing;
}

function placeOf([first]: readonly Entry[]): Pick<Entry, "place" | "entry"> {
  return { place: first?.place ?? "outside", entry: first?.entry ?? "" };
}

/** Only changes are recorded, so the last event before the span says how it began. */
function stateDuring(events: readonly Entry[], fromMs: number, toMs: number) {
  const before = events.findLast(({ atMs }) => atMs <= fromMs)?.answers ?? null;
  const within = events.filter(({ atMs }) => atMs > fromMs && atMs <= toMs).map(({ answers }) => answers);
  const all = [before, ...within];
  return { failed: all.includes(false), answeredAlways: all.every((answers) => answers === true) };
}
