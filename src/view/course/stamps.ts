/** Named moments on the time axis, such as the stamps of a fault: a dashed line for each, and its name in a row below the axis. */
import type { CourseSize, Mark } from "../course.ts";
import { COURSE_MARGIN } from "../course.ts";
import { timeScale } from "./axis.ts";

export interface CourseStamp {
  readonly atMs: number;
  readonly says: string;
}

const ROW_HEIGHT = 14;
const AXIS_HEIGHT = 20;
/** The approximate width of a letter of a label, in pixels. */
const LETTER_PX = 6.2;

export interface StampMarks {
  readonly lines: readonly Mark[];
  readonly labels: readonly Mark[];
  /** The height that the rows of names need below the axis. */
  readonly height: number;
}

/** Returns the marks; each name is in the first row in which it does not overlap another one. */
export function stampMarks(stamps: readonly CourseStamp[], size: CourseSize, bottom: number): StampMarks {
  const scale = timeScale(size);
  const { fromMs, toMs } = size.shown;
  const shown = stamps.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).sort((a, b) => a.atMs - b.atMs);
  const ends: number[] = [];
  const placed = shown.map(({ atMs, says }) => {
    const width = says.length * LETTER_PX;
    const x = Math.min(scale.at(atMs), size.width - COURSE_MARGIN - width);
    const free = ends.findIndex((end) => end < x);
    const row = free < 0 ? ends.length : free;
    ends[row] = x + width + 8;
    return { atMs, says, x, row };
  });
  const yOf = (row: number) => bottom + AXIS_HEIGHT + ROW_HEIGHT * (row + 0.5);
  const lines = placed.map(({ atMs, row }) => [scale.at(atMs), 0, scale.at(atMs), yOf(row) - ROW_HEIGHT / 2]);
  return {
    lines: lines.length === 0 ? [] : [{ kind: "line", paint: "fault-edge", width: 1, dashes: [3, 3], pieces: lines }],
    labels: placed.map(({ says, x, row }) => ({
      kind: "text",
      x,
      y: yOf(row),
      text: says,
      paint: "ink",
      align: "left",
    })),
    height: ends.length * ROW_HEIGHT,
  };
}
