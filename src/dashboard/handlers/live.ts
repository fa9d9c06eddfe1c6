/** The operations that read the live state of a run. */
import { join } from "node:path";
import type { LogEntry, RequestRow } from "../../api/live.ts";
import { TIMELINE_FILE } from "../../evidence/files.ts";
import { describeEvent } from "../../timeline/describe.ts";
import type { TimelineEvent } from "../../timeline.ts";
import type { LiveRun } from "../live/run.ts";
import { Tail } from "../live/tail.ts";
import { ProblemError } from "../problems.ts";
import { type ApiCall, type HandlerReply, type Handlers, notFound } from "../server.ts";
import { type Context, json, pageOf, parameter, queryOf, runOf } from "./context.ts";

export function liveHandlers(context: Context): Handlers {
  const of = (answer: (run: LiveRun, call: ApiCall) => HandlerReply | Promise<HandlerReply>) => async (call: ApiCall) =>
    answer(await runOf(context, call), call);
  return {
    getState: of((run) => json(run.state())),
    streamEvents: (call) => stream(context, call),
    listEvents: of(listEvents),
    getSeries: of((run, call) => json(seriesOf(run, call))),
    listRequests: of((run, call) => json(requestsOf(run, call))),
    listFailures: of(({ fold }) => json({ rows: fold.traffic.failures(), total: fold.traffic.failureKinds })),
    listWorkers: of(({ fold }) => json({ workers: fold.crew.rows() })),
    listExperiments: of((run) => json({ experiments: run.parts().experiments })),
    getExperiment: of((run, call) => json(experimentOf(run, call))),
    listObjectives: of((run) => json({ objectives: run.objectives() })),
    getLoad: of(loadOf),
  };
}

/** Returns the experiment that the path names by its number. Throws 404 if there is none. */
export function experimentOf(run: LiveRun, call: ApiCall): ReturnType<LiveRun["parts"]>["experiments"][number] {
  const index = Number(parameter(call, "index"));
  const found = run.parts().experiments.find((one) => one.index === index);
  if (found === undefined)
    throw notFound("the number of an experiment of this run", String(index), "no-such-experiment");
  return found;
}

async function stream({ runs }: Context, call: ApiCall): Promise<HandlerReply> {
  const run = await runs.begun(parameter(call, "run"));
  const last = call.request.headers["last-event-id"];
  if (call.request.method === "HEAD") {
    call.response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).end();
    return "streaming";
  }
  const isTaken = run.fanout.watch(call.response, typeof last === "string" ? last : undefined, () => run.state());
  if (!isTaken) throw new ProblemError(TOO_MANY, { "retry-after": "10" });
  return "streaming";
}

function loadOf(run: LiveRun): HandlerReply {
  const { load } = run.parts();
  if (load === null)
    throw new ProblemError({ status: 409, code: "no-load", expected: "a run with a load", got: "one without" });
  return { json: load, etag: `"${load.version}"` };
}

function seriesOf({ fold }: LiveRun, call: ApiCall) {
  const { from, to, step } = queryOf<{ from: number; to?: number; step: number }>(call);
  const end = Math.min(to ?? fold.seconds.length, fold.seconds.length);
  return { ...fold.seconds.slice(from, Math.max(from, end), step), stepS: step };
}

function requestsOf({ id, fold }: LiveRun, call: ApiCall) {
  const { limit, cursor, sort, filter } = queryOf<{
    limit: number;
    cursor?: string;
    sort: keyof RequestRow;
    filter?: string;
  }>(call);
  const wanted = filter?.toLowerCase() ?? "";
  const rows = fold.traffic.rows().filter(({ name }) => name.toLowerCase().includes(wanted));
  rows.sort((a, b) => order(a, b, sort));
  const path = `/api/v1/runs/${id}/requests?sort=${sort}${filter === undefined ? "" : `&filter=${encodeURIComponent(filter)}`}`;
  // Names may hold anything, so a row is named in a cursor by its place.
  const placed = rows.map((row, at) => ({ row, at: String(at) }));
  const { page, next } = pageOf(placed, {
    path,
    limit,
    keyOf: ({ at }) => at,
    ...(cursor !== undefined && { cursor }),
  });
  return { rows: page.map(({ row }) => row), total: rows.length, next };
}

function order(a: RequestRow, b: RequestRow, sort: keyof RequestRow): number {
  if (sort === "name") return a.name < b.name ? -1 : 1;
  return Number(b[sort] ?? -1) - Number(a[sort] ?? -1) || (a.name < b.name ? -1 : 1);
}

/** Reads a page of the timeline from its file: the whole of a long run's is not kept in memory. */
async function listEvents(run: LiveRun, call: ApiCall): Promise<HandlerReply> {
  const { after, limit, kind } = queryOf<{ after: number; limit: number; kind?: string }>(call);
  const entries: LogEntry[] = [];
  let seq = 0;
  for await (const line of linesOf(join(run.folder, TIMELINE_FILE))) {
    seq++;
    const entry = seq <= after ? null : entryOf(line, seq);
    if (entry === null || (kind !== undefined && entry.kind !== kind)) continue;
    entries.push(entry);
    if (entries.length > limit) break;
  }
  const events = entries.slice(0, limit);
  const suffix = kind === undefined ? "" : `&kind=${encodeURIComponent(kind)}`;
  const next =
    entries.length > limit
      ? `/api/v1/runs/${run.id}/events?after=${events.at(-1)?.seq ?? after}&limit=${limit}${suffix}`
      : null;
  return json({ events, next });
}

/** Reads the complete lines of a file that may still grow, in portions between which others have their turn. */
async function* linesOf(path: string): AsyncGenerator<string> {
  using tail = new Tail(path);
  for (let lines = tail.next(); lines.length > 0; lines = tail.next()) {
    yield* lines;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function entryOf(line: string, seq: number): LogEntry | null {
  try {
    const event = JSON.parse(line) as TimelineEvent;
    if (typeof event.type !== "string" || !Number.isFinite(event.atMs)) return null;
    const says: string | null | undefined = describeEvent(event);
    return {
      seq,
      atMs: event.atMs,
      kind: event.type,
      says: says?.trim() ?? null,
      event: event as unknown as LogEntry["event"],
    };
  } catch {
    return null; // a line that is being written, or a damaged one
  }
}

const TOO_MANY = {
  status: 503,
  code: "too-many-watchers",
  expected: "fewer than 200 watchers of this server",
  got: "200",
  hint: "close some, or GET the state instead of the stream",
};
