/** Spans of time as boxes: lanes of the probes, bands of faults, and who leads. */
import type { Lane, LiveExperiment, LiveState } from "../../api/live.ts";
import type { RoleLeaders } from "../../timeline/leaders.ts";
import type { CourseSize, Mark, Paint } from "../course.ts";
import { COURSE_MARGIN } from "../course.ts";
import { duration } from "../figures.ts";
import { timeScale } from "./axis.ts";

export const LANE_HEIGHT = 12;
export const LANE_STEP = 17;
/** An outage is never narrower, so that one of 0.8 s is visible in a run of eight hours. */
export const NARROWEST_PX = 2;
/** The room that the length of an outage needs to be written on it. */
const LENGTH_LABEL_PX = 40;

export interface ShownSpan {
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
}

/** Returns the pixels of a span within the shown time; null if it is outside. A span that lasts ends at `nowMs`. */
export function pixelsOf(span: ShownSpan, size: CourseSize, nowMs: number): { x: number; width: number } | null {
  const { fromMs, toMs } = size.shown;
  const end = span.toMs ?? nowMs;
  if (end < fromMs || span.fromMs > toMs) return null;
  const scale = timeScale(size);
  const left = scale.at(Math.max(span.fromMs, fromMs));
  const right = scale.at(Math.min(end, toMs));
  const width = Math.max(NARROWEST_PX, right - left);
  return { x: Math.min(left, size.width - COURSE_MARGIN - width), width };
}

/** What the picture shows of an experiment. */
export type CourseExperiment = Pick<LiveExperiment, "index" | "name" | "commandedMs" | "healedMs" | "endedMs">;

/** A fault is one band however many targets it has: from its command until it is healed. */
export function bandOf(experiment: Omit<CourseExperiment, "index" | "name">): ShownSpan | null {
  const { commandedMs, healedMs, endedMs } = experiment;
  return commandedMs === null ? null : { fromMs: commandedMs, toMs: healedMs ?? endedMs };
}

export interface BandsPlace {
  readonly size: CourseSize;
  readonly nowMs: number;
  readonly top: number;
  readonly bottom: number;
}

/** Returns the bands of faults behind all panels. */
export function faultBands(experiments: readonly CourseExperiment[], { size, nowMs, top, bottom }: BandsPlace): Mark[] {
  return experiments.flatMap((experiment): Mark[] => {
    const band = bandOf(experiment);
    const at = band === null ? null : pixelsOf(band, size, nowMs);
    if (at === null) return [];
    const edge = [at.x, top, at.x, bottom];
    return [
      { kind: "box", ...at, y: top, height: bottom - top, paint: "fault" },
      { kind: "line", paint: "fault-edge", width: 1, pieces: [edge] },
    ];
  });
}

/** Returns the name of each fault above its band, or its number where the name does not fit. */
export function faultLabels(experiments: readonly CourseExperiment[], place: BandsPlace): Mark[] {
  const shown = experiments.flatMap((experiment) => {
    const band = bandOf(experiment);
    const at = band === null ? null : pixelsOf(band, place.size, place.nowMs);
    return at === null ? [] : [{ ...at, experiment }];
  });
  return shown.map(({ x, experiment }, n): Mark => {
    const room = (shown[n + 1]?.x ?? place.size.width) - x - 6;
    const number = String(experiment.index);
    const text = room < 50 ? number : `${number} ${experiment.name}`;
    return { kind: "text", x, y: place.top + 7, text, paint: "ink", align: "left", widthMax: Math.max(8, room) };
  });
}

