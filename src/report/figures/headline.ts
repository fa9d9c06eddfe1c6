/** The eight figures at the head of a report: what a manager reads first, each with what it rests on. Pure, from the derived files alone. */
import type { RunRecord } from "../../evidence.ts";
import type { Objective } from "../../plan.ts";
import { count, figure, interval, NOTHING, percentage } from "../../std/figure.ts";
import type { Verdict } from "../../verdict.ts";
import { counted } from "../../view/figures.ts";
import type { Stats, WindowStats } from "../stats.ts";

export interface HeadFigure {
  readonly title: string;
  readonly value: string;
  /** What the figure rests on, or how it was computed. */
  readonly small: string;
  /** Marks a figure that a reader must not overlook. */
  readonly isBad?: boolean;
}

export interface HeadlineSource {
  readonly verdict: Verdict;
  readonly run: RunRecord;
  readonly stats: Stats;
}

export function headlineOf(source: HeadlineSource): HeadFigure[] {
  return [
    users(source),
    requests(source),
    success(source),
    longestOutage(source),
    writes(source),
    replicas(source),
    survived(source),
    platform(source),
  ];
}

function users({ stats: { plateau, generator } }: HeadlineSource): HeadFigure {
  const title = "users at full load";
  if (plateau === null || plateau.workers === 0) {
    const most = generator["usersMax"] ?? 0;
    return { title, value: NOTHING, small: `never steady for a second; at most ${count(most)} in one worker` };
  }
  const workers = counted(plateau.workers, "worker process", "worker processes");
  return { title, value: count(plateau.usersFewest), small: `for ${lasting(plateau.seconds)}, from ${workers}` };
}

function requests({ stats }: HeadlineSource): HeadFigure {
  const whole = windowOf(stats, "whole");
  if (whole === undefined) return { title: "requests", value: NOTHING, small: "none was recorded" };
  const rate = whole.requestsPerSecond === null ? "" : `${figure(whole.requestsPerSecond)} a second on average`;
  return { title: "requests", value: count(whole.requests), small: rate };
}

function success({ stats }: HeadlineSource): HeadFigure {
  const [whole, outside] = [windowOf(stats, "whole"), windowOf(stats, "outside")];
  const title = "of all requests succeeded";
  if (whole === undefined || whole.requests === 0) return { title, value: NOTHING, small: "no request was recorded" };
  const value = `${percentage(1 - whole.failed / whole.requests)} %`;
  return { title, value, small: outsideWords(whole, outside), isBad: whole.failed / whole.requests > 0.05 };
}

/** Says how many succeeded outside the faults, and on how many of the requests that rests. */
function outsideWords(whole: WindowStats, outside: WindowStats | undefined): string {
  if (outside === undefined || outside.requests === 0) return "no request was outside the faults";
  const share = percentage(1 - outside.failed / outside.requests);
  return `${share} % outside the faults, which rests on ${percentage(outside.requests / whole.requests)} % of them`;
}

interface Longest {
  readonly class: string;
  readonly lowerMs: number;
  /** Null if it never ended. */
  readonly upperMs: number | null;
}

/** Returns the longest outage of each class of users that had one, the longest first. */
function longestByClass({ stats, verdict }: HeadlineSource): Longest[] {
  const known =
    stats.outages?.flatMap(({ class: name, longest }) => (longest === null ? [] : [{ class: name, ...longest }])) ??
    byRecovery(verdict);
  const length = ({ upperMs }: Longest) => upperMs ?? Number.POSITIVE_INFINITY;
  return [...known].sort((a, b) => length(b) - length(a));
}

/** Statistics of earlier versions have no outages: then the recoveries from the bites stand for them. */
function byRecovery({ experiments }: Verdict): Longest[] {
  const longest = new Map<string, Longest>();
  for (const { recovery } of experiments) {
    for (const [name, { state, lowerMs, upperMs }] of Object.entries(recovery)) {
      if (state !== "recovered" && state !== "not-recovered") continue;
      const before = longest.get(name);
      const isLonger = before === undefined || (before.upperMs !== null && (upperMs ?? Infinity) > before.upperMs);
      if (isLonger) longest.set(name, { class: name, lowerMs, upperMs });
    }
  }
  return [...longest.values()];
}

function longestOutage(source: HeadlineSource): HeadFigure {
  const title = "longest outage";
  const all = longestByClass(source);
  const watched = source.stats.outages?.length ?? Object.keys(source.verdict.experiments[0]?.recovery ?? {}).length;
  const [worst, ...others] = all;
  if (watched === 0) return { title, value: NOTHING, small: "no probe watched" };
  if (worst === undefined)
    return { title, value: "none", small: `seen by the probes of ${counted(watched, "class", "classes")} of users` };
  const small = [`${worst.class}`, ...others.map((one) => `${one.class} ${lengthWords(one)}`)];
  const none = watched - all.length;
  if (none > 0) small.push(`${counted(none, "class", "classes")} without one`);
  return { title, value: lengthWords(worst), small: small.join("; "), isBad: worst.upperMs === null };
}

