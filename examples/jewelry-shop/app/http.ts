/** The request and answer of a route. Both are plain values, so that a test can call a route without a socket. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Request {
  readonly method: string;
  readonly path: string;
  /** The decoded parts of the path that the route names with a colon. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly cookies: Readonly<Record<string, string>>;
  /** The parsed body; null when there was none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  /** Any object that JSON can represent. */
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** For example "/products/:id". */
  readonly path: string;
  readonly handle: (request: Request) => Answer | Promise<Answer>;
}

export const ok = (body: object): Answer => ({ status: 200, body });

/** Returns 201 when this call created the row, and 200 when it repeats the same id. The row is the same in both cases. */
export function made(repeat: boolean, body: object): Answer {
  return { status: repeat ? 200 : 201, body };
}

/** Parses "a=1; b=2" into a record. Values are percent-decoded; a value that cannot be decoded is left as it is. */
export function parseCookies(header: string | undefined): Record<string, string> {
  const cookies: Record<string, string> = {};
  for (const pair of header?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals > 0) cookies[pair.slice(0, equals).trim()] = decoded(pair.slice(equals + 1).trim());
  }
  return cookies;
}

/** Returns the percent-decoded text. Text that is not valid percent-encoding stays as it is. */
export function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // This is not an error of the shop: the client gets a "not found".
  }
}
