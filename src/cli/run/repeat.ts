/**
 * `gameday run PLAN --repeat N`: runs one game day after another, each with a folder and a seed of its own, then sums them up.
 */
import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { World } from "../../cli.ts";
import { renderRepetition, sumUp } from "../../compare/repeat.ts";
import { runName } from "../../run/name.ts";
import { ExitCode } from "../../std/errors.ts";
import { seededRandom } from "../../std/random.ts";
import type { Verdict } from "../../verdict.ts";
import { writeToNamed } from "../output.ts";
import type { PlanFile } from "../plan-file.ts";
import { type GameDayFlags, playGameDay } from "./game-day.ts";

export const REPEAT_FILE = "repeat.json";

/** A function that plays one game day, as `playGameDay` does. */
type Play = (world: World, planFile: PlanFile, flags: GameDayFlags) => Promise<number>;

/** Exit codes from the least to the worst: residue is worse than any finding. */
const WORSE: readonly number[] = [
  ExitCode.pass,
  ExitCode.unknown,
  ExitCode.usage,
  ExitCode.notReady,
  ExitCode.fail,
  ExitCode.bug,
  ExitCode.residue,
];
/** The exit codes after which the next run begins. After any other, it would begin on a platform in an unexpected state. */
const GOES_ON: readonly number[] = [ExitCode.pass, ExitCode.fail, ExitCode.unknown];

export function worstExit(codes: readonly number[]): number {
  return codes.reduce((worst, code) => (WORSE.indexOf(code) > WORSE.indexOf(worst) ? code : worst), ExitCode.pass);
}

/**
 * Returns the seed of the k-th run, counted from 1: the first run has the given seed, the others have numbers derived from it.
 */
export function seedOf(first: string, run: number): string {
  return run === 1 ? first : String(seededRandom(first).fork(`repeat ${run}`).int(1_000_000_000));
}

/** Plays up to `runs` game days and returns the worst exit code. Ctrl-C ends the current one, and no other begins. */
export async function repeatGameDays(
  world: World,
  planFile: PlanFile,
  flags: GameDayFlags & { readonly runs: number },
  play: Play = playGameDay,
): Promise<number> {
  const seed = flags.seed ?? planFile.plan.seed ?? String(randomInt(1_000_000));
  const name = `${runName(planFile.plan.name, world.now(), seed)}-repeat`;
  const folder = resolve(world.cwd, flags.out ?? join("runs", name));
  const folders = Array.from({ length: flags.runs }, (_, index) =>
    join(folder, String(index + 1).padStart(String(flags.runs).length, "0")),
  );
  try {
    return worstExit(await playAll(world, planFile, { ...flags, folders, seed }, play));
  } finally {
    tell(world, folder, folders);
  }
}

interface Series extends GameDayFlags {
  readonly folders: readonly string[];
  readonly seed: string;
}

async function playAll(world: World, planFile: PlanFile, { folders, seed, outputs }: Series, play: Play) {
  let interrupted = false;
  using _interrupt = world.onInterrupt(() => {
    interrupted = true;
  });
  const codes: number[] = [];
  for (const [index, out] of folders.entries()) {
    if (interrupted) break;

    world.stdout.write(`\nrun ${index + 1} of ${folders.length}\n`);
    const code = await play(world, planFile, {
      out,
      seed: seedOf(seed, index + 1),
      ...(outputs === undefined ? {} : { outputs }),
    });
    codes.push(code);
    if (!GOES_ON.includes(code)) break;
  }
  return codes;
}

/** Sums up the runs that were judged, whatever ended the repetition. */
function tell(world: World, folder: string, folders: readonly string[]): void {
  const files = folders.map((run) => join(run, "verdict.json")).filter((file) => existsSync(file));
  if (files.length === 0) return;
  const verdicts = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Verdict);
  const repetition = sumUp(verdicts, folders.length);
  writeToNamed(world, folder, new Map([[REPEAT_FILE, `${JSON.stringify(repetition, null, 2)}\n`]]));
  world.stdout.write(`\n${renderRepetition(repetition)}${relative(world.cwd, join(folder, REPEAT_FILE))}\n`);
}
