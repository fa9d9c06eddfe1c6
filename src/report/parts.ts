/** What the parts of a report are made from, computed once. */
import type { RunRecord } from "../evidence.ts";
import type { Facts } from "../objective/facts.ts";
import type { Status } from "../status.ts";
import type { Verdict } from "../verdict.ts";
import type { Columns } from "../view/columns.ts";
import { el, type ViewChild, type ViewElement } from "../view.ts";
import type { LoadReading } from "./load/reading.ts";
import type { LogExcerpt } from "./logs.ts";
import type { RunCourse } from "./picture/course-state.ts";
import type { Stats } from "./stats.ts";
import type { WitnessPlaces } from "./witness.ts";

export interface ReportParts {
  readonly verdict: Verdict;
  readonly run: RunRecord;
  readonly facts: Facts;
  readonly stats: Stats;
  readonly load: LoadReading;
  readonly columns: Columns;
  readonly course: RunCourse;
  readonly places: WitnessPlaces;
  readonly logs: readonly LogExcerpt[];
}

/** What is not met comes first, because that is what a reader must not overlook. */
const ORDER: readonly Status[] = ["fail", "unknown", "pass"];

/** Returns what was judged in the order fail, unknown, pass; equal ones keep their order. */
export function worstFirst<Judged extends { readonly status: Status }>(all: readonly Judged[]): Judged[] {
  return [...all].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
}

export function section(id: string, title: string, ...children: readonly ViewChild[]): ViewElement {
  return el("section", { id, "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), children);
}

/** Returns a part that is folded until a reader opens it. */
export function folded(summary: ViewChild, ...children: readonly ViewChild[]): ViewElement {
  return el("details", {}, el("summary", {}, summary), children);
}

/** Returns a part that a reader may fold away, and needs to see first. */
export function unfolded(summary: ViewChild, ...children: readonly ViewChild[]): ViewElement {
  return el("details", { open: true }, el("summary", {}, summary), children);
}
