/** Renders what `gameday check-history` reports about one history, in words and as JSON. Pure. */

import { coreOf, drawn } from "../../checker/linearizable/contradiction.ts";
import type { HistoryVerdict } from "../../checker/linearizable/evidence.ts";
import type { Model } from "../../checker/linearizable/model.ts";
import type { Refutation } from "../../checker/linearizable/part.ts";
import { explain, shorten } from "../../checker/linearizable.ts";
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";

const WITNESSES_MAX = 3;
/** The most contradicting answers that are shown: more would not help a person. The JSON contains all of them. */
const CORE_SHOWN_MAX = 12;

export interface HistoryAnswer {
  readonly file: string;
  readonly model: Model;
  readonly initial: Json | undefined;
  readonly result: HistoryVerdict;
  /** What was inferred because the history does not state it, as clauses. */
  readonly readAs: readonly string[];
}

export function answerInWords(answer: HistoryAnswer): string {
  const { file, model, result, readAs } = answer;
  const verdict = result.linearizable;
  const lines = [`linearizable: ${verdict}`, `  ${file} as ${model.name}: ${because(answer)}`];
  if (readAs.length > 0) lines.push(`  read so that ${readAs.join(", and ")}`);
  for (const [at, refutation] of result.refutations.slice(0, WITNESSES_MAX).entries()) {
    const { part, operation } = refutation;
    if (verdict === "unknown") lines.push(`  undecided: ${part || "the whole"}, at ${operation.id}`);
    else {
      lines.push(`  ${operation.id}: ${explain(refutation)}`);
      if (at === 0) lines.push(...contradiction(refutation, answer));
      lines.push(...before(refutation));
    }
  }
  return lines.join("\n");
}

function because({ result }: HistoryAnswer): string {
  return (
    unknownBecause(result) ??
    `${result.operations} operations, ${result.parts} parts, ${result.configurations} configurations`
  );
}

/** Returns why the answer is unknown, without a full stop; undefined if it is not unknown. */
function unknownBecause({ operations, linearizable, gap, spent }: HistoryVerdict): string | undefined {
  if (linearizable !== "unknown") return undefined;
  if (operations === 0) return "it contains no operation";
  if (gap !== null) return `${gap.charAt(0).toLowerCase()}${gap.slice(1, -1)}`;
  if (spent === "memory") return "the states of this history do not fit into the memory budget";
  return "the budget ran out; try a larger --budget";
}

/** Returns the few answers that no order explains, each with a bar from its call to its answer. */
function contradiction(refutation: Refutation, { model, initial }: HistoryAnswer): string[] {
  const core = coreOf(refutation, model, initial === undefined ? {} : { initial });
  if (core.length === 0) return [];
  const bars = drawn(core);
  const head =
    core.length === 1
      ? "this answer has no explanation, whatever the other operations did:"
      : `these ${core.length} answers contradict each other, whatever the other operations did:`;
  const rows = core.slice(0, CORE_SHOWN_MAX).map((operation, at) => {
    const says = shorten(didOf(operation, refutation.part, model));
    return `      ${bars[at]} ${operation.id}: ${says} by ${operation.process}`;
  });
  const more = core.length > CORE_SHOWN_MAX ? [`      and ${core.length - CORE_SHOWN_MAX} more (--json has all)`] : [];
  return [`    ${head}`, ...rows, ...more];
}

function before({ last }: Refutation): string[] {
  if (last.length === 0) return [];
  const steps = last.map(({ operation, says }) => `${shorten(says)} (${operation.id})`);
  return [`    the longest order that fits ends with: ${steps.join("; ")}`];
}

export function answerAsJson(answer: HistoryAnswer): string {
  const { file, model, result, initial, readAs } = answer;
  const { operations, parts, configurations, linearizable } = result;
  const because = unknownBecause(result);
  const witnesses = result.refutations.slice(0, WITNESSES_MAX).map((refutation, at) => ({
    part: refutation.part,
    operation: refutation.operation.id,
    process: refutation.operation.process,
    did: refutation.says,
    says: explain(refutation),
    states: refutation.states,
    before: refutation.last.map(({ operation, says }) => ({ operation: operation.id, did: says })),
    ...(at === 0 && linearizable === false ? { contradiction: contradictionAsJson(refutation, model, initial) } : {}),
  }));
  return JSON.stringify({
    file,
    model: model.name,
    linearizable,
    ...(because === undefined ? {} : { because }),
    operations,
    parts,
    configurations,
    witnesses,
    ...(readAs.length > 0 && { readAs }),
  });
}

function contradictionAsJson(refutation: Refutation, model: Model, initial: Json | undefined) {
  return coreOf(refutation, model, initial === undefined ? {} : { initial }).map((operation) => ({
    operation: operation.id,
    process: operation.process,
    did: didOf(operation, refutation.part, model),
    called: operation.invokedAtMs,
    answered: operation.completedAtMs,
  }));
}

function didOf(operation: Operation, part: string, model: Model): string {
  return model.machine([operation], part, undefined).says(0);
}
