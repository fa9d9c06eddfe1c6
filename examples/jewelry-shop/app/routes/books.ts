/** Health checks for the proxy, and the books for an audit. Neither is meant for customers. */
import type { Audit } from "../audit.ts";
import type { CleanUp } from "../clean-up.ts";
import { refused } from "../errors.ts";
import { type Answer, ok, type Request, type Route } from "../http.ts";
import type { Readiness } from "../readiness.ts";

export function healthRoutes(readiness: Readiness): Route[] {
  return [
    { method: "GET", path: "/healthz", handle: () => ok({ alive: true }) },
    {
      method: "GET",
      path: "/readyz",
      handle: async (): Promise<Answer> => {
        const { obstacles, away } = await readiness.check();
        const ready = Object.keys(obstacles).length === 0;
        return { status: ready ? 200 : 503, body: { ready, obstacles, away } };
      },
    },
  ];
}

const PAGED = ["orders", "repairs", "deliveries", "tills", "sessions", "carts"] as const;

export function auditRoutes(audit: Audit, cleanUp: CleanUp): Route[] {
  const paged = PAGED.map((book): Route => {
    const handle = async (request: Request) =>
      ok({ ...(await audit[book](runOf(request), request.query.get("cursor") ?? "")) });
    return { method: "GET", path: `/audit/${book}`, handle };
  });
  return [
    ...paged,
    { method: "GET", path: "/audit/stock", handle: async (request) => ok(await audit.stock(runOf(request))) },
    { method: "GET", path: "/audit/books", handle: async () => ok(await audit.books()) },
    { method: "GET", path: "/audit/prices", handle: async (request) => ok(await audit.prices(runOf(request))) },
    { method: "POST", path: "/audit/clean-up", handle: async (request) => ok({ ...(await cleanUp(runOf(request))) }) },
  ];
}

/**
 * Reads the run's id. All ids of a run begin with "RUN/": without a run, an audit or a clean-up would affect everybody's rows.
 */
function runOf(request: Request): string {
  const run = request.query.get("run") ?? "";
  if (/^[^/]{1,150}$/.test(run)) return run;
  throw refused("bad-field", `expected "run" to be a run's id without a slash, got "${run}"`, 400);
}
