import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { readEdn } from "../checker/import/edn.ts";
import { jsonOf } from "../checker/import/edn-json.ts";
import { importHistory } from "../checker/import/import-history.ts";
import type { PairOptions } from "../checker/import/recorded-event.ts";
import { type Linearization, linearize, type Refutation } from "../checker/linearizable/linearize.ts";
import { MODELS, modelNamed } from "../checker/linearizable/models.ts";
import { DEFAULT_BUDGET } from "../checker/linearizable/search.ts";
import { explain } from "../checker/linearizable.ts";
import type { World } from "../cli.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import type { Json } from "../std/json.ts";

/** A larger file would not fit into one string of the engine's. */
const FILE_BYTES_MAX = 256 << 20;
const WITNESSES_MAX = 3;

interface Flags {
  readonly model: string;
  readonly json?: boolean;
  readonly budget: string;
  readonly initial?: string;
  readonly object?: string;
  readonly independent?: boolean;
  readonly failedCas?: string;
}

/** `gameday check-history FILE --model M`: is a recorded history linearizable? Exit 0 it is, 1 it is not, 2 unknown. */
export function checkHistoryCommand(world: World): Command {
  return new Command("check-history")
    .description(
      "decide whether recorded histories are linearizable (Jepsen logs, EDN, porcupine kv logs, history.ndjson)",
    )
    .argument("<files...>", "the histories")
    .requiredOption("-m, --model <model>", `what the object is: ${MODELS.map((model) => model.name).join(", ")}`)
    .option("--json", "print one JSON object a file")
    .option("--budget <configurations>", "give up as unknown after so many", String(DEFAULT_BUDGET.configurations))
    .option("--initial <value>", "the value before the first operation, as EDN or JSON (default: nothing)")
    .option("--object <name>", "of a history.ndjson, the object to check")
    .option("--independent", "values are [key value], as jepsen.independent writes them")
    .option(
      "--failed-cas <meaning>",
      "a :fail of a cas: mismatch (the compare failed) or not-applied (default by format)",
    )
    .addHelpText("after", "\nExit codes: 0 linearizable, 1 not linearizable, 2 unknown, 3 a bad file or option.")
    .action((files: string[], flags: Flags) => {
      const codes = files.map((file) => checkOne(world, file, flags));
      world.setExitCode(worstOf(codes));
    });
}

function checkOne(world: World, file: string, flags: Flags): ExitCode {
  const model = modelNamed(flags.model);
  const operations = importHistory(readHistory(world, file), {
    file,
    model,
    independent: flags.independent ?? false,
    ...failedCasOf(flags),
    ...(flags.object === undefined ? {} : { object: flags.object }),
  });
  const initial = flags.initial === undefined ? undefined : initialOf(flags.initial);
  const budget = { ...DEFAULT_BUDGET, configurations: budgetOf(flags.budget) };
  const result = linearize(operations, model, { budget, ...(initial === undefined ? {} : { initial }) });
  const verdict = operations.length === 0 ? "unknown" : result.linearizable;
  const print = flags.json === true ? printJson : printText;
  world.stdout.write(`${print(file, model.name, verdict, result)}\n`);
  return verdict === true ? ExitCode.pass : verdict === false ? ExitCode.fail : ExitCode.unknown;
}

function readHistory(world: World, file: string): string {
  const path = resolve(world.cwd, file);
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) throw unreadable(file, `one of ${size} bytes`);
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw thrown instanceof GamedayError ? thrown : unreadable(file, messageOf(thrown), thrown);
  }
}

function unreadable(file: string, got: string, cause?: unknown): GamedayError {
  const expected = `a readable history of at most ${FILE_BYTES_MAX} bytes`;
  return new GamedayError({ code: "history-unreadable", expected, got, place: { file }, cause });
}

function budgetOf(text: string): number {
  const budget = Number(text.replaceAll("_", ""));
  if (Number.isSafeInteger(budget) && budget > 0) return budget;
  throw wrongOption("--budget", "a whole number of configurations above 0", text);
}

function failedCasOf({ failedCas }: Flags): { failedCas?: PairOptions["failedCas"] } {
  if (failedCas === undefined) return {};
  if (failedCas === "mismatch" || failedCas === "not-applied") return { failedCas };
  throw wrongOption("--failed-cas", "mismatch or not-applied", failedCas);
}

/** JSON needs no reader of its own: but for ":" between keys and values, which EDN has not, it is EDN. */
function initialOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const [form] = readEdn(text, "--initial");
    if (form === undefined) throw wrongOption("--initial", "a value", JSON.stringify(text));
    return jsonOf(form);
  }
}

function wrongOption(option: string, expected: string, got: string): GamedayError {
  return new GamedayError({ code: "option-bad-value", expected: `${option} to be ${expected}`, got: `"${got}"` });
}

function printText(file: string, model: string, verdict: boolean | "unknown", result: Linearization): string {
  const because =
    result.operations === 0
      ? "there is no operation in it"
      : verdict === "unknown"
        ? "the budget ran out; try a larger --budget"
        : `${result.operations} operations, ${result.parts} parts, ${result.configurations} configurations`;
  const lines = [`linearizable: ${verdict}`, `  ${file} as ${model}: ${because}`];
  for (const refutation of result.refutations.slice(0, WITNESSES_MAX)) {
    if (verdict === "unknown")
      lines.push(`  undecided: ${refutation.part || "the whole"}, at ${refutation.operation.id}`);
    else lines.push(`  ${refutation.operation.id}: ${explain(refutation)}`, ...before(refutation));
  }
  return lines.join("\n");
}

function before({ last }: Refutation): string[] {
  if (last.length === 0) return [];
  const steps = last.map(({ operation, says }) => `${says} (${operation.id})`);
  return [`    the longest order that fits ends with: ${steps.join("; ")}`];
}

function printJson(file: string, model: string, verdict: boolean | "unknown", result: Linearization): string {
  const { operations, parts, configurations } = result;
  const witnesses = result.refutations.slice(0, WITNESSES_MAX).map((refutation) => ({
    part: refutation.part,
    operation: refutation.operation.id,
    process: refutation.operation.process,
    did: refutation.says,
    says: explain(refutation),
    states: refutation.states,
    before: refutation.last.map(({ operation, says }) => ({ operation: operation.id, did: says })),
  }));
  return JSON.stringify({ file, model, linearizable: verdict, operations, parts, configurations, witnesses });
}

/** fail beats unknown beats pass. */
function worstOf(codes: readonly ExitCode[]): ExitCode {
  if (codes.includes(ExitCode.fail)) return ExitCode.fail;
  return codes.includes(ExitCode.unknown) ? ExitCode.unknown : ExitCode.pass;
}
