/** An objective as a bar: the interval that was measured, the bound as a mark, and the forbidden side hatched. */
import type { LiveObjective } from "../api/live.ts";
import { el, type ViewElement } from "../view.ts";

type Drawn = Pick<LiveObjective, "soFar" | "bound" | "unit">;

interface Axis {
  readonly from: number;
  readonly to: number;
}

/** Returns the bar; null where nothing was measured, or where the bound has no limit that a bar could show. */
export function objectiveBar(objective: Drawn, kind: string): ViewElement | null {
  const { soFar, bound } = objective;
  const most = bound["under"] ?? bound["atMost"];
  const limit = most ?? bound["atLeast"] ?? bound["over"];
  if (soFar === null || limit === undefined) return null;
  const lower = soFar.lower ?? soFar.value ?? 0;
  const isOpen = soFar.upper === null;
  const upper = soFar.upper ?? Math.max(lower, limit);
  const axis = axisOf({ limit, isMost: most !== undefined, lower, upper, unit: objective.unit });
  const place = (value: number) => Math.round((1000 * (value - axis.from)) / (axis.to - axis.from)) / 10;
  const at = Math.min(100, Math.max(0, place(limit)));
  const [left, right] = [Math.max(0, place(lower)), isOpen ? 100 : Math.min(100, place(upper))];
  const forbidden = most === undefined ? span(0, at) : span(at, 100);
  return el(
    "span",
    { class: `limits ${kind}`, "aria-hidden": "true" },
    el("s", { style: forbidden }),
    el("i", { style: span(Math.min(left, 97.5), right) }),
    el("b", { style: `left:${at}%` }),
  );
}

interface Placed {
  readonly limit: number;
  readonly isMost: boolean;
  readonly lower: number;
  readonly upper: number;
  readonly unit: string;
}

/** An axis from 0, except for shares near 100 %, where only the part around the bound tells anything. */
function axisOf({ limit, isMost, lower, upper, unit }: Placed): Axis {
  if (!isMost && unit === "%" && limit > 50 && limit < 100) {
    return { from: Math.max(0, Math.min(limit - 2 * (100 - limit), lower - (100 - lower) / 10)), to: 100 };
  }
  const from = Math.min(0, lower, limit);
  return { from, to: Math.max(limit * 1.25, upper * 1.05, from + 1e-9, limit === 0 && upper === 0 ? 1 : 0) };
}

function span(from: number, to: number): string {
  return `left:${from}%;width:${Math.round(10 * Math.max(0, to - from)) / 10}%`;
}
