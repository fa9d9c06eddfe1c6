/**
 * Checks whether rows hold what was sent. The claim's option `holds` names fields of the operations' input that the ledger's
 * value must contain unchanged (compared as numbers where the option `numeric` applies). Operations that lack one of the fields
 * are not compared. The option suits only fields that no later write changes. In a ledger that shows the fields of some rows, a row
 * with another value (null, a text) holds something else, and a row without a value says nothing. It takes about 100 bytes per
 * logical id, and nothing if it is absent.
 */
import type { Claim } from "../checker.ts";
import { bitOf } from "../ledger/reads.ts";
import type { LedgerItem } from "../ledger.ts";
import { GamedayError } from "../std/errors.ts";
import { canonicalJson, isRecord, type Json } from "../std/json.ts";
import { type Normalize, numericOption } from "./numeric.ts";

/** One row with a different value; `reads` is the bit mask of the reads that showed it. */
export interface Altered {
  readonly reads: number;
  readonly says: string;
}

const HELD_SHOWN_MAX = 200;

/** Marks an id whose attempts sent different values: any of them may rightly be in the ledger. */
const AMBIGUOUS = "";

export class SentValues {
  readonly #fields: readonly string[];
  readonly #normalize: Normalize;
  readonly #sent = new Map<number, string>();
  readonly #altered = new Map<number, Altered>();
  /** Rows whose value is no object, and for each row without a value the reads that showed none. */
  readonly #shapeless = new Map<number, Altered>();
  readonly #silent = new Map<number, number>();
  /** Number of rows that could be compared. */
  compared = 0;

  constructor(claim: Claim) {
    this.#fields = fieldsOf(claim);
    this.#normalize = numericOption(claim);
  }

  get isAsked(): boolean {
    return this.#fields.length > 0;
  }

  /** Records what was sent for the id with that number. */
  sent(index: number, input: Json): void {
    if (!this.isAsked || !isRecord(input) || this.#fields.some((field) => input[field] === undefined)) return;
    const text = this.#pick(input);
    const before = this.#sent.get(index);
    this.#sent.set(index, before === undefined || before === text ? text : AMBIGUOUS);
  }

  found(index: number, { read, value }: LedgerItem): void {
    const sent = this.#sent.get(index);
    if (sent === undefined || sent === AMBIGUOUS) return;
    if (value === undefined) {
      this.#silent.set(index, (this.#silent.get(index) ?? 0) | bitOf(read));
      return;
    }
    if (isRecord(value)) this.compared += 1;
    const held = isRecord(value) ? this.#pick(value) : canonicalJson(value);
    if (held === sent) return;
    const found = isRecord(value) ? this.#altered : this.#shapeless;
    const reads = (found.get(index)?.reads ?? 0) | bitOf(read);
    found.set(index, { reads, says: `sent ${sent}, the ledger holds ${held.slice(0, HELD_SHOWN_MAX)}` });
  }

  of(index: number): Altered | undefined {
    return this.#altered.get(index) ?? (this.compared > 0 ? this.#shapeless.get(index) : undefined);
  }

  /** Returns how many rows have no value in these reads, a bit mask. */
  silentIn(reads: number): number {
    return [...this.#silent.values()].filter((mask) => (mask & reads) !== 0).length;
  }

  #pick(value: { readonly [key: string]: Json }): string {
    return canonicalJson(
      this.#normalize(Object.fromEntries(this.#fields.map((field) => [field, value[field] ?? null]))),
    );
  }
}

function fieldsOf(claim: Claim): readonly string[] {
  const { holds } = claim.options;
  if (holds === undefined) return [];
  const fields = Array.isArray(holds) ? holds : [];
  if (fields.length > 0 && fields.every((field) => typeof field === "string")) return fields.map(String);
  throw new GamedayError({
    code: "claim-bad-option",
    expected: `holds of "${claim.object}" to be a list of fields of the input`,
    got: JSON.stringify(holds),
  });
}
