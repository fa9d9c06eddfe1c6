/** Finds the operation of a path and method. The path is compared part by part, before anything in it is decoded. */
import type { ApiOperation } from "../api/operation.ts";
import { API_PREFIX } from "../api/operations.ts";

export interface ApiRoute {
  readonly operation: ApiOperation;
  /** By name, percent-decoded, not yet checked. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type Found = ApiRoute | { readonly allowed: readonly string[] } | null;

export class Routes {
  readonly #routes: readonly { readonly operation: ApiOperation; readonly parts: readonly string[] }[];

  constructor(operations: readonly ApiOperation[]) {
    this.#routes = operations.map((operation) => ({ operation, parts: operation.path.slice(1).split("/") }));
  }

  /** Returns the route; the methods that the path has, if it lacks this one; or null for an unknown path. */
  find(method: string, path: string): Found {
    if (!path.startsWith(`${API_PREFIX}/`)) return null;
    const given = path.slice(API_PREFIX.length + 1).split("/");
    const matching = this.#routes.flatMap(({ operation, parts }) => {
      const parameters = parametersOf(parts, given);
      return parameters === null ? [] : [{ operation, parameters }];
    });
    const wanted = method === "HEAD" ? "GET" : method;
    const route = matching.find(({ operation }) => operation.method === wanted);
    if (route !== undefined) return route;
    const allowed = matching.map(({ operation }) => operation.method);
    return allowed.length === 0 ? null : { allowed: allowed.includes("GET") ? [...allowed, "HEAD"] : allowed };
  }
}

function parametersOf(parts: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (parts.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const text = given[at] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== text : text === "") return null;
    if (name !== undefined) parameters[name] = decoded(text);
  }
  return parameters;
}

/** Decodes a part of a path. A malformed one stays as it is; no schema of a parameter accepts a percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