/** Returns one lane: where users were served, down, or nobody looked. */
export function laneMarks(lane: Lane, y: number, size: CourseSize, nowMs: number): Mark[] {
  const box = (span: ShownSpan, paint: Paint, hatched: boolean): Mark[] => {
    const at = pixelsOf(span, size, nowMs);
    return at === null ? [] : [{ kind: "box", ...at, y, height: LANE_HEIGHT, paint, hatched }];
  };
  return [
    laneName(lane.id.replace("/", ", "), y, size),
    ...box({ fromMs: lane.fromMs, toMs: Math.max(lane.fromMs, lane.lastMs) }, "up", false),
    ...lane.gaps.flatMap((gap) => box(gap, "no-data", true)),
    ...lane.outages.flatMap((outage) => box(outage, "outage", true)),
    ...lengthLabels(lane.outages, y, size, nowMs),
  ];
}

/** The length of an outage is written on it, or beside it where it is too short and nothing else is there. */
function lengthLabels(outages: readonly ShownSpan[], y: number, size: CourseSize, nowMs: number): Mark[] {
  const shown = outages.flatMap((outage) => {
    const at = pixelsOf(outage, size, nowMs);
    return at === null ? [] : [{ ...at, text: duration((outage.toMs ?? nowMs) - outage.fromMs) }];
  });
  const middle = y + LANE_HEIGHT / 2;
  return shown.flatMap(({ x, width, text }, n): Mark[] => {
    const room = (shown[n + 1]?.x ?? size.width - COURSE_MARGIN) - x - width;
    if (width >= LENGTH_LABEL_PX) {
      const wide = text.length * 6 + 6;
      const centre = x + width / 2;
      return [
        { kind: "box", x: centre - wide / 2, y, width: wide, height: LANE_HEIGHT, paint: "outage" },
        { kind: "text", x: centre, y: middle, text, paint: "mark", align: "center", bold: true },
      ];
    }
    if (room < LENGTH_LABEL_PX) return [];
    return [{ kind: "text", x: x + width + 3, y: middle, text, paint: "ink", align: "left" }];
  });
}

/** Returns who led a role, one box for each leader. */
export function leaderMarks(leader: RoleLeaders, y: number, size: CourseSize, nowMs: number): Mark[] {
  return [
    laneName(`${leader.role} led by`, y, size),
    ...leader.spans.flatMap((span, n): Mark[] => {
      const at = pixelsOf(span, size, nowMs);
      if (at === null) return [];
      const paint = n % 2 === 0 ? "leader-even" : "leader-odd";
      const label: Mark = {
        kind: "text",
        x: at.x + 4,
        y: y + LANE_HEIGHT / 2,
        text: shortTarget(span.target),
        paint: "ink",
        align: "left",
        widthMax: at.width - 6,
      };
      return [{ kind: "box", ...at, y, height: LANE_HEIGHT, paint }, ...(at.width > 22 ? [label] : [])];
    }),
  ];
}

/** Returns the phases of a run as a row of boxes with their names. */
export function phaseMarks(phases: LiveState["phases"], y: number, size: CourseSize, nowMs: number): Mark[] {
  return [
    laneName("phase", y, size),
    ...phases.flatMap(({ phase, ...span }, n): Mark[] => {
      const at = pixelsOf(span, size, nowMs);
      if (at === null) return [];
      const place = { x: at.x + 4, y: y + LANE_HEIGHT / 2, widthMax: at.width - 6 };
      const text = phase.replaceAll("-", " ");
      const label: Mark = { kind: "text", ...place, text, paint: "ink", align: "left" };
      const paint = n % 2 === 0 ? "phase-even" : "phase-odd";
      return [{ kind: "box", ...at, y, height: LANE_HEIGHT, paint }, ...(at.width > 30 ? [label] : [])];
    }),
  ];
}

/** "postgres/n3" is "n3" where the role is named beside it. */
export function shortTarget(target: string): string {
  return target.slice(target.indexOf("/") + 1);
}

function laneName(text: string, y: number, size: CourseSize): Mark {
  const place = { x: size.gutter - 6, y: y + LANE_HEIGHT / 2, widthMax: size.gutter - 8 };
  return { kind: "text", ...place, text, paint: "dim", align: "right" };
}
