/**
 * How one logical write is found in the ledger. The option `correlate` of a claim defines where a write's ledger id comes from:
 *
 * - "id" (default): the ledger holds the operation's own id, which the client sent along;
 * - "input.FIELD": a field that the client supplied in the operation's input;
 * - "output.FIELD": an id that the app generated and returned. A write without an answer then has no id, so rows that were never
 *   reported to a client can only be counted: unexpected <= count(unknown).
 */
import type { Claim } from "../checker.ts";
import type { Operation } from "../history.ts";
import { GamedayError } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

export interface Correlation {
  /** false if unanswered writes have no ledger id ("output.FIELD"). */
  readonly clientSide: boolean;
  /** Why a write may have no id, as the end of a sentence. */
  readonly lack: string;
  /** Returns the id that the write must have in the ledger; undefined if it has none. */
  idOf(operation: Operation): string | undefined;
}

/** Parses the claim's option. Throws GamedayError when it has none of the three forms. */
export function correlationOf(claim: Claim): Correlation {
  const option = claim.options["correlate"] ?? "id";
  if (option === "id") return BY_ID;
  const [, side, field] = /^(input|output)\.(.+)$/.exec(String(option)) ?? [];
  if (side === "input" && field !== undefined) {
    return { clientSide: true, lack: lackOf(side, field), idOf: ({ input }) => fieldOf(input, field) };
  }
  if (side === "output" && field !== undefined) {
    return {
      clientSide: false,
      lack: lackOf(side, field),
      idOf: ({ outcome }) => (outcome.type === "ok" ? fieldOf(outcome.output, field) : undefined),
    };
  }
  throw new GamedayError({
    code: "claim-bad-option",
    expected: `correlate of "${claim.object}" to be id, input.FIELD or output.FIELD`,
    got: JSON.stringify(option),
  });
}

const BY_ID: Correlation = {
  clientSide: true,
  lack: "the script gave record() no id, so nothing that it sent carries the id of the history",
  idOf: ({ id, idWasMade }) => (idWasMade === true ? undefined : id),
};

function lackOf(side: string, field: string): string {
  return `the ${side} that the script records has no "${field}", or a number there that JSON rounds`;
}

/**
 * Returns the field as an id. An integer beyond 2^53 was rounded by JSON and may be the id of another write, so it is not an id.
 */
function fieldOf(value: Json, field: string): string | undefined {
  const inner = isRecord(value) ? value[field] : undefined;
  if (inner === undefined || inner === null) return undefined;
  if (typeof inner === "number" && Number.isInteger(inner) && !Number.isSafeInteger(inner)) return undefined;
  return String(inner);
}
