/** Formats figures for people, with three digits and the unit, the same in every locale. */

import { count, figure, NOTHING } from "../std/figure.ts";

export { count, figure, NOTHING };

/** Formats milliseconds since the run began as m:ss, or h:mm:ss from one hour on. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (hours === 0) return `${minutes}:${two(seconds % 60)}`;
  return `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Formats the length of something that people wait for: "0.8 s", "75.3 s", "12:30 min", "2:05 h". */
export function duration(ms: number): string {
  if (ms < 120_000) return `${figure(ms / 1000)} s`;
  if (ms < 3_600_000) return `${clock(ms)} min`;
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)} h`;
}

/** Formats a difference of two moments with its sign: "+0.05 s", "−0.30 s". */
export function offset(ms: number): string {
  return `${ms < 0 ? "−" : "+"}${duration(Math.abs(ms))}`;
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${figure(share * 100)} %` : NOTHING;
}

export function bytes(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const [size, unit] = value >= 1e9 ? [value / 1e9, "GB"] : value >= 1e6 ? [value / 1e6, "MB"] : [value / 1e3, "kB"];
  return `${figure(size)} ${unit}`;
}

/** Joins names for a sentence: "a", "a and b", "a, b and c"; more than `most` names end in "and 3 more". */
export function list(names: readonly string[], most = 4): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** Formats a count with its noun: "1 outage", "2 outages". */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
