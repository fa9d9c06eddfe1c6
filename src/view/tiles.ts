/** The figures of the latest second that is known, and how much failed since the figures began; of a run that is over, those of all of it. */

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

type TilesState = Pick<LiveState, "leaders" | "replicas" | "requests" | "run" | "totals">;

export function tilesOf(state: TilesState, columns: Columns): Tile[] {
  const { totals, replicas } = state;
  return [
    ...(totals === null ? tilesOfSecond(state, columns) : tilesOfRun(totals)),
    ...(replicas === null
      ? []
      : [{ title: "replicas ready", value: count(replicas.ready), small: `of ${count(replicas.wanted)}` }]),
    ...state.leaders.map(({ role, target }) => ({
      title: role,
      value: target === null ? "nobody" : shortTarget(target),
      small: totals === null ? "leads" : "led last",
    })),
  ];
}

/** The figures of a run that is over: its last second says nothing about it. */
function tilesOfRun({ requests, failed, p50Ms, p95Ms, p99Ms, usersMost }: NonNullable<LiveState["totals"]>): Tile[] {
  const share = requests === 0 ? "" : percent(failed / requests);
  return [
    { title: "users", value: usersMost === null ? NOTHING : count(usersMost), small: "at most" },
    { title: "requests", value: count(requests), small: "" },
    { title: "failed", value: count(failed), small: share },
    { title: "p50 of answers", value: figure(p50Ms), small: "ms" },
    { title: "p95 of answers", value: figure(p95Ms), small: "ms" },
    { title: "p99 of answers", value: figure(p99Ms), small: "ms" },
  ];
}

function tilesOfSecond(state: TilesState, columns: Columns): Tile[] {
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
      "aria-label": state.totals !== null ? "Figures of the whole run" : "Figures of the last second",
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