function lengthWords({ lowerMs, upperMs }: Longest): string {
  return upperMs === null ? "never ended" : `${interval(lowerMs / 1000, upperMs / 1000)} s`;
}

function writes({ verdict }: HeadlineSource): HeadFigure {
  const sets = verdict.findings.filter(({ checker }) => checker === "acked-set");
  const title = "acknowledged writes lost";
  if (sets.length === 0) return { title, value: NOTHING, small: "no claim of the plan looks for lost writes" };
  const sum = (name: string) => sets.reduce((total, { figures }) => total + (figures[name] ?? 0), 0);
  const open = sets.filter(({ status }) => status === "unknown").map(({ object }) => object);
  const small = `of ${count(sum("acknowledged"))}${open.length === 0 ? "" : `; not known of ${open.join(", ")}`}`;
  const lost = sum("lost");
  const value = lost === 0 && open.length > 0 ? NOTHING : count(lost);
  return { title, value, small, isBad: lost > 0 };
}

function replicas({ stats }: HeadlineSource): HeadFigure {
  const title = "replicas ready";
  const ready = stats.replicas.map((one) => one.ready);
  const [first, last] = [ready[0], ready.at(-1)];
  if (first === undefined || last === undefined) return { title, value: NOTHING, small: "the platform reported none" };
  const [fewest, most] = [Math.min(...ready), Math.max(...ready)];
  if (fewest === most) return { title, value: count(first), small: "all the time" };
  return {
    title,
    value: `${count(fewest)} to ${count(most)}`,
    small: `${count(first)} at first, ${count(last)} in the end`,
  };
}

const MONTH_SECONDS = 30 * 24 * 3600;
/** "Three nines", for a plan that sets no target of its own. */
const TARGET_PERCENT = 99.9;

/** The strictest target that the plan sets for the share of requests that succeed; requests of one name are no such target. */
function targetPercent(objectives: readonly Objective[]): number | null {
  const targets = objectives
    .filter(({ measure }) => measure === "availability-percent" || measure === "success-percent")
    .filter(({ over }) => over["name"] === undefined && over["scenario"] === undefined)
    .flatMap(({ bound }) => bound.atLeast ?? bound.over ?? [])
    .filter((target) => target > 0 && target < 100);
  return targets.length === 0 ? null : Math.max(...targets);
}

/** How many failures like the worst one a month the target survives, if nothing else ever fails. */
function survived(source: HeadlineSource): HeadFigure {
  const own = targetPercent(source.run.plan.objectives);
  const target = own ?? TARGET_PERCENT;
  const title = "such failures a month";
  const [worst] = longestByClass(source);
  const of = `${target} %${own === null ? ", for want of a target in the plan" : ""}`;
  if (worst === undefined) return { title, value: NOTHING, small: `no outage to count with; target ${of}` };
  if (worst.upperMs === null)
    return { title, value: "0", small: `the longest outage never ended; target ${of}`, isBad: true };
  // Rounded up to the millisecond, so that the formula that is shown gives the figure.
  const seconds = Math.max(1, Math.ceil(worst.upperMs)) / 1000;
  const times = Math.floor((MONTH_SECONDS * (100 - target)) / 100 / seconds + 1e-9);
  const formula = `floor(30 days × (1 − ${trimmed(target / 100)}) / ${trimmed(seconds)} s)`;
  return { title, value: count(times), small: `the target of ${of} survives: ${formula}` };
}

function platform({ run }: HeadlineSource): HeadFigure {
  const { environment, plan } = run;
  const cpus = environment["cpus"];
  const memory = environment["memoryBytes"];
  const machine = [
    typeof cpus === "number" ? counted(cpus, "CPU") : "",
    typeof memory === "number" ? `${figure(memory / 2 ** 30)} GiB` : "",
    typeof environment["kernel"] === "string" ? `kernel ${environment["kernel"].split("-", 1)[0]}` : "",
  ].filter((part) => part !== "");
  const small = machine.length === 0 ? "the machine was not recorded" : machine.join(", ");
  return { title: "platform", value: plan.platform.kind, small };
}

function windowOf({ windows }: Stats, key: string): WindowStats | undefined {
  return windows.find(({ window }) => window === key);
}

function lasting(seconds: number): string {
  return seconds < 120 ? `${count(seconds)} s` : `${figure(seconds / 60)} min`;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(6)));
}
