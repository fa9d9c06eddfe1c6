/** What the evidence of a try shows: one line for each probe, scenario and claim of the plan. Pure. */

import type { Evidence } from "../../evidence.ts";
import { parseMetric } from "../../interval/metric.ts";
import type { Facts } from "../../objective/facts.ts";
import type { Fate } from "../../objective/fates.ts";

/** "ok": it works. "wrong": a mistake, of the plan, its scripts or the platform. "open": one try cannot show it. */
export interface TryLine {
  readonly state: "ok" | "wrong" | "open";
  readonly what: string;
  readonly seen: string;
}

/** What the plan's scripts contain, and so what a try must show. */
export interface Expected {
  readonly scenarios: readonly string[];
  readonly probes: readonly string[];
}

/** Returns the lines, in the order of the plan: scenarios, probes, claims, clean-up. */
export function examine(evidence: Evidence, facts: Facts, expected: Expected): TryLine[] {
  return [
    ...scenarioLines(evidence, expected.scenarios),
    ...facts.load.fates.neverSucceeded().map(deadLine),
    ...scriptErrors(evidence),
    ...probeLines(evidence, expected.probes),
    ...claimLines(evidence, facts),
    ...cleanUpLines(evidence),
  ];
}

function scenarioLines(evidence: Evidence, scenarios: readonly string[]): TryLine[] {
  const done = new Map<string, { count: number; failed: number }>();
  for (const interval of evidence.intervals()) {
    for (const { metric, count, failed } of interval.metrics) {
      const parsed = parseMetric(metric);
      const scenario = parsed?.name === "iteration_duration" ? parsed.tags["scenario"] : undefined;
      if (scenario === undefined) continue;
      const before = done.get(scenario) ?? { count: 0, failed: 0 };
      done.set(scenario, { count: before.count + count, failed: before.failed + failed });
    }
  }
  return scenarios.map((name) => scenarioLine(name, done.get(name)));
}

function scenarioLine(name: string, done: { readonly count: number; readonly failed: number } | undefined): TryLine {
  const what = `scenario ${name}`;
  if (done === undefined || done.count === 0)
    return { state: "open", what, seen: "its iteration takes longer than a try, so its end is unknown" };
  if (done.failed > 0) return { state: "wrong", what, seen: "its iteration ended with an error" };
  return { state: "ok", what, seen: "one iteration" };
}

function deadLine({ what, name, error, count }: Fate): TryLine {
  const because = error === null ? "" : `: ${error}`;
  const shown = what === "check" ? `check "${name}"` : `${what} ${name}`;
  return { state: "wrong", what: shown, seen: `it failed ${count} of ${count} times${because}` };
}

function scriptErrors({ timeline }: Evidence): TryLine[] {
  return timeline.flatMap((event) =>
    event.type === "note" && event.kind === "script-error"
      ? [{ state: "wrong", what: "script", seen: event.says }]
      : [],
  );
}

function probeLines(evidence: Evidence, probes: readonly string[]): TryLine[] {
  const seen = new Map(probes.map((name) => [name, { ok: 0, failed: 0, last: "" }]));
  for (const { probe, outcome } of evidence.operations()) {
    const counted = probe === undefined ? undefined : seen.get(probe.class);
    if (counted === undefined) continue;
    if (outcome.type === "ok") counted.ok++;
    else {
      counted.failed++;
      counted.last = outcome.code;
    }
  }
  return [...seen].map(([name, { ok, failed, last }]) => {
    const what = `probe ${name}`;
    if (ok + failed === 0) return { state: "wrong", what, seen: "it sent nothing" };
    if (failed === 0) return { state: "ok", what, seen: `${ok} beats` };
    const state = ok === 0 ? "wrong" : "open";
    return { state, what, seen: `${failed} of ${ok + failed} beats failed, the last with ${last}` };
  });
}

function claimLines(evidence: Evidence, { plan, findings }: Facts): TryLine[] {
  const acknowledged = new Map<string, number>();
  for (const { object, outcome } of evidence.operations())
    acknowledged.set(object, (acknowledged.get(object) ?? 0) + (outcome.type === "ok" ? 1 : 0));
  const ledgers = readLedgers(evidence);
  const objects = [...new Set(plan.claims.map(({ object }) => object))];
  return objects.map((object) => {
    const what = `claim ${object}`;
    const ok = acknowledged.get(object);
    if (ok === undefined)
      return { state: "wrong", what, seen: `no scenario and no probe records an operation of "${object}"` };
    if (ok === 0) return { state: "wrong", what, seen: "no operation was acknowledged" };
    const unread = ledgers.get(object);
    if (unread !== undefined && unread !== null)
      return { state: "wrong", what, seen: `its ledger could not be read: ${unread}` };
    const bad = findings.find((finding) => finding.object === object && finding.status === "fail");
    if (bad !== undefined) return { state: "wrong", what, seen: `${bad.checker}: ${bad.because}` };
    const open = findings.find((finding) => finding.object === object && finding.status === "unknown");
    if (open !== undefined) return { state: "open", what, seen: `${open.checker}: ${open.because}` };
    return { state: "ok", what, seen: `${ok} acknowledged, and the claim holds` };
  });
}

/** Returns, by object, why no read of its ledger was complete; null when one was. */
function readLedgers(evidence: Evidence): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const line of evidence.ledger()) {
    if (line.line !== "end" || found.get(line.object) === null) continue;
    found.set(line.object, line.complete ? null : (line.because ?? "no complete read"));
  }
  return found;
}

function cleanUpLines({ run, timeline }: Evidence): TryLine[] {
  const left = timeline.flatMap((event) => (event.type === "residue" ? [event] : []));
  if (left.length > 0)
    return left.map(({ what, where }) => ({ state: "wrong", what: "clean-up", seen: `${what} at ${where}` }));
  return run.plan.cleanUp === null ? [] : [{ state: "ok", what: "clean-up", seen: "nothing remains" }];
}
