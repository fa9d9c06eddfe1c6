/** Operations on what can be started: plans, scripts and faults. */
import * as bodies from "../bodies.ts";
import { type ApiOperation, control, read } from "../operation.ts";
import { runResourceSchema } from "../run.ts";

export const plansOperations: readonly ApiOperation[] = [
  {
    ...read,
    id: "listPlans",
    path: "/plans",
    tag: "plans",
    says: "Lists the plans that may be started from here.",
    success: { status: 200, schema: bodies.plansSchema },
    problems: [],
  },
  {
    ...read,
    id: "listScripts",
    path: "/scripts",
    tag: "plans",
    says: "Lists the load scripts that may be started from here.",
    success: { status: 200, schema: bodies.scriptsSchema },
    problems: [],
  },
  {
    ...read,
    id: "listFaults",
    path: "/faults",
    tag: "plans",
    says: "Lists the kinds of fault, with their parameters and the platforms that can do them.",
    success: { status: 200, schema: bodies.faultsSchema },
    problems: [],
    hasEtag: true,
  },
  {
    ...control,
    id: "checkPlan",
    method: "POST",
    path: "/plans/check",
    tag: "plans",
    says: "Checks a plan and returns what a run would do and touch; changes nothing.",
    body: bodies.checkBody,
    success: { status: 200, schema: bodies.checkAnswer },
    problems: [404, 429],
  },
  {
    ...control,
    id: "startRun",
    method: "POST",
    path: "/runs",
    tag: "plans",
    says: "Starts a game day from a plan.",
    body: bodies.startRunBody,
    success: { status: 201, schema: runResourceSchema },
    problems: [403, 404, 409, 422, 423],
  },
  {
    ...control,
    id: "startLoad",
    method: "POST",
    path: "/loads",
    tag: "plans",
    says: "Starts a load from a script.",
    body: bodies.startLoadBody,
    success: { status: 201, schema: runResourceSchema },
    problems: [403, 404, 409, 422, 423],
  },
];
