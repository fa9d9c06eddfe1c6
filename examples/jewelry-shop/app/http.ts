/** What a route gets and gives: plain values, so that a route can be called by a test without a socket. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Request {
  readonly method: string;
  readonly path: string;
  /** The parts of the path that the route names with a colon, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly cookies: Readonly<Record<string, string>>;
  /** The parsed body; null when there was none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  /** Whatever JSON can hold. */
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** "/products/:id" */
  readonly path: string;
  readonly handle: (request: Request) => Answer | Promise<Answer>;
}

export const ok = (body: object): Answer => ({ status: 200, body });

/** 201 for what was made by this call, 200 for a repeat of the same id: the same row either way. */
export function made(repeat: boolean, body: object): Answer {
  return { status: repeat ? 200 : 201, body };
}

/** "a=1; b=2" as a record; values are percent-decoded, unreadable ones left as they are. */
export function parseCookies(header: string | undefined): Record<string, string> {
  const cookies: Record<string, string> = {};
  for (const pair of header?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals > 0) cookies[pair.slice(0, equals).trim()] = decoded(pair.slice(equals + 1).trim());
  }
  return cookies;
}

/** Percent-decoded text; text that is not valid percent-encoding stays as it is. */
export function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not an error of the shop: whoever sent it gets a "not found"
  }
}
