/** Two or more runs beside each other. What is worse is marked; what is within the noise is not. */
import type { LiveObjective } from "../api/live.ts";
import { el, type ViewNode } from "../view.ts";
import { pill } from "./button.ts";
import { figure, NOTHING } from "./figures.ts";
import { scrollBox } from "./requests.ts";

type Word = "pass" | "unknown" | "fail";
type Changed = "worse" | "better" | "same" | "unknown";
type Measured = LiveObjective["soFar"] | { readonly value: number };

/** What the page reads of a comparison, as `gameday compare --json` prints it. */
export interface ShownComparison {
  readonly runs: readonly { readonly runId: string; readonly plan: string; readonly verdict: Word }[];
  readonly objectives: readonly {
    readonly id: string;
    readonly says: string;
    readonly unit: string;
    readonly cells: readonly ({ readonly status: Word; readonly measured: Measured } | null)[];
    readonly change: Changed;
    readonly because: string;
  }[];
  readonly change: Changed;
  readonly notes: readonly string[];
}

const ORDER: readonly Changed[] = ["worse", "unknown", "better", "same"];

/** Draws a comparison; `ids` are the names of the runs' folders, in the same order. */
export function renderComparison(
  { runs, objectives, change, notes }: ShownComparison,
  ids: readonly string[],
): ViewNode[] {
  const header = (title: string) => el("th", { scope: "col" }, title);
  const heads = runs.map(({ runId }, n) =>
    el("th", { scope: "col" }, el("a", { href: `/runs/${encodeURIComponent(ids[n] ?? runId)}` }, ids[n] ?? runId)),
  );
  const sorted = [...objectives].sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
  const rows = sorted.map((objective) =>
    el(
      "tr",
      { key: objective.id, class: objective.change === "worse" ? "worse" : undefined },
      el("th", { scope: "row", class: "words" }, objective.says),
      objective.cells.map((cell) => el("td", {}, ...cellOf(cell, objective.unit))),
      el("td", {}, changeOf(objective.change)),
      el("td", { class: "words" }, objective.because),
    ),
  );
  const verdicts = el(
    "tr",
    {},
    el("th", { scope: "row" }, "Verdict"),
    runs.map(({ verdict }) => el("td", {}, pill(verdict, verdict))),
    el("td", {}, changeOf(change)),
    el("td", {}),
  );
  const head = el("tr", {}, header("objective"), heads, header("change"), header("because"));
  return [
    el("p", { class: "sentence" }, SAYS[change]),
    scrollBox("Comparison", el("table", {}, el("thead", {}, head), el("tbody", {}, verdicts, rows))),
    ...(notes.length === 0
      ? []
      : [
          el("h2", {}, "Other differences"),
          el(
            "ul",
            {},
            notes.map((note) => el("li", {}, note)),
          ),
        ]),
  ];
}

const SAYS: Readonly<Record<Changed, string>> = {
  worse: "The later run is worse, beyond noise.",
  better: "The later run is better, beyond noise.",
  same: "The runs do not differ beyond noise.",
  unknown: "This evidence does not show whether the later run is worse.",
};

function changeOf(change: Changed): ViewNode {
  if (change === "worse") return pill("worse", "fail");
  if (change === "better") return pill("better", "pass");
  return change === "unknown" ? pill("unknown", "unknown") : "same";
}

function cellOf(cell: ShownComparison["objectives"][number]["cells"][number], unit: string): ViewNode[] {
  if (cell === null) return [NOTHING];
  return [pill(cell.status, cell.status), ` ${measuredAs(cell.measured, unit)}`];
}

function measuredAs(measured: Measured, unit: string): string {
  if (measured === null) return "no evidence";
  const suffix = unit === "" ? "" : ` ${unit}`;
  const lower = "lower" in measured ? measured.lower : null;
  const upper = "upper" in measured ? measured.upper : null;
  if (lower !== null && upper !== null && lower !== upper) return `${figure(lower)} to ${figure(upper)}${suffix}`;
  return `${figure(measured.value ?? lower ?? upper)}${suffix}`;
}
