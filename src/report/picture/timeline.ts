/** The timeline of the whole run, and the picture of one experiment: the same drawing as the live page's, as SVG. */
import type { Second } from "../../second.ts";
import { Columns } from "../../view/columns.ts";
import { drawCourse } from "../../view/course/picture.ts";
import type { CourseStamp } from "../../view/course/stamps.ts";
import type { TimeSpan } from "../../view/course.ts";
import { describeCourse } from "../../view/course-section.ts";
import { figuresOfSecond } from "../../view/second-figures.ts";
import type { ViewElement } from "../../view.ts";
import type { RunCourse } from "./course-state.ts";
import { svgOf } from "./svg.ts";

const WIDTH = 1040;
const GUTTER = 128;

/** Returns the columns of the rows, one number for each second and figure. */
export function columnsOf(seconds: readonly Second[]): Columns {
  const columns = new Columns();
  for (const row of seconds) columns.set(Math.round(row.atMs / 1000), figuresOfSecond(row));
  return columns;
}

export function timelinePicture(course: RunCourse, columns: Columns): ViewElement {
  const size = { width: WIDTH, gutter: GUTTER, shown: { fromMs: 0, toMs: Math.max(1000, course.nowMs) } };
  const hasReplicas = knows(columns, "replicasWanted");
  const drawn = drawCourse(course, columns, size, {
    phases: course.phases,
    panels: ["requests", "latency", "users", ...(hasReplicas ? (["replicas"] as const) : [])],
  });
  return svgOf(drawn, WIDTH, describeCourse(course));
}

export interface ExperimentPicture {
  readonly shown: TimeSpan;
  readonly zeroMs: number;
  readonly stamps: readonly CourseStamp[];
  readonly says: string;
}

/** Draws the time around one fault, with its zero at the bite and a point for each second. */
export function experimentPicture(course: RunCourse, columns: Columns, picture: ExperimentPicture): ViewElement {
  const { shown, zeroMs, stamps, says } = picture;
  const size = { width: WIDTH, gutter: GUTTER, shown, zeroMs };
  const panels = ["requests", "latency"] as const;
  return svgOf(drawCourse(course, columns, size, { stamps, panels }), WIDTH, says);
}

function knows(columns: Columns, figure: "replicasWanted"): boolean {
  return !Number.isNaN(columns.range(figure, 0, columns.length).low);
}
