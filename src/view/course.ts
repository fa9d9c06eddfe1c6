/**
 * The course of a run is one picture: faults, probes, load, replicas and leaders on one time axis, so that a moment is at the same
 * place in all of them. It is described as marks, in pixels from the top left corner, which the page paints on a canvas.
 */

/** The colours by their meaning; whoever paints maps them to light or dark. */
export type Paint =
  | "ink"
  | "dim"
  | "grid"
  | "up"
  | "outage"
  | "no-data"
  | "fault"
  | "fault-edge"
  | "ok"
  | "failed"
  | "p50"
  | "p95"
  | "p99"
  | "users"
  | "ready"
  | "wanted"
  | "bound"
  | "mark"
  | "leader-even"
  | "leader-odd"
  | "phase-even"
  | "phase-odd";

export type Mark =
  | {
      readonly kind: "box";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly paint: Paint;
      /** Hatched as well as coloured, so that the meaning does not depend on the colour. */
      readonly hatched?: boolean;
    }
  | {
      readonly kind: "line";
      readonly paint: Paint;
      readonly width: number;
      readonly dashes?: readonly number[];
      /** Unbroken pieces, each as x, y, x, y, ... */
      readonly pieces: readonly (readonly number[])[];
    }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly paint: Paint;
      readonly align: "left" | "right" | "center";
      readonly bold?: boolean;
      /** The text is cut off with an ellipsis if it is wider. */
      readonly widthMax?: number;
    }
  | {
      /** Bold texts in a row, each in its own colour. */
      readonly kind: "legend";
      readonly x: number;
      readonly y: number;
      readonly parts: readonly LegendPart[];
    };

/** A name in a legend, with the colour of what it names. */
export interface LegendPart {
  readonly text: string;
  readonly paint: Paint;
}

/** A stretch of time in milliseconds since the run began. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CourseSize {
  readonly width: number;
  /** The width of the column on the left that holds names and values of the axes. */
  readonly gutter: number;
  readonly shown: TimeSpan;
  /** The moment from which the time axis counts, such as the bite of a fault; undefined for the begin of the run. */
  readonly zeroMs?: number;
}

export interface Course {
  readonly marks: readonly Mark[];
  readonly height: number;
}

/** The margin on the right of every panel. */
export const COURSE_MARGIN = 8;
