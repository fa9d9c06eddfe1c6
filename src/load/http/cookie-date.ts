/**
 * Returns the time of an Expires attribute as browsers read it (RFC 6265, section 5.1.1), in wall-clock milliseconds; NaN when
 * it is not a date, such as the "0" and "-1" of some servers. Date.parse would read those as dates around the year 2000, and
 * so a login's cookie would expire.
 */
export function cookieDate(text: string): number {
  const found: Found = { time: null, day: 0, month: -1, year: -1 };
  for (const token of text.split(/[^0-9A-Za-z:\x7f-\xff]+/)) take(token, found);
  const { time, day, month } = found;
  const year = found.year + (found.year >= 100 ? 0 : found.year >= 70 ? 1900 : 2000);
  if (time === null || month < 0 || found.year < 0 || year < 1601 || day < 1 || day > 31) return Number.NaN;
  const [hours = 0, minutes = 0, seconds = 0] = time;
  return hours > 23 || minutes > 59 || seconds > 59 ? Number.NaN : Date.UTC(year, month, day, hours, minutes, seconds);
}

interface Found {
  time: readonly number[] | null;
  day: number;
  month: number;
  year: number;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Takes a token as the first part that is still missing and that it fits: the time, the day, the month or the year. */
function take(token: string, found: Found): void {
  const time = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token);
  const month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
  if (found.time === null && time !== null) found.time = time.slice(1).map(Number);
  else if (found.day === 0 && /^\d{1,2}(?!\d)/.test(token)) found.day = Number.parseInt(token, 10);
  else if (found.month < 0 && month >= 0) found.month = month;
  else if (found.year < 0 && /^\d{2,4}(?!\d)/.test(token)) found.year = Number.parseInt(token, 10);
}
