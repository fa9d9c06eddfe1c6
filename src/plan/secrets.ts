/**
 * `${env:NAME}` in a plan stands for a secret from the environment. Its value never reaches evidence, reports, errors or argv:
 * everything that is written goes through `redact`. A value that is not secret is written as `${var:NAME}` (variables.ts).
 */
import { GamedayError, type Place } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { isRecord } from "../std/json.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type PlaceOf = (path: readonly PropertyKey[]) => Place;

/**
 * The pattern of a weak value, which occurs in many harmless texts: short, a plain word ("postgres", "runs"), a small number
 * ("5432"), or without a letter or digit ("/"). Redacting it everywhere would make texts unreadable and evidence wrong, and
 * would hide nothing.
 */
const WEAK = /^(.{0,3}|[A-Z]?[a-z]{0,11}|[A-Z]{0,12}|\d{0,7}|[\W_]*)$/su;
const NAMED = /\$\{env:([A-Za-z_]\w*)\}/g;
/** The pattern of the positions in which even a weak value is a secret. */
const AS_PASSWORD = String.raw`(?<=:\/\/[^\s/@]*:|\b(?:pass|password|passwd|pwd|secret|token|key)["']?\s*[:=]\s*["']?)`;

export class Secrets {
  readonly #values = new Map<string, string>();
  /** Texts of the plan that contain no secret. */
  readonly #clear = new Set<string>();
  /** Texts of the plan that contain a secret, with the form in which each may be shown. */
  readonly #wholes = new Map<string, string>();
  readonly #kept = new Set<string>();
  #pattern: RegExp | null = null;

  /** True if the plan contains no secret. */
  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** The names of the secrets whose values are redacted only in the position of a password. */
  get weak(): string[] {
    return [...this.#values].filter(([value]) => WEAK.test(value)).map(([, name]) => name);
  }

  /** Replaces every `${env:NAME}` in all strings of a value; throws, with its place, if the environment has no such variable. */
  resolve(value: Json, environment: Environment, placeOf: PlaceOf, path: readonly PropertyKey[] = []): Json {
    if (typeof value === "string") return this.#resolveText(value, environment, () => placeOf(path));
    if (Array.isArray(value))
      return value.map((item, index) => this.resolve(item, environment, placeOf, [...path, index]));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.resolve(inner, environment, placeOf, [...path, key])]),
    );
  }

  #resolveText(text: string, environment: Environment, place: () => Place): string {
    const resolved = text.replaceAll(NAMED, (_, name: string) => this.#take(name, environment, place()));
    if (resolved === text) this.#clear.add(text);
    else
      this.#wholes.set(
        resolved,
        text.replaceAll(NAMED, (_, name: string) => redaction(name)),
      );
    return resolved;
  }

  /**
   * Returns the plan as it may be recorded. A text that was given with a secret is redacted as a whole, however weak the value
   * is, unless the plan also contains the same text without a secret.
   */
  redactPlan<T>(plan: T): T {
    if (typeof plan === "string") {
      const whole = this.#clear.has(plan) ? undefined : this.#wholes.get(plan);
      return (whole ?? this.redact(plan)) as T;
    }
    if (Array.isArray(plan)) return plan.map((each) => this.redactPlan(each)) as T;
    if (!isRecord(plan)) return plan;
    return Object.fromEntries(Object.entries(plan).map(([key, each]) => [key, this.redactPlan(each)])) as T;
  }

  /** Exempts exactly this text from redaction: a path that is printed so that it can be opened. */
  keep(text: string): void {
    if (text !== "") this.#kept.add(text);
    this.#pattern = null;
  }

  /** Returns the text with every known secret (also as it appears in JSON or percent-encoded text) replaced by its name. */
  redact(text: string): string {
    if (this.isEmpty) return text;
    this.#pattern ??= this.#compile();
    return text.replaceAll(this.#pattern, (found) => (this.#kept.has(found) ? found : redaction(this.#nameOf(found))));
  }

  /**
   * Returns the same error without a secret in any of its texts; any other error than a GamedayError is redacted in its stack.
   */
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

  /** Compiles one pattern with the longest forms first, so that one pass suffices and replaced text is not searched again. */
  #compile(): RegExp {
    const searched = [...this.#values.keys()].flatMap((value) =>
      formsOf(value).map((form) => ({ form, isWeak: WEAK.test(value) })),
    );
    const all = [...searched, ...[...this.#kept].map((form) => ({ form, isWeak: false }))];
    all.sort((a, b) => b.form.length - a.form.length);
    const source = all.map(({ form, isWeak }) => {
      const escaped = form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
      return isWeak ? `${AS_PASSWORD}${escaped}(?![\\w])` : escaped;
    });
    return new RegExp(source.join("|") || "(?!)", "g");
  }

  #nameOf(found: string): string {
    for (const [value, name] of this.#values) if (formsOf(value).includes(found)) return name;
    return "?";
  }

  #take(name: string, environment: Environment, place: Place): string {
    const value = environment[name];
    if (value === undefined) {
      throw new GamedayError({
        code: "plan-secret-missing",
        expected: `the environment variable ${name}, which the plan names as \${env:${name}}`,
        got: "no such variable",
        hint: `export ${name}=... and run again`,
        place,
      });
    }
    if (value !== "") this.#values.set(value, name);
    this.#pattern = null;
    return value;
  }
}

function formsOf(value: string): string[] {
  return [...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])];
}

const MARK = "[secret ";

function redaction(name: string): string {
  return `${MARK}${name}]`;
}

/** Returns whether a secret was removed from a text. */
export function isRedacted(text: string): boolean {
  return text.includes(MARK);
}
