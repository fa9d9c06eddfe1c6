const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
export const DURATION_MS_MAX = 7 * 24 * 3_600_000;

/**
 * Parses "500ms", "1.5s", "2m", "1h30m" to milliseconds; returns undefined for anything else. A number without a unit is not
 * accepted: some would read it as seconds, others as milliseconds. Only 0 is the same in all units.
 */
export function parseDuration(given: string | number): number | undefined {
  const value = typeof given === "number" ? (given === 0 ? 0 : undefined) : parseText(given.trim());
  return value !== undefined && value >= 0 && value <= DURATION_MS_MAX ? value : undefined;
}

/** Returns the shortest exact form of a duration: "1m30s", "250ms". */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000 || durationMs % 1000 !== 0)
    return durationMs < 1000 ? `${durationMs}ms` : `${durationMs / 1000}s`;
  const parts: [number, string][] = [
    [Math.floor(durationMs / 3_600_000), "h"],
    [Math.floor(durationMs / 60_000) % 60, "m"],
    [(durationMs / 1000) % 60, "s"],
  ];
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join("");
}

function parseText(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sum += Number(count) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
  return Math.round(sum * 1e6) / 1e6; // 4.001 * 1000 is not 4001 in binary fractions
}
