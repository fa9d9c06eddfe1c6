/** Finds the time that a line of a log names, in the formats of common servers. Times without a zone are taken for UTC. */

/** 2026-11-30 10:12:09.500, 2026-11-30T10:12:09,500Z, 2026/11/30 10:12:09, with an optional offset such as +02:00. */
const ISO = /(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:\s?(Z|UTC|GMT|[+-]\d\d:?\d\d))?/;
/** Redis: 30 Nov 2026 10:12:09.500. */
const DAY_FIRST =
  /(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/;
/** Apache and HAProxy's HTTP log: [30/Nov/2026:10:12:09.500]. */
const SLASHES =
  /(\d{1,2})\/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/;
/** JSON lines: "time":1764500000123. */
const MILLISECONDS = /"(?:time|ts|timestamp)":\s?(\d{13})\b/;
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
/** A time stands near the begin of its line. */
const SEARCHED_MAX = 120;

/** Returns the time in milliseconds since 1970; null if the line names none. */
export function stampIn(line: string): number | null {
  const head = line.slice(0, SEARCHED_MAX);
  const iso = ISO.exec(head);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    return utc + milliseconds(fraction) - offsetMs(zone);
  }
  const named = DAY_FIRST.exec(head) ?? SLASHES.exec(head);
  if (named !== null) {
    const [, day, name = "", year, hour, minute, second, fraction] = named;
    const month = MONTHS.indexOf(name) / 3;
    return (
      Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)) + milliseconds(fraction)
    );
  }
  const epoch = MILLISECONDS.exec(head)?.[1];
  return epoch === undefined ? null : Number(epoch);
}

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
}

/** Returns an offset such as "+02:00" in milliseconds; a zone that is named otherwise counts as UTC. */
function offsetMs(zone: string | undefined): number {
  const found = zone === undefined ? null : /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (found === null) return 0;
  const [, sign, hours, minutes] = found;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
