/** What the handlers of all operations share, and how they read what their schemas have checked. */
import type { HostMachine } from "../../dashboard.ts";
import type { Judges } from "../judging.ts";
import type { LiveRun } from "../live/run.ts";
import { ProblemError } from "../problems.ts";
import type { Rights } from "../rights.ts";
import type { Runs } from "../runs.ts";
import type { ApiCall, HandlerReply } from "../server.ts";
import type { Tasks } from "../tasks.ts";

export interface Context {
  readonly runs: Runs;
  readonly machine: HostMachine;
  readonly judges: Judges;
  readonly rights: Rights;
  readonly tasks: Tasks;
  readonly version: string;
  readonly epoch: string;
  readonly isReadOnly: boolean;
  /** Whether callers may start what is code: scripts, and plans with faults of their own commands. */
  readonly isCodeAllowed: boolean;
  /** Returns the link that opens the page with a one-time code. */
  link(code: string): string;
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): HandlerReply {
  return { json: value, headers };
}

/** Returns a parameter, a field of the query, or the body, as the schema of the operation has checked it. */
export function parameter(call: ApiCall, name: string): string {
  return String(call.parameters[name]);
}

export function queryOf<T>(call: ApiCall): T {
  return call.query as T;
}

export function bodyOf<T>(call: ApiCall): T {
  return call.body as T;
}

export function runOf({ runs }: Context, call: ApiCall): Promise<LiveRun> {
  return runs.open(parameter(call, "run"));
}

/** Returns one page of a list, and the path of the next. Cursors are opaque to callers. */
export function pageOf<T>(
  all: readonly T[],
  options: {
    readonly path: string;
    readonly limit: number;
    readonly cursor?: string;
    readonly keyOf: (one: T) => string;
  },
): { readonly page: readonly T[]; readonly next: string | null } {
  const { path, limit, cursor, keyOf } = options;
  const at = cursor === undefined ? -1 : all.findIndex((one) => keyOf(one) === cursor);
  const from = cursor === undefined ? 0 : at + 1;
  if (cursor !== undefined && at < 0)
    throw new ProblemError({
      status: 400,
      code: "bad-cursor",
      expected: "a cursor of an earlier page",
      got: "another one, or one for something that is gone",
    });
  const page = all.slice(from, from + limit);
  const last = page.at(-1);
  const hasMore = from + limit < all.length && last !== undefined;
  const joint = path.includes("?") ? "&" : "?";
  return { page, next: hasMore ? `${path}${joint}limit=${limit}&cursor=${encodeURIComponent(keyOf(last))}` : null };
}
