/**
 * Whether rows hold what was sent: the claim's option `holds` names fields of the operations' input that the ledger's value must
 * have unchanged (as numbers, where the option `numeric` says so); operations that lack one of them are not compared. Only for fields that no later write changes. About 100 bytes a logical id, and nothing without the option.
 */
import type { Claim } from "../checker.ts";
import { bitOf } from "../ledger/reads.ts";
import type { LedgerItem } from "../ledger.ts";
import { GamedayError } from "../std/errors.ts";
import { canonicalJson, isRecord, type Json } from "../std/json.ts";
import { type Normalize, numericOption } from "./numeric.ts";

/** One row that holds something else, by the reads that saw it so. */
export interface Altered {
  readonly reads: number;
  readonly says: string;
}

/** Attempts of one id that were sent different things: either may rightly be there. */
const AMBIGUOUS = "";

export class SentValues {
  readonly #fields: readonly string[];
  readonly #normalize: Normalize;
  readonly #sent = new Map<number, string>();
  readonly #altered = new Map<number, Altered>();
  /** Rows that could be compared. */
  compared = 0;

  constructor(claim: Claim) {
    this.#fields = fieldsOf(claim);
    this.#normalize = numericOption(claim);
  }

  get isAsked(): boolean {
    return this.#fields.length > 0;
  }

  /** What was sent for the id of that number. */
  sent(index: number, input: Json): void {
    if (!this.isAsked || !isRecord(input) || this.#fields.some((field) => input[field] === undefined)) return;
    const text = this.#pick(input);
    const before = this.#sent.get(index);
    this.#sent.set(index, before === undefined || before === text ? text : AMBIGUOUS);
  }

  found(index: number, { read, value }: LedgerItem): void {
    const sent = this.#sent.get(index);
    if (sent === undefined || sent === AMBIGUOUS || value === undefined || !isRecord(value)) return;
    this.compared += 1;
    const held = this.#pick(value);
    if (held === sent) return;
    const reads = (this.#altered.get(index)?.reads ?? 0) | bitOf(read);
    this.#altered.set(index, { reads, says: `sent ${sent}, the ledger holds ${held}` });
  }

  of(index: number): Altered | undefined {
    return this.#altered.get(index);
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
