/**
 * The capability `command`: the plan's own argv, run on this machine, for anything that Gameday does not know how to break. It
 * never runs a shell, and always runs in the plan's folder. It inherits this process's environment because it may need the
 * credentials there. `{target}`, `{role}` and `{node}` in a word are replaced by those of the target, `{change}` by the name of
 * the change.
 */
import type { Capability, Change, TargetReferenceWithNode, Witness } from "../platform.ts";
import type { Clock } from "../std/clock.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { type ExecResult, tryExec } from "../std/exec.ts";

type Parameters = Change["parameters"];
export const PARTS = ["check", "inject", "verify", "heal"] as const;
type Part = (typeof PARTS)[number];

const DEADLINE_MS_DEFAULT = 30_000;
const OUTPUT_CHARACTERS_MAX = 300;

export function commandCapability(clock: Pick<Clock, "nowMs">): Capability {
  const must = async (part: Part, change: Change, signal: AbortSignal) => {
    const result = await runPart(part, change, signal);
    if (result !== null && result.code !== 0) throw failed(part, result);
  };
  const sees = async (part: Part, change: Change, says: string, signal: AbortSignal): Promise<Witness | null> => {
    const result = await runPart(part, change, signal);
    if (result === null || result.code !== 0) return null;
    return { atMs: clock.nowMs(), says: firstLine(result.stdout) || says, source: result.argv.join(" ") };
  };
  return {
    prior: async (target, parameters, signal) => {
      const result = await runPart("check", { target, parameters, id: "" }, signal);
      if (result !== null && result.code !== 0) throw failed("check", result);
      return result === null ? null : firstLine(result.stdout);
    },
    apply: (change, signal) => must("inject", change, signal),
    bitten: (change, signal) => sees("verify", change, "exit 0: it is broken", signal),
    revert: (change, signal) => must("heal", change, signal),
    healed: (change, signal) => healed(change, clock, signal),
  };
}

/**
 * Decides whether the target has healed: `check` decides; without a `check`, the target has healed once `verify` no longer sees
 * it broken.
 */
async function healed(change: Change, clock: Pick<Clock, "nowMs">, signal: AbortSignal): Promise<Witness | null> {
  const checked = await runPart("check", change, signal);
  const result = checked ?? (await runPart("verify", change, signal));
  const well = result !== null && (checked === null ? result.code !== 0 && result.code !== null : result.code === 0);
  if (result === null || !well) return null;
  const says = checked === null ? `exit ${result.code}: no longer broken` : firstLine(result.stdout) || "exit 0: well";
  return { atMs: clock.nowMs(), says, source: result.argv.join(" ") };
}

/** The change that a command belongs to; its id is empty before there is one. */
type Ordered = Pick<Change, "target" | "parameters" | "id">;

/** Returns null when the plan gives no such command. */
async function runPart(
  part: Part,
  { target, parameters, id }: Ordered,
  signal: AbortSignal,
): Promise<ExecResult | null> {
  const argv = commandOf(part, target, parameters, id);
  if (argv.length === 0) return null;
  const deadlineMs = Number(parameters["deadlineMs"] ?? DEADLINE_MS_DEFAULT);
  return await tryExec(argv, { signal, deadlineMs, ...folderOf(parameters), outputBytesMax: 64 << 10 });
}

/**
 * Returns the plan's own folder, which is kept with the change because it may be healed from any working directory. Journals of
 * older versions have none.
 */
function folderOf({ folder }: Parameters): { cwd: string } | undefined {
  return typeof folder === "string" ? { cwd: folder } : undefined;
}

/** Returns the argv of one part for one target, with placeholders replaced; empty when the plan gives none. */
export function commandOf(part: Part, target: TargetReferenceWithNode, parameters: Parameters, id: string): string[] {
  const given = parameters[part];
  const words = Array.isArray(given) ? given.map(String) : [];
  const { role, node } = target;
  const values: Readonly<Record<string, string>> = { target: target.id, role, node, change: id };
  return words.map((word) => word.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").trim().slice(0, OUTPUT_CHARACTERS_MAX);
}

function failed(part: Part, result: ExecResult): GamedayError {
  const output = result.tail.trim().slice(-OUTPUT_CHARACTERS_MAX);
  return new GamedayError({
    code: "fault-command-failed",
    expected: `the fault's ${part} command "${result.argv.join(" ")}" to exit 0`,
    got: `${result.signal ?? `exit ${result.code}`}${output === "" ? "" : `: ${output}`}`,
    exitCode: ExitCode.notReady,
  });
}
