import { resolve } from "node:path";
import { Command } from "commander";
import { readEdn } from "../checker/import/edn.ts";
import { jsonOf } from "../checker/import/edn-json.ts";
import { importHistory } from "../checker/import/import-history.ts";
import type { PairOptions } from "../checker/import/recorded-event.ts";
import { linearize } from "../checker/linearizable/linearize.ts";
import { MODELS, modelNamed } from "../checker/linearizable/models.ts";
import { DEFAULT_BUDGET } from "../checker/linearizable/search.ts";
import type { World } from "../cli.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
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
}

/** `gameday check-history FILE --model M`: is a recorded history linearizable? Exit 0 it is, 1 it is not, 2 unknown. */
export function checkHistoryCommand(world: World): Command {
  return new Command("check-history")
    .description(
      "decide whether recorded histories are linearizable (Jepsen logs, EDN, porcupine kv logs, history.ndjson)",
    )
    .argument("<files...>", "the histories, gzipped or not")
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
  const operations = importHistory(readHistoryFile(resolve(world.cwd, file), file), {
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
  const print = flags.json === true ? answerAsJson : answerInWords;
  world.stdout.write(`${print({ file, model, initial, verdict, result })}\n`);
  return verdict === true ? ExitCode.pass : verdict === false ? ExitCode.fail : ExitCode.unknown;
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

/** fail beats unknown beats pass. */
function worstOf(codes: readonly ExitCode[]): ExitCode {
  if (codes.includes(ExitCode.fail)) return ExitCode.fail;
  return codes.includes(ExitCode.unknown) ? ExitCode.unknown : ExitCode.pass;
}
