/** The Cookie header: the jar's cookies, and those that a script adds. */

/** The last two that were joined. Each user of a scenario has its own cookies, but a user makes many calls. */
const joined = { jarLine: "", own: "", line: "" };

/** Joins the session's cookies and the script's own in one line. The script's own cookie replaces one of the same name. */
export function beside(jarLine: string, own: string): string {
  if (own === "") return jarLine;
  if (jarLine === "") return `Cookie: ${own}\r\n`;
  if (joined.jarLine === jarLine && joined.own === own) return joined.line;
  const names = new Set(own.split(";").map(cookieName));
  const others = jarLine.slice("Cookie: ".length, -2).split("; ");
  const kept = others.filter((pair) => !names.has(cookieName(pair)));
  joined.jarLine = jarLine;
  joined.own = own;
  joined.line = `Cookie: ${[...kept, own].join("; ")}\r\n`;
  return joined.line;
}

function cookieName(pair: string): string {
  return pair.slice(0, Math.max(0, pair.indexOf("="))).trim();
}
