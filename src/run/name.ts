/**
 * Returns `<plan>-<UTC with milliseconds>-<seed>`, the run's id and the name of its folder. It contains only characters that
 * are safe in file names and URLs.
 */
export function runName(plan: string, startedAt: Date, seed: string): string {
  const time = startedAt.toISOString().slice(0, 23).replaceAll(/[-:.]/g, "").replace("T", "-");
  return [safe(plan), time, safe(seed)].join("-");
}

function safe(text: string): string {
  const clean = text
    .replaceAll(/[^A-Za-z0-9._]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 60);
  return clean === "" ? "run" : clean;
}
