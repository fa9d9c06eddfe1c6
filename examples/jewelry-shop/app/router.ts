import { HttpError } from "./errors.ts";
import { decoded, type Route } from "./http.ts";

export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: Route;
  readonly parts: readonly string[];
}

/** Finds the route for a method and path. Fixed paths need one map look-up; paths with parameters are tried in order. */
export function router(routes: readonly Route[]): (method: string, path: string) => Match {
  const fixed = new Map<string, Route>();
  const open: Compiled[] = [];
  for (const route of routes) {
    if (route.path.includes(":")) open.push({ route, parts: route.path.split("/") });
    else fixed.set(`${route.method} ${route.path}`, route);
  }
  return (method, path) => {
    const exact = fixed.get(`${method} ${path}`);
    if (exact !== undefined) return { route: exact, parameters: {} };
    const parts = path.split("/");
    for (const compiled of open) {
      const parameters = compiled.route.method === method ? parametersOf(compiled.parts, parts) : null;
      if (parameters !== null) return { route: compiled.route, parameters };
    }
    throw new HttpError(404, "not-found", `no route for ${method} ${path}`);
  };
}

function parametersOf(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const parameters: Record<string, string> = {};
  for (const [at, expected] of pattern.entries()) {
    const got = parts[at] ?? "";
    if (expected.startsWith(":")) parameters[expected.slice(1)] = decoded(got);
    else if (expected !== got) return null;
  }
  return parameters;
}
