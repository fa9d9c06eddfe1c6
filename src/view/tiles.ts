/** The figures of the latest second that is known, and how much of it failed since the figures began. */

import type { SecondColumn } from "../api/second-columns.ts";
import type { LiveState } from "../api.ts";
import { el, type ViewElement } from "../view.ts";
import type { Columns } from "./columns.ts";
import { shortTarget } from "./course/spans.ts";
import { count, figure, NOTHING, percent } from "./figures.ts";
import { isOver } from "./head.ts";

export interface Tile {
  readonly title: string;
  readonly value: string;
  readonly small: string;
}

type TilesState = Pick<LiveState, "leaders" | "replicas" | "requests" | "run">;

export function tilesOf(state: TilesState, columns: Columns): Tile[] {
  const second = latestSecond(columns, isOver(state));
  const at = (name: SecondColumn) => columns.at(name, second);
  const intended = at("usersIntended");
  return [
    {
      title: "users",
      value: whole(at("users")),
      small: Number.isNaN(intended) ? "" : `of ${whole(intended)}`,
    },
    { title: "answered/s", value: figure(at("ok")), small: "" },
    { title: "failed/s", value: figure(at("failed")), small: failedSoFar(state) },
    { title: "p50 of answers", value: figure(at("p50Ms")), small: "ms" },
    { title: "p95 of answers", value: figure(at("p95Ms")), small: "ms" },
    { title: "p99 of answers", value: figure(at("p99Ms")), small: "ms" },
    ...(state.replicas === null
      ? []
      : [{ title: "replicas ready", value: count(state.replicas.ready), small: `of ${count(state.replicas.wanted)}` }]),
    ...state.leaders.map(({ role, target }) => ({
      title: role,
      value: target === null ? "nobody" : shortTarget(target),
      small: "leads",
    })),
  ];
}

export function renderTiles(state: TilesState, columns: Columns): ViewElement {
  const tiles = tilesOf(state, columns).map(({ title, value, small }) =>
    el("div", {}, el("dt", {}, title), el("dd", {}, value, small === "" ? null : el("small", {}, ` ${small}`))),
  );
  return el(
    "section",
    {
      class: "tiles",
      "aria-label": isOver(state) ? "The last second of the load" : "Figures of the last second",
      key: "tiles",
    },
    el("dl", {}, tiles),
  );
}

/**
 * A fresh second is not complete until all workers have reported, and is null until then: the one before it is shown. Of a run that
 * is over, the last second of its load is shown.
 */
export function latestSecond(columns: Columns, runIsOver: boolean): number {
  const first = runIsOver ? 0 : Math.max(0, columns.length - 10);
  for (let second = columns.length - 1; second >= first; second--) {
    if (!Number.isNaN(columns.at("ok", second)) || !Number.isNaN(columns.at("failed", second))) return second;
  }
  return columns.length - 1;
}

function failedSoFar({ requests }: TilesState): string {
  const made = requests.rows.reduce((sum, row) => sum + row.requests, 0);
  const failed = requests.rows.reduce((sum, row) => sum + row.failed, 0);
  return made === 0 ? "" : `${percent(failed / made)} so far`;
}

function whole(value: number): string {
  return Number.isNaN(value) ? NOTHING : count(value);
}
