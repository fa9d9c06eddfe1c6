/** The parts of the live state that are sent whole when they change: the run, its sentence, its phases, what may be done now. Pure. */
import type { LiveState } from "../../api/live.ts";
import type { LoadNow, RunResource, RunSummary } from "../../api/run.ts";
import { isBare } from "../../plan/bare.ts";
import { estimate } from "../../plan/estimate.ts";
import { isOpenModel } from "../../plan/open-model.ts";
import type { Plan } from "../../plan.ts";
import { PHASES } from "../../timeline.ts";
import type { Verdict } from "../../verdict.ts";
import { permissionsNow } from "./permissions.ts";
import type { LiveRun } from "./run.ts";
import { sentenceNow } from "./sentence.ts";

/** What is known of a run beside its evidence. */
export interface Surroundings {
  readonly state: RunSummary["state"];
  readonly trouble: string | null;
  /** Whether no line will be written any more. */
  readonly isOver: boolean;
  readonly verdict: Verdict | null;
  /** Whether the run listens to controls. */
  readonly isControllable: boolean;
  readonly isSwitchOn: boolean;
  readonly isReadOnly: boolean;
  readonly files: RunResource["files"];
}

export type PartsNow = Pick<
  LiveState,
  | "run"
  | "sentence"
  | "phases"
  | "strip"
  | "experiments"
  | "leaders"
  | "replicas"
  | "marks"
  | "controls"
  | "load"
  | "totals"
  | "shownFromMs"
>;

export function partsOf(run: LiveRun, nowMs: number): PartsNow {
  const { fold, surroundings, record } = run;
  const { course, traffic } = fold;
  const lanes = fold.lanes.lanes(nowMs);
  const { verdict, isOver, state } = surroundings;
  const experiments = fold.experiments.list({ lanes, verdict, isOver });
  const load = loadNow(run);
  const controls = permissionsNow({
    surroundings,
    course,
    experiments,
    hasLoad: load !== null,
    isLoad: kindOf(record.plan) === "load",
  });
  const { phase, waitingFor, stopping } = course;
  const { trouble } = surroundings;
  const failedShare = lanes.length > 0 ? null : fold.seconds.failedShare;
  const situation = { state, trouble, phase, waitingFor, stopping, lanes, experiments, verdict, failedShare, nowMs };
  return {
    run: { ...summaryOf(run, nowMs), ...detailsOf(run, nowMs), controls, load },
    sentence: sentenceNow(situation),
    phases: course.phases,
    strip: stripOf(record.plan),
    experiments,
    leaders: course.leaders(),
    replicas: course.replicas,
    marks: course.marks,
    controls,
    load,
    totals: run.totals(),
    shownFromMs: traffic.fromMs,
  };
}

function summaryOf({ id, record, surroundings, fold, runState }: LiveRun, nowMs: number): RunSummary {
  const { trouble, verdict } = surroundings;
  return {
    id,
    kind: kindOf(record.plan),
    state: runState,
    plan: record.plan.name,
    platform: record.plan.platform?.kind ?? "unknown",
    seed: record.seed,
    startedAt: record.startedAt,
    durationMs: nowMs,
    phase: fold.course.phase,
    verdict: verdict?.verdict ?? null,
    sentence: verdict?.sentence ?? null,
    trouble,
  };
}

/** A load is a run without a platform of its own to break. */
export function kindOf(plan: Plan): RunSummary["kind"] {
  return plan.platform === undefined || isBare(plan) ? "load" : "game-day";
}

function detailsOf({ id, record, surroundings, fold }: LiveRun, nowMs: number) {
  return {
    nowMs,
    expectedMs: guarded(() => estimate(record.plan).durationMs),
    command: record.command ?? "",
    tool: `${record.tool?.name ?? "gameday"} ${record.tool?.version ?? ""}`.trim(),
    environment: (record.environment ?? {}) as RunResource["environment"],
    manualInterventions: fold.course.manualInterventions,
    controllable: surroundings.isControllable,
    files: surroundings.files,
    links: linksOf(id),
  };
}

function linksOf(id: string): Record<string, string> {
  const base = `/api/v1/runs/${id}`;
  const parts = [
    "state",
    "stream",
    "events",
    "series",
    "requests",
    "failures",
    "workers",
    "experiments",
    "objectives",
    "verdict",
  ];
  return { self: base, page: `/runs/${id}`, ...Object.fromEntries(parts.map((part) => [part, `${base}/${part}`])) };
}

function loadNow({ record, fold }: LiveRun): LoadNow | null {
  const { load } = record.plan;
  if (load?.stages === undefined) return null;
  const planned = Math.max(load.startTarget ?? 0, ...load.stages.map(({ target }) => target));
  const { course, crew } = fold;
  const intended = fold.seconds.lastIntended;
  return {
    unit: isOpenModel(load.executor) ? "arrivals-per-second" : "users",
    target: course.loadTarget ?? (isOpenModel(load.executor) ? null : intended),
    planned,
    users: crew.users,
    changedByHand: course.loadChanges > 0,
    version: String(course.loadChanges),
  };
}

function stripOf(plan: Plan): LiveState["strip"] {
  const experiments: LiveState["strip"] = (plan.experiments ?? []).map(({ name, holdMs, settleMs }) => ({
    kind: "experiment",
    name,
    expectedMs: holdMs + (settleMs ?? 0),
  }));
  const rampMs = plan.load?.stages?.reduce((sum, { durationMs }) => sum + durationMs, 0) ?? 0;
  const expected: Partial<Record<(typeof PHASES)[number], number>> = {
    load: rampMs + (plan.warmUpMs ?? 0),
    "autoscaling-watch": plan.autoscaling?.up.withinMs ?? 0,
    "scale-down-watch": plan.autoscaling?.down.withinMs ?? 0,
  };
  return PHASES.flatMap((phase): LiveState["strip"] =>
    phase === "experiments" ? experiments : [{ kind: "phase", name: phase, expectedMs: expected[phase] ?? 0 }],
  );
}

/** Evidence of other versions may lack what an estimate needs. */
function guarded(estimated: () => number): number | null {
  try {
    const value = estimated();
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
}
