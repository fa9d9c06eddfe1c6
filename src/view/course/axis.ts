/** The frame of a panel: its title, its value axis and the lines of the time axis. */
import type { CourseSize, Mark } from "../course.ts";
import { COURSE_MARGIN } from "../course.ts";
import { clock, figure, offset } from "../figures.ts";
import { linearScale, type Scale, timeTicks } from "../scale.ts";

/** Returns the scale from milliseconds to pixels that all panels share. */
export function timeScale({ width, gutter, shown }: CourseSize): Scale {
  return linearScale({ from: shown.fromMs, to: shown.toMs }, { from: gutter, to: width - COURSE_MARGIN });
}

/** A pixel distance between the labels of the time axis at which they never touch. */
const TIME_LABEL_PX = 70;

export function timeTicksOf(size: CourseSize): number[] {
  const wide = size.width - size.gutter - COURSE_MARGIN;
  const { shown, zeroMs = 0 } = size;
  const domain = { from: shown.fromMs - zeroMs, to: shown.toMs - zeroMs };
  return timeTicks(domain, Math.max(2, Math.floor(wide / TIME_LABEL_PX))).map((at) => at + zeroMs);
}

/** Returns the labels of the time axis. */
export function timeLabels(size: CourseSize, y: number): Mark[] {
  const scale = timeScale(size);
  return timeTicksOf(size).map((at) => ({
    kind: "text",
    x: Math.min(scale.at(at), size.width - 16),
    y,
    text: size.zeroMs === undefined ? clock(at) : at === size.zeroMs ? "0" : offset(at - size.zeroMs),
    paint: "dim",
    align: "center",
  }));
}

/** Returns the lines of the time axis through a panel. */
export function timeGrid(size: CourseSize, top: number, bottom: number): Mark {
  const scale = timeScale(size);
  const pieces = timeTicksOf(size).map((at) => [crisp(scale.at(at)), top, crisp(scale.at(at)), bottom]);
  return { kind: "line", paint: "grid", width: 1, pieces };
}

export interface ValueAxis {
  readonly size: CourseSize;
  readonly scale: Scale;
  readonly ticks: readonly number[];
}

/** Returns the lines and labels of a value axis. */
export function valueAxis({ size, scale, ticks }: ValueAxis): Mark[] {
  const right = size.width - COURSE_MARGIN;
  const lines = ticks.map((value) => [size.gutter, crisp(scale.at(value)), right, crisp(scale.at(value))]);
  return [
    { kind: "line", paint: "grid", width: 1, pieces: lines },
    ...ticks.map(
      (value): Mark => ({
        kind: "text",
        x: size.gutter - 6,
        y: scale.at(value),
        text: figure(value),
        paint: "dim",
        align: "right",
      }),
    ),
  ];
}

/** Moves a line of one pixel to the middle of a pixel, so that it is not blurred over two. */
export function crisp(at: number): number {
  return Math.round(at) + 0.5;
}
