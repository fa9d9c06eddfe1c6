/** Parses values of the flags of `gameday load` as people type them. An invalid value is refused with an example. */
import { parseDuration } from "../../std/duration.ts";
import { GamedayError } from "../../std/errors.ts";

export function whole(flag: string, text: string, most = 1_000_000): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw wrong(`${flag} as a whole number from 1 to ${most.toLocaleString("en")}`, `"${text}"`);
  return value;
}

export function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw wrong(`${flag} as a number above 0`, `"${text}"`);
  return value;
}

/** Parses a duration. A bare number is in seconds, because Locust's users write seconds without a unit. */
export function milliseconds(flag: string, text: string): number {
  const value = parseDuration(/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text);
  if (value === undefined) throw wrong(`${flag} as a time such as "30s" or "5m", at most 7 days`, `"${text}"`);
  return value;
}

/** Numbers of seconds from which a value is probably a mistake. */
const ODD_S = { wait: 100, load: 10_000 };

/**
 * Returns notes about bare numbers that look like milliseconds. `what` names what the flag bounds, which decides from how many
 * seconds on a value is suspicious.
 */
export function unitNotes(flag: string, texts: readonly (string | undefined)[], what: keyof typeof ODD_S): string[] {
  return texts
    .filter((text) => text !== undefined && /^\d+$/.test(text) && Number(text) >= ODD_S[what])
    .map(
      (text) =>
        `${flag} ${text} means ${text} seconds, as every number without a unit does: ${text}ms would be milliseconds`,
    );
}

/** Parses a duration that must be longer than 0. */
export function lasting(flag: string, text: string): number {
  const value = milliseconds(flag, text);
  if (value <= 0) throw wrong(`${flag} longer than 0`, `"${text}"`);
  return value;
}

/** Returns arrivals a second. */
export function rateOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(?:\/(s|m|h))?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw wrong('--rate like "500/s" or "30/m"', `"${text}"`);
  return Number(count) / (unit === "m" ? 60 : unit === "h" ? 3600 : 1);
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** Parses "16MiB", "500kB" or a number of bytes; at most 2 GiB. */
export function bytesOf(flag: string, text: string): number {
  const [, count = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const bytes = count === "" ? Number.NaN : Math.round(Number(count) * (UNIT_BYTES[unit.toLowerCase()] ?? Number.NaN));
  if (!(bytes <= 2 ** 31)) throw wrong(`${flag} as a size such as "16MiB" or "500kB", at most 2GiB`, `"${text}"`);
  return bytes;
}

/** Collects the values of an option that may be repeated. */
export function several(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

export function environmentOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals <= 0) throw wrong("-e K=V", `"${pair}"`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

export function wrong(expected: string, got: string, hint = "gameday load --help"): GamedayError {
  return new GamedayError({ code: "bad-flag", expected, got, hint });
}
