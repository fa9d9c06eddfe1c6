/** An answer other than success. It can be thrown from anywhere below a route. */
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

/** Returns the error for an invalid request, of which certainly nothing was applied. */
export function refused(code: string, message: string, status = 422): HttpError {
  return new HttpError(status, code, message);
}

/**
 * A store did not answer, or its answer cannot be relied upon. This is always a 503; for a write it leaves open whether the write
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

/**
 * Handles a rejection in `catch`: when PostgreSQL found no row for a foreign key, the request names something that does not
 * exist.
 */
export function unknownThing(error: unknown): never {
  const { code } = error as { code?: unknown };
  if (code === "23503") throw refused("no-such-thing", "no such customer or product");
  throw error;
}
