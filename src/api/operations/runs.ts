/** Operations on runs: list, open, verdict, files, comparison. */
import { z } from "zod";
import { verdictSchema } from "../../verdict/schema.ts";
import * as bodies from "../bodies.ts";
import { type ApiOperation, ofRun, page, read } from "../operation.ts";
import { runListSchema, runResourceSchema } from "../run.ts";

export const runsOperations: readonly ApiOperation[] = [
  {
    ...read,
    id: "listRuns",
    path: "/runs",
    tag: "runs",
    says: "Lists runs, newest first.",
    query: z.strictObject(page),
    success: { status: 200, schema: runListSchema },
    problems: [],
    hasEtag: true,
  },
  {
    ...read,
    id: "getRun",
    path: "/runs/{run}",
    tag: "runs",
    says: "Returns a run with its state, what may be done with it now, and its files.",
    parameters: ofRun,
    success: { status: 200, schema: runResourceSchema },
    problems: [404],
    hasEtag: true,
  },
  {
    ...read,
    id: "getVerdict",
    path: "/runs/{run}/verdict",
    tag: "runs",
    says: "Returns the verdict; 404 with the code not-judged-yet before there is one.",
    parameters: ofRun,
    success: { status: 200, schema: verdictSchema },
    problems: [404],
    hasEtag: true,
  },
  {
    ...read,
    id: "downloadFile",
    path: "/runs/{run}/files/{name}",
    tag: "runs",
    says: "Returns a file of the run: the reports, the verdict, the evidence, or requests, failures and history as CSV.",
    parameters: ofRun.extend({ name: z.string().regex(/^[a-z][a-z0-9.-]{0,60}$/) }),
    success: { status: 200, media: "*/*" },
    problems: [404, 416],
    hasEtag: true,
  },
  {
    ...read,
    id: "compareRuns",
    path: "/compare",
    tag: "runs",
    says: "Compares the last of the given runs with those before it.",
    query: z.strictObject({ runs: z.string().max(2_000).describe("two to ten ids, separated by commas") }),
    success: { status: 200, schema: bodies.comparisonSchema },
    problems: [404, 409, 503],
  },
];
