/** The operations on runs: list, open, verdict, files, comparison. */
import { join } from "node:path";
import { compareRuns } from "../../compare/compare.ts";
import { openEvidence } from "../../evidence/reader.ts";
import { failuresCsv, historyCsv, requestsCsv } from "../../report/text/csv.ts";
import { storedFile } from "../answering.ts";
import { FILE_TYPES } from "../folders.ts";
import type { LiveRun } from "../live/run.ts";
import { ProblemError } from "../problems.ts";
import { badRequest } from "../reading.ts";
import { type ApiCall, type HandlerReply, type Handlers, notFound } from "../server.ts";
import { type Context, json, pageOf, parameter, queryOf, runOf } from "./context.ts";

const COMPARED_MAX = 10;

export function runsHandlers(context: Context): Handlers {
  return {
    listRuns: (call) => listRuns(context, call),
    getRun: async (call) => json((await runOf(context, call)).resource()),
    getVerdict: async (call) => {
      const { verdict } = (await runOf(context, call)).surroundings;
      if (verdict === null) throw new ProblemError(NOT_JUDGED, { "retry-after": "5" });
      return json(verdict);
    },
    downloadFile: (call) => download(context, call),
    compareRuns: (call) => compare(context, call),
  };
}

async function listRuns({ runs }: Context, call: ApiCall): Promise<HandlerReply> {
  const { limit, cursor } = queryOf<{ limit: number; cursor?: string }>(call);
  const options = { path: "/api/v1/runs", limit, keyOf: (id: string) => id, ...(cursor !== undefined && { cursor }) };
  const { page, next } = pageOf(runs.ids(), options);
  const summaries = [];
  for (const id of page) summaries.push(await runs.summary(id));
  return json({ runs: summaries, next });
}

async function download(context: Context, call: ApiCall): Promise<HandlerReply> {
  const name = parameter(call, "name");
  if (name.endsWith(".csv")) return csvOf(await runOf(context, call), name);
  const type = FILE_TYPES[name];
  if (type === undefined) throw notFound("a file that a run offers", "another name", "no-such-file");
  const path = join(context.runs.folderOf(parameter(call, "run")), name);
  try {
    return { file: { type, content: storedFile(path), isUntrusted: true } };
  } catch {
    throw notFound(`${name} in the run's folder`, "no such file, or one that may not be read", "no-such-file");
  }
}

function csvOf(run: LiveRun, name: string): HandlerReply {
  const { traffic, seconds } = run.fold;
  const texts: Readonly<Record<string, () => string>> = {
    "requests.csv": () => requestsCsv(traffic.top(traffic.names)),
    "failures.csv": () => failuresCsv(traffic.failures()),
    "history.csv": () => historyCsv(seconds.columns()),
  };
  const text = Object.hasOwn(texts, name) ? texts[name]?.() : undefined;
  if (text === undefined) throw notFound("requests.csv, failures.csv or history.csv", "another name", "no-such-file");
  return { file: { type: "text/csv; charset=utf-8", content: Buffer.from(text), downloadAs: `${run.id}-${name}` } };
}

async function compare({ runs, judges }: Context, call: ApiCall): Promise<HandlerReply> {
  const ids = queryOf<{ runs: string }>(call).runs.split(",");
  if (ids.length < 2 || ids.length > COMPARED_MAX)
    throw badRequest(`2 to ${COMPARED_MAX} ids of runs, separated by commas`, `${ids.length}`);
  const folders = ids.map((id) => runs.folderOf(id));
  const verdicts = [];
  for (const folder of folders) verdicts.push((await judges.judge({ folder, stage: "finished" })).verdict);
  const comparison = compareRuns(
    verdicts,
    folders.map((folder) => openEvidence(folder).run),
  );
  return json({ runs: ids, comparison });
}

const NOT_JUDGED = {
  status: 404,
  code: "not-judged-yet",
  expected: "a run that is judged",
  got: "one without a verdict",
  hint: "a verdict is written when the run is over; POST /api/v1/runs/ID/judge judges the evidence of a finished run",
};
