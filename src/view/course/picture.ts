/** The whole picture of a run's course: faults above, then lanes, panels and leaders, all on one time axis. */
import type { LiveObjective, LiveState } from "../../api/live.ts";
import type { RoleLeaders } from "../../timeline/leaders.ts";
import type { Columns } from "../columns.ts";
import type { Course, CourseSize, Mark } from "../course.ts";
import { timeGrid, timeLabels, timeScale } from "./axis.ts";
import { type PanelBound, type PanelName, type PanelPlan, panelMarks, TITLE_HEIGHT } from "./lines.ts";
import {
  type CourseExperiment,
  faultBands,
  faultLabels,
  LANE_HEIGHT,
  LANE_STEP,
  laneMarks,
  leaderMarks,
  phaseMarks,
} from "./spans.ts";
import { type CourseStamp, stampMarks } from "./stamps.ts";

const LABELS_HEIGHT = 18;
const AXIS_HEIGHT = 20;
const SPACE = 6;

/** What the picture reads of a live state; a report makes the same from evidence. */
export interface CourseState extends Pick<LiveState, "lanes" | "marks" | "nowMs"> {
  readonly experiments: readonly CourseExperiment[];
  readonly leaders: readonly RoleLeaders[];
  readonly objectives: readonly Pick<LiveObjective, "measure" | "bound" | "asked" | "over">[];
}

/** What a picture shows besides the course itself. */
export interface CourseExtras {
  /** The phases of the run, as a row above the lanes. */
  readonly phases?: LiveState["phases"];
  /** The panels to draw; undefined for all of them. */
  readonly panels?: readonly PanelName[];
  /** Named moments, as dashed lines with their names in rows below the axis. */
  readonly stamps?: readonly CourseStamp[];
}

/** Returns the marks of the whole picture, from the back to the front. */
export function drawCourse(state: CourseState, columns: Columns, size: CourseSize, extras: CourseExtras = {}): Course {
  const marks: Mark[] = [];
  let y = LABELS_HEIGHT;
  if (extras.phases !== undefined && extras.phases.length > 0) {
    marks.push(...phaseMarks(extras.phases, y, size, state.nowMs));
    y += LANE_STEP + SPACE;
  }
  for (const lane of state.lanes) {
    marks.push(...laneMarks(lane, y, size, state.nowMs));
    y += LANE_STEP;
  }
  if (state.lanes.length > 0) y += SPACE;
  const plans = panelPlans(state).filter((plan) => extras.panels?.includes(plan.of) ?? true);
  for (const plan of plans) {
    marks.push(...panelMarks(plan, columns, size, y));
    y += TITLE_HEIGHT + plan.height + SPACE;
  }
  const leadersTop = y;
  for (const leader of state.leaders) {
    marks.push(...leaderMarks(leader, y + SPACE, size, state.nowMs));
    y += LANE_STEP;
  }
  if (state.leaders.length > 0) y += SPACE + LANE_STEP - LANE_HEIGHT;
  const place = { size, nowMs: state.nowMs, top: 0, bottom: y };
  const stamps = stampMarks(extras.stamps ?? [], size, y);
  const behind = [...faultBands(state.experiments, place), timeGrid(size, leadersTop, y), ...stamps.lines];
  const above = [...faultLabels(state.experiments, place), ...momentMarks(state, size, y), ...timeLabels(size, y + 10)];
  return { marks: [...behind, ...marks, ...above, ...stamps.labels], height: y + AXIS_HEIGHT + stamps.height };
}

/** Returns the panels with their lines; the bounds of the plan's objectives are dashed lines in them. */
export function panelPlans({ objectives }: Pick<CourseState, "objectives">): PanelPlan[] {
  return [
    {
      of: "requests",
      title: "requests a second:",
      height: 136,
      logarithmic: false,
      lines: [
        { figure: "ok", name: "answered", paint: "ok", width: 1.6 },
        { figure: "failed", name: "failed", paint: "failed", width: 1.8 },
      ],
      bounds: [],
    },
    {
      of: "latency",
      title: "ms until an answer, failed ones not counted:",
      height: 136,
      logarithmic: true,
      lines: [
        { figure: "p50Ms", name: "p50", paint: "p50", width: 1.2 },
        { figure: "p95Ms", name: "p95", paint: "p95", width: 1.8 },
        { figure: "p99Ms", name: "p99", paint: "p99", width: 1.2, dashes: [2, 2] },
      ],
      bounds: latencyBounds(objectives),
    },
    {
      of: "users",
      title: "users:",
      height: 60,
      logarithmic: false,
      lines: [
        { figure: "usersIntended", name: "intended", paint: "wanted", dashes: [5, 4] },
        { figure: "users", name: "running", paint: "users", width: 1.6 },
      ],
      bounds: [],
    },
    {
      of: "replicas",
      title: "replicas:",
      height: 60,
      logarithmic: false,
      lines: [
        { figure: "replicasWanted", name: "wanted", paint: "wanted", dashes: [5, 4] },
        { figure: "replicasReady", name: "ready", paint: "ready", width: 1.6 },
      ],
      bounds: [],
    },
  ];
}

/** The measures of latency, by the line that they bound. A bound on one request's name is not drawn: the lines are of all requests. */
const LATENCY_MEASURE = /-(p50|p90|p95|p99)-ms$/;

/** Returns the strictest bound of each line of latency, in milliseconds. */
function latencyBounds(objectives: CourseState["objectives"]): PanelBound[] {
  const strictest = new Map<string, PanelBound>();
  for (const { measure, bound, asked, over } of objectives) {
    const line = LATENCY_MEASURE.exec(measure)?.[1];
    const value = bound["under"] ?? bound["atMost"];
    if (line === undefined || value === undefined || "name" in over || "scenario" in over || "group" in over) continue;
    const before = strictest.get(line);
    if (before === undefined || value < before.value) strictest.set(line, { value, says: `${line} ${asked}` });
  }
  return [...strictest.values()];
}

/** Returns a dotted line for each moment that people marked. */
function momentMarks({ marks }: CourseState, size: CourseSize, bottom: number): Mark[] {
  const scale = timeScale(size);
  const shown = marks.filter(({ atMs }) => atMs >= size.shown.fromMs && atMs <= size.shown.toMs);
  const pieces = shown.map(({ atMs }) => [scale.at(atMs), 0, scale.at(atMs), bottom]);
  return pieces.length === 0 ? [] : [{ kind: "line", paint: "ink", width: 1, dashes: [2, 3], pieces }];
}
