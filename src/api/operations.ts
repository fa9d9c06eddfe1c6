/**
 * Every operation of the API, once. The server checks requests by this table, the OpenAPI document and docs/reference/api.md are
 * generated from it, and the tests of security and of the answers go through it, so that a route added here is covered.
 */
import type { ApiOperation } from "./operation.ts";
import { controlOperations } from "./operations/controls.ts";
import { liveOperations } from "./operations/live.ts";
import { machineOperations } from "./operations/machine.ts";
import { plansOperations } from "./operations/plans.ts";
import { runsOperations } from "./operations/runs.ts";
import { serverOperations } from "./operations/server.ts";

export const OPERATIONS: readonly ApiOperation[] = [
  ...serverOperations,
  ...runsOperations,
  ...liveOperations,
  ...controlOperations,
  ...plansOperations,
  ...machineOperations,
];
export const API_PREFIX = "/api/v1";
/** The statuses of problems that every operation may return: see docs/reference/api.md. */
export const PROBLEMS_OF_ALL: readonly number[] = [400, 401, 403, 404, 405, 411, 413, 415, 421, 429, 500];
