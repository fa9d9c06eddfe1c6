/**
 * linearizable: the object behaves as if operations happened one at a time, each between its call and its answer.
 *
 * Feeds: operations of the model's kinds, where `key` names the part (a register, a queue ...); the files in linearizable/
 * describe each model's input and output. Ledger items { id: key, value } of complete reads count as one more read of that key by
 * the authority (models register, cas-register, counter, kv, list-append and multi-register); for operations without a key the id
 * does not matter. Options: `model` (default "register"), `initial` (the value before the run), `configurations` (the budget),
 * `numeric` (values are compared as numbers, see numeric.ts).
 *
 * Figures: acknowledged, unknown, parts, configurations, refuted (parts without a legal order), undecided. Complexity:
 * exponential in the worst case, hence the budget. Nearly sequential parts take O(operations * overlap), and histories of certain
 * shapes take O(n log n). Memory: the operations themselves, and at most 512 MiB of configurations and states. Sources:
 * linearizable/search.ts, register-zones.ts, queue-order.ts, set-growth.ts.
 */
import type { Check, Checker, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import { LedgerReads } from "../ledger/reads.ts";
import type { LedgerEnd, LedgerItem, LedgerLine } from "../ledger.ts";
import { GamedayError } from "../std/errors.ts";
import { canonicalJson, type Json } from "../std/json.ts";
import { type Budget, DEFAULT_BUDGET } from "./linearizable/budget.ts";
import { coreOf } from "./linearizable/contradiction.ts";
import { checkHistory, type HistoryVerdict } from "./linearizable/evidence.ts";
import type { Linearization } from "./linearizable/linearize.ts";
import type { Model } from "./linearizable/model.ts";
import { modelNamed } from "./linearizable/models.ts";
import type { Refutation } from "./linearizable/part.ts";
import { type Normalize, normalized, numericOption } from "./numeric.ts";
import { badOption, numberOption } from "./option.ts";

/** The kind of operation that reads one key, for the models that have one. */
const READS: Readonly<Record<string, string>> = {
  register: "read",
  "cas-register": "read",
  counter: "read",
  kv: "get",
  "list-append": "read",
  "multi-register": "read",
};

export const linearizable: Checker = {
  name: "linearizable",
  claim: "operations happen one at a time, each between its call and its answer",
  options: ["model", "initial", "configurations", "numeric"],
  begin: (claim) => new LinearizableCheck(claim),
};

class LinearizableCheck implements Check {
  readonly #claim: Claim;
  readonly #model: Model;
  readonly #budget: Budget;
  readonly #initial: { readonly initial?: Json };
  readonly #normalize: Normalize;
  readonly #operations: Operation[] = [];
  readonly #items: LedgerItem[] = [];
  readonly #ends = new Map<number, LedgerEnd>();
  readonly #reads = new LedgerReads();
  #acknowledged = 0;
  /** The first operation that does not belong to the model: its effect is missing from the history. */
  #misfit: FindingWitness | undefined;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#model = modelNamed(String(claim.options["model"] ?? "register"));
    const configurations = numberOption(claim, "configurations", DEFAULT_BUDGET.configurations);
    this.#budget = { ...DEFAULT_BUDGET, configurations };
    this.#normalize = numericOption(claim);
    const { initial, numeric = false } = claim.options;
    this.#initial = initial === undefined ? {} : { initial: this.#normalize(initial) };
    if (numeric !== false && this.#model.name === "kv")
      throw badOption(claim, "numeric", "false for model kv", numeric);
    this.#model.machine([], "", this.#initial.initial);
  }

  operation(operation: Operation): void {
    if (operation.object !== this.#claim.object) return;
    try {
      const own = normalized(operation, this.#normalize);
      const { changes } = this.#model.accept(own);
      if (changes && own.outcome.type === "ok") this.#acknowledged += 1;
      this.#operations.push(own);
    } catch (thrown) {
      if (!(thrown instanceof GamedayError)) throw thrown;
      this.#misfit ??= { says: thrown.message, id: operation.id, atMs: operation.invokedAtMs };
    }
  }

  ledger(line: LedgerLine): void {
    if (line.object !== this.#claim.object) return;
    if (line.line === "end") {
      this.#ends.set(line.read, line);
      this.#reads.end(line);
      return;
    }
    this.#reads.item(line);
    if (line.value !== undefined && READS[this.#model.name] !== undefined) this.#items.push(line);
  }

  finish(): Finding {
    const finalReads = this.#finalReads();
    const result = checkHistory([...this.#operations, ...finalReads], this.#model, {
      budget: this.#budget,
      ...this.#initial,
    });
    const unknown = this.#operations.filter(({ outcome }) => outcome.type === "unknown").length;
    return {
      checker: linearizable.name,
      object: this.#claim.object,
      ...(this.#misfit === undefined ? judge(result) : misfit(this.#misfit.says)),
      witnesses: this.#misfit === undefined ? this.#witnesses(result) : [this.#misfit],
      figures: {
        acknowledged: this.#acknowledged,
        unknown,
        parts: result.parts,
        configurations: result.configurations,
        refuted: result.linearizable === false ? result.refutations.length : 0,
        undecided: result.undecided,
      },
    };
  }

  /** Returns the witnesses. The first refutation is explained by the few answers that contradict each other. */
  #witnesses({ linearizable: isLinearizable, refutations }: Linearization): FindingWitness[] {
    return refutations.slice(0, WITNESSES_MAX).map((refutation, at) => {
      const explains = at === 0 && isLinearizable === false;
      return witnessOf(refutation, explains ? coreOf(refutation, this.#model, this.#initial) : []);
    });
  }

  #finalReads(): Operation[] {
    const complete = this.#reads.complete();
    const keyed = this.#operations.some(({ key }) => key !== undefined);
    return this.#items
      .filter(({ read }) => complete.includes(read))
      .map((item) => finalRead(item, this.#ends.get(item.read), READS[this.#model.name] ?? "read", keyed))
      .map((read) => normalized(read, this.#normalize));
  }
}

function finalRead(item: LedgerItem, end: LedgerEnd | undefined, kind: string, keyed: boolean): Operation {
  const invokedAtMs = end?.startedAtMs ?? 0;
  return {
    id: `ledger/${item.read}/${item.id}`,
    process: end?.source ?? "ledger",
    object: item.object,
    kind,
    ...(keyed ? { key: item.id } : {}),
    input: null,
    attempt: 1,
    outcome: { type: "ok", output: item.value ?? null },
    intendedAtMs: invokedAtMs,
    invokedAtMs,
    completedAtMs: end?.completedAtMs ?? invokedAtMs,
  };
}

/**
 * Returns "unknown" for a history with a misfit: without an operation's effect, any later answer may look wrong, so nothing is
 * refuted either.
 */
function misfit(complaint: string): Pick<Finding, "status" | "because"> {
  return { status: "unknown", because: `An operation does not fit the model: ${complaint}.` };
}

function judge(result: HistoryVerdict): Pick<Finding, "status" | "because"> {
  const { linearizable, refutations, parts, undecided, gap } = result;
  const [first] = refutations;
  if (linearizable === false) {
    const why = first === undefined ? "" : `; ${explain(first)}`;
    const rest = undecided === 0 ? "" : ` (${undecided} others were not decided)`;
    return { status: "fail", because: `${refutations.length} of ${parts} parts have no legal order${rest}${why}.` };
  }
  if (gap !== null) return { status: "unknown", because: gap };
  if (linearizable === "unknown") return { status: "unknown", because: spentOf(result) };
  return {
    status: "pass",
    because: `All ${result.operations} operations on ${parts} parts fit an order that respects real time.`,
  };
}

/** Returns why the answer is unknown if the search gave up. */
export function spentOf({ spent, configurations, undecided, parts }: Linearization): string {
  const what = spent === "memory" ? "The memory budget ran out" : "The budget ran out";
  return `${what} after ${configurations} configurations, with ${undecided} of ${parts} parts undecided.`;
}

/** Returns one sentence without its full stop: what was answered, and which states were possible instead. */
export function explain({ operation, says, states, because }: Refutation): string {
  const where = operation.key === undefined ? "" : ` of ${operation.key}`;
  const fits = `${shorten(says)}${where} by ${operation.process} fits no order`;
  if (because !== undefined) return `${fits}: ${shorten(because)}`;
  const could = states.length === 0 ? "nothing" : states.map((state) => shorten(state) || '""').join(" or ");
  return `${fits}: the state could only be ${could}`;
}

function witnessOf(refutation: Refutation, core: readonly Operation[]): FindingWitness {
  const { operation, last, part } = refutation;
  return {
    says: explain(refutation),
    id: operation.id,
    ...(operation.completedAtMs === null ? {} : { atMs: operation.completedAtMs }),
    detail: {
      part,
      calledAtMs: operation.invokedAtMs,
      before: last.map((each) => `${each.operation.process}: ${shorten(each.says)}`),
      ...(core.length === 0 ? {} : { contradiction: core.slice(0, CORE_SHOWN_MAX).map((each) => told(each)) }),
    },
  };
}

/** Describes an operation: "w0/u1: write 5 -> null, called at 120 ms, answered at 130 ms". */
function told({ process, kind, input, outcome, invokedAtMs, completedAtMs }: Operation): string {
  const answer =
    outcome.type === "ok" && outcome.output !== null ? ` -> ${shorten(canonicalJson(outcome.output))}` : "";
  const asked = input === null ? "" : ` ${shorten(canonicalJson(input))}`;
  return `${process}: ${kind}${asked}${answer}, called at ${invokedAtMs} ms, answered at ${completedAtMs} ms`;
}

/** The most answers of a contradiction that are shown; more would explain nothing to a person. */
const CORE_SHOWN_MAX = 12;
const TEXT_MAX = 200;

export function shorten(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX / 2)} ... ${text.slice(-TEXT_MAX / 2)}`;
}
