/** An answer other than success, thrown from anywhere below a route. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "HttpError";
    this.status = status;
    this.code = code;
  }

  body(): object {
    return { error: this.code, message: this.message };
  }
}

/** The request is wrong, and certainly nothing was applied. */
export function refused(code: string, message: string, status = 422): HttpError {
  return new HttpError(status, code, message);
}

/**
 * A store did not answer, or not in a way that can be relied upon. Always a 503: for a write it does not say whether it
 * was applied.
 */
export class Unavailable extends HttpError {
  constructor(code: string, message: string, cause?: unknown) {
    super(503, code, message, cause);
    this.name = "Unavailable";
  }
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** For `catch`: PostgreSQL found no row for a foreign key, so the request names something that is not there. */
export function unknownThing(error: unknown): never {
  const { code } = error as { code?: unknown };
  if (code === "23503") throw refused("no-such-thing", "no such customer or product");
  throw error;
}
