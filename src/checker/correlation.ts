/**
 * How one logical write is found again in the ledger. The option `correlate` of a claim says where its ledger id is:
 *
 * - "id" (default): the ledger holds the operation's own id, which the client sent along;
 * - "input.FIELD": a field that the client supplied in the operation's input;
 * - "output.FIELD": an id that the app made and returned. A write without an answer then has no id, so rows that nobody
 *   was told of can only be counted: unexpected <= count(unknown).
 */
import type { Claim } from "../checker.ts";
import type { Operation } from "../history.ts";
import { GamedayError } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

export interface Correlation {
  /** false: unanswered writes have no ledger id ("output.FIELD"). */
  readonly clientSide: boolean;
  /** Why a write may have no id, as the end of a sentence. */
  readonly lack: string;
  /** The id under which the write must be in the ledger; undefined where there is none. */
  idOf(operation: Operation): string | undefined;
}

/** Reads the claim's option; throws GamedayError when it is not one of the three forms. */
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
  lack: "the script gave record() no id, so nothing that it sent bears the one in the history",
  idOf: ({ id, idWasMade }) => (idWasMade === true ? undefined : id),
};

function lackOf(side: string, field: string): string {
  return `the ${side} that the script records has no "${field}", or a number there that JSON rounds`;
}

/** A number beyond 2^53 is not the one that was meant, and may be another write's. */
function fieldOf(value: Json, field: string): string | undefined {
  const inner = isRecord(value) ? value[field] : undefined;
  if (inner === undefined || inner === null) return undefined;
  if (typeof inner === "number" && Number.isInteger(inner) && !Number.isSafeInteger(inner)) return undefined;
  return String(inner);
}
