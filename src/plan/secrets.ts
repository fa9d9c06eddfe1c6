/**
 * `${env:NAME}` in a plan stands for a secret from the environment. Its value never reaches evidence, reports, errors or
 * argv: everything written goes through `redact`.
 */
import { GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { isRecord } from "../std/json.ts";

/** Shorter values would also redact innocent text; a secret that short is none. */
const SECRET_LENGTH_MIN = 4;

export class Secrets {
  readonly #values = new Map<string, string>();

  /** True when the plan names none. */
  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** Replaces every `${env:NAME}` in all strings of a value; throws where the environment has no such name. */
  resolve(value: Json, environment: Readonly<Record<string, string | undefined>>, file: string): Json {
    if (typeof value === "string")
      return value.replaceAll(/\$\{env:([A-Za-z_]\w*)\}/g, (_, name: string) => this.#take(name, environment, file));
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, environment, file));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.resolve(inner, environment, file)]),
    );
  }

  /** The text with every known secret (also as JSON or percent-encoded text would carry it) replaced by its name. */
  redact(text: string): string {
    let clean = text;
    for (const [value, name] of this.#values) {
      for (const form of new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])) {
        clean = clean.replaceAll(form, `[secret ${name}]`);
      }
    }
    return clean;
  }

  /** The same error without a secret in any of its words; what is no GamedayError loses them from its stack. */
  redactError(thrown: unknown): unknown {
    if (this.isEmpty || !(thrown instanceof Error)) return thrown;
    if (!(thrown instanceof GamedayError)) {
      thrown.stack = this.redact(thrown.stack ?? thrown.message);
      return thrown;
    }
    const { code, exitCode, expected, got, hint, place } = thrown;
    return new GamedayError({
      code,
      exitCode,
      expected: this.redact(expected),
      got: this.redact(got),
      ...(hint !== undefined && { hint: this.redact(hint) }),
      ...(place !== undefined && { place }),
    });
  }

  #take(name: string, environment: Readonly<Record<string, string | undefined>>, file: string): string {
    const value = environment[name];
    if (value === undefined) {
      throw new GamedayError({
        code: "plan-secret-missing",
        expected: `the environment variable ${name}, which the plan names as \${env:${name}}`,
        got: "no such variable",
        hint: `export ${name}=... and run again`,
        place: { file },
      });
    }
    if (value.length >= SECRET_LENGTH_MIN) this.#values.set(value, name);
    return value;
  }
}
