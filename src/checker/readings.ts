/**
 * Decides a history that may be read in several ways: if its readings give contradictory answers, no answer is given.
 */

import { GamedayError } from "../std/errors.ts";
import { firstDoubtfulCas } from "./import/failed-cas.ts";
import type { ImportReading } from "./import/import-history.ts";
import { checkHistory, type HistoryVerdict } from "./linearizable/evidence.ts";
import type { Model } from "./linearizable/model.ts";

export interface DecidedReading {
  readonly reading: ImportReading;
  readonly result: HistoryVerdict;
}

/** Lists what the reading assumes beyond what is written, in text for people. */
export function readAs({ order, independent }: ImportReading, told: { readonly independent?: boolean }): string[] {
  return [
    ...(order === "lines" ? [] : [`events are in the order of their :${order}`]),
    ...(independent && told.independent === undefined ? ["values are [key value]"] : []),
  ];
}

type Options = Parameters<typeof checkHistory>[2];

/**
 * Returns the answer of the most credible reading if all readings agree; unknown if one of them is undecided and none is refuted.
 * Otherwise the readings contradict each other, and it throws GamedayError with the flag that decides.
 */
export function decide(
  file: string,
  readings: readonly ImportReading[],
  model: Model,
  options: Options,
): DecidedReading {
  const decisions: DecidedReading[] = [];
  for (const reading of readings) decisions.push({ reading, result: resultOf(reading, decisions, model, options) });
  const [first, ...others] = decisions;
  if (first === undefined) throw new RangeError("expected at least one reading");
  const verdicts = new Set(decisions.map(({ result }) => result.linearizable));
  if (verdicts.size === 1) return first;
  if (!verdicts.has(false)) return decisions.find(({ result }) => result.linearizable === "unknown") ?? first;
  const other = others.find(({ result }) => result.linearizable !== first.result.linearizable) ?? first;
  throw ambiguous(file, first, other);
}

/**
 * Returns the reading's result. If the history is already refuted when failed cas operations count as not applied, it is also
 * refuted when they count as failed comparisons: these only add constraints.
 */
function resultOf(
  reading: ImportReading,
  before: readonly DecidedReading[],
  model: Model,
  options: Options,
): HistoryVerdict {
  const weaker = before.find(({ reading: { order, independent }, result }) => {
    return order === reading.order && independent === reading.independent && result.linearizable === false;
  });
  return weaker?.result ?? checkHistory(reading.operations, model, options);
}

function ambiguous(file: string, first: DecidedReading, other: DecidedReading): GamedayError {
  const { got, hint, line } = differenceOf(first.reading, other.reading);
  return new GamedayError({
    code: "history-ambiguous",
    expected: "a history that states what decides the answer",
    got: `${got}: then it is ${nameOf(first)}, else ${nameOf(other)}`,
    place: { file, ...(line === undefined ? {} : { line }) },
    hint,
  });
}

function nameOf({ result }: DecidedReading): string {
  return { true: "linearizable", false: "not linearizable", unknown: "undecided" }[String(result.linearizable)] ?? "";
}

function differenceOf(first: ImportReading, other: ImportReading): { got: string; hint: string; line?: number } {
  if (first.independent !== other.independent) {
    const got = "values that are all pairs, which may be lists, or keys with values. If they are lists";
    return { got, hint: "--no-independent if values are lists, --independent if they are [key value]" };
  }
  if (first.order !== other.order) {
    const got = "an :index and a :time that put its events in different orders. If the :index is right";
    return { got, hint: "--order index or --order time chooses the right one" };
  }
  const cas = firstDoubtfulCas(first.operations);
  const got = `the cas of ${cas?.id ?? "a line"}, which failed without stating whether its compare failed. If it was just not applied`;
  const hint =
    "--failed-cas mismatch if a cas fails only when its compare does (as in Jepsen's etcd logs), --failed-cas not-applied if it may fail for other reasons too";
  return { got, hint };
}
