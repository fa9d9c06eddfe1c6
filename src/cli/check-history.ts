import { resolve } from "node:path";
import { Command } from "commander";
import { readEdn } from "../checker/import/edn.ts";
import { jsonOf } from "../checker/import/edn-json.ts";
import { ORDERS } from "../checker/import/event-order.ts";
import { type HistoryOptions, type ImportReading, readHistory } from "../checker/import/import-history.ts";
import { DEFAULT_BUDGET } from "../checker/linearizable/budget.ts";
import { MODELS, modelNamed } from "../checker/linearizable/models.ts";
import { normalized } from "../checker/numeric.ts";
import { decide, readAs } from "../checker/readings.ts";
import type { World } from "../cli.ts";
import { numericJson } from "../std/decimal.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { keepYoungHeapSmall } from "../std/young-heap.ts";
import { answerAsJson, answerInWords } from "./check-history/answer.ts";
import { readHistoryFile } from "./check-history/file.ts";

interface Flags {
  readonly model: string;
  readonly json?: boolean;
  readonly budget: string;
  readonly initial?: string;
  readonly object?: string;
  readonly independent?: boolean;
  readonly failedCas?: string;
  readonly order?: string;
  readonly numeric?: boolean;
}

/**
 * `gameday check-history FILE --model M`: decides whether a recorded history is linearizable. Exit code 0: it is; 1: it is
 * not; 2: unknown.
 */
export function checkHistoryCommand(world: World): Command {
  return new Command("check-history")
    .description(
      "decide whether recorded histories are linearizable (Jepsen logs, EDN, JSON, porcupine kv logs, history.ndjson)",
    )
    .argument("<files...>", "the histories, gzipped or not")
    .requiredOption("-m, --model <model>", `what the object is: ${MODELS.map((model) => model.name).join(", ")}`)
    .option("--json", "print one JSON object for each file")
    .option("--budget <configurations>", "give up as unknown after this many", String(DEFAULT_BUDGET.configurations))
    .option("--initial <value>", "the value before the first operation, as EDN or JSON (default: nothing)")
    .option("--object <name>", "the object of a history.ndjson to check")
    .option("--independent", "values are [key value], as jepsen.independent writes them (default: as they appear)")
    .option("--no-independent", "values that are pairs are values")
    .option(
      "--failed-cas <meaning>",
      "a :fail of a cas: mismatch (the compare failed) or not-applied (default: either)",
    )
    .option(
      "--order <stamp>",
      "the order of events: index, time or lines (default: :index, else :time, else the lines)",
    )
    .option("--numeric", 'values that are numbers are compared as numbers: "19.90" is 19.9')
    .addHelpText("after", "\nExit codes: 0 linearizable, 1 not linearizable, 2 unknown, 3 a bad file or option.")
    .action((files: string[], flags: Flags) => {
      keepYoungHeapSmall();
      const check = files.length === 1 ? checkOne : checkOneOfMany;
      const codes = files.map((file) => check(world, file, flags));
      world.setExitCode(worstOf(codes));
    });
}

/** Checks one of several files. A file that cannot be read does not hide the answers about the others. */
function checkOneOfMany(world: World, file: string, flags: Flags): ExitCode {
  try {
    return notTooDeep(file, () => checkOne(world, file, flags));
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    world.stderr.write(`gameday: ${thrown.describe()}\n`);
    return thrown.exitCode;
  }
}

/**
 * Turns a stack overflow into an error about the file: the code that reads and compares values recurses at each level of
 * nesting, and no real history has thousands of levels.
 */
function notTooDeep<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const got = `one that is nested too deeply or too large (${cause.message})`;
    throw new GamedayError({ code: "history-unreadable", expected: "a history", got, place: { file }, cause });
  }
}

function checkOne(world: World, file: string, flags: Flags): ExitCode {
  const model = modelNamed(flags.model);
  const readings = readHistory(readHistoryFile(resolve(world.cwd, file), file), {
    file,
    model,
    ...failedCasOf(flags),
    ...orderOf(flags),
    ...(flags.independent === undefined ? {} : { independent: flags.independent }),
    ...(flags.object === undefined ? {} : { object: flags.object }),
  });
  const given = flags.initial === undefined ? undefined : initialOf(flags.initial);
  const initial = given !== undefined && flags.numeric === true ? numericJson(given) : given;
  const budget = { ...DEFAULT_BUDGET, configurations: budgetOf(flags.budget) };
  const options = { budget, ...(initial === undefined ? {} : { initial }) };
  const { result, reading } = decide(file, flags.numeric === true ? readings.map(asNumbers) : readings, model, options);
  const verdict = result.linearizable;
  const print = flags.json === true ? answerAsJson : answerInWords;
  world.stdout.write(`${print({ file, model, initial, result, readAs: readAs(reading, flags) })}\n`);
  return verdict === true ? ExitCode.pass : verdict === false ? ExitCode.fail : ExitCode.unknown;
}

function asNumbers(reading: ImportReading): ImportReading {
  return { ...reading, operations: reading.operations.map((operation) => normalized(operation, numericJson)) };
}

function budgetOf(text: string): number {
  const budget = Number(text.replaceAll("_", ""));
  if (Number.isSafeInteger(budget) && budget > 0) return budget;
  throw wrongOption("--budget", "a whole number of configurations above 0", text);
}

function orderOf({ order }: Flags): Pick<HistoryOptions, "order"> {
  if (order === undefined) return {};
  const found = ORDERS.find((known) => known === order);
  if (found !== undefined) return { order: found };
  throw wrongOption("--order", ORDERS.join(", "), order);
}

function failedCasOf({ failedCas }: Flags): Pick<HistoryOptions, "failedCas"> {
  if (failedCas === undefined) return {};
  if (failedCas === "mismatch" || failedCas === "not-applied") return { failedCas };
  throw wrongOption("--failed-cas", "mismatch or not-applied", failedCas);
}

/** Reads a value as JSON or else as EDN. Except for the ":" between keys and values, JSON is also valid EDN. */
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

/**
 * Returns the exit code for all files: fail takes precedence over a file that cannot be read, which takes precedence over
 * unknown and pass.
 */
function worstOf(codes: readonly ExitCode[]): ExitCode {
  if (codes.includes(ExitCode.fail)) return ExitCode.fail;
  const unread = codes.find((code) => code !== ExitCode.pass && code !== ExitCode.unknown);
  if (unread !== undefined) return unread;
  return codes.includes(ExitCode.unknown) ? ExitCode.unknown : ExitCode.pass;
}
