/**
 * Returns the URL of the platform as people type it, with or without a scheme. Throws GamedayError for text that would be read
 * as a different address.
 */
import { isIPv6 } from "node:net";
import { splitUrl } from "../../load/http/origin.ts";
import { GamedayError } from "../../std/errors.ts";
import { wrong } from "./values.ts";

export function hostOf(given: string | undefined): string {
  if (given !== undefined) return checked(given.trim());
  throw new GamedayError({
    code: "no-host",
    expected: "to know where the users go",
    got: "neither --host nor BASE_URL",
    hint: "gameday load SCRIPT --host http://127.0.0.1:8080",
  });
}

function checked(given: string): string {
  const text = withScheme(given);
  const got = JSON.stringify(given);
  const [, authority = ""] = /^[a-z]+:\/\/([^/?#]*)/i.exec(text) ?? [];
  if (authority === "") throw wrong('--host like "http://127.0.0.1:8080"', got);
  // In a URL a number is an address: 8080 is 0.0.31.144.
  const [, number] = /^(\d+)(?::|$)/.exec(authority) ?? [];
  if (number !== undefined) throw wrong("--host with a name or an address", got, `http://127.0.0.1:${number}`);
  const port = /:(\d+)$/.exec(authority)?.[1];
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
    throw wrong("--host with a port from 1 to 65535", got);
  splitUrl(text);
  const { search, hash } = new URL(text);
  if (search !== "" || hash !== "")
    throw wrong("--host without a query", got, "a path that precedes those of the script is allowed");
  return text;
}

function withScheme(text: string): string {
  if (isIPv6(text)) return `http://[${text}]`;
  if (text.startsWith("//")) return `http:${text}`;
  return text.includes(":/") ? text : `http://${text}`;
}
