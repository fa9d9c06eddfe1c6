/** Addresses of the app: every path lies below the endpoint, which may have a path itself. */

/**
 * Returns the URL of a path below the endpoint. `path` begins with "/" and may have a query: "/audit/orders?sort=id" below
 * "https://host/shop".
 */
export function below(endpoint: string, path: string): URL {
  const base = new URL(endpoint);
  const url = new URL(path, base);
  url.pathname = `${base.pathname.replace(/\/+$/, "")}${url.pathname}`;
  for (const [name, value] of base.searchParams) if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  return url;
}

/** Does the same for a plan's path in which {run} stands for the run's id. */
export function belowForRun(endpoint: string, path: string, runId: string): URL {
  return below(endpoint, path.replaceAll("{run}", encodeURIComponent(runId)));
}
