import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import type { InterruptSignal, World } from "../cli.ts";
import { openEvidence } from "../evidence/reader.ts";
import { requireScripts, type ScriptFacts } from "../load/script/inspect.ts";
import { checkTargets } from "../run/plan-check/targets.ts";
import { checkSurroundings } from "../run/plan-check.ts";
import { platformKind } from "../run/platforms.ts";
import { ExitCode } from "../std/errors.ts";
import { judgeFully } from "../verdict/judge.ts";
import { scriptsOf } from "./check/script.ts";
import { keepLogs } from "./kept-logs.ts";
import { outputFlagsOf } from "./output-flags.ts";
import { type PlanFile, readPlanFile, requireNone, surroundingsOf } from "./plan-file.ts";
import { discreet } from "./redact.ts";
import { playGameDay } from "./run/game-day.ts";
import { type Expected, examine, type TryLine } from "./try/examine.ts";
import { tryPlan } from "./try/plan.ts";

/** `gameday try PLAN`: plays everything in a plan once, without faults, and reports each mistake. It leaves nothing behind. */
export function tryCommand(world: World): Command {
  return new Command("try")
    .description("run everything in a plan once, without faults, so that every mistake shows within half a minute")
    .argument("<plan>", "the plan, a YAML file")
    .option("--out <folder>", "keep the evidence and the logs there (default: nothing is kept)")
    .addHelpText("after", HELP)
    .action(async (file: string, flags: { out?: string }) => {
      const planFile = readPlanFile(world, file);
      try {
        const found = await requireScripts(scriptsOf(planFile.plan));
        requireNone(checkSurroundings(planFile, surroundingsOf(world, planFile, found)));
        requireTargets(planFile);
        world.setExitCode(await tryOnce(discreet(world, planFile.secrets), planFile, found, flags.out));
      } catch (thrown) {
        throw planFile.secrets.redactError(thrown);
      }
    });
}

const HELP = `
It boots the platform, sends some beats of each probe and one iteration of each scenario, reads each ledger, cleans up and goes down.
Exit codes: 0 everything worked, 1 something did not, 2 it was ended early, 3 wrong plan, 4 the platform did not start.`;

/** Requires that the targets of all experiments exist, where the platform's parts are known beforehand. */
function requireTargets(planFile: PlanFile): void {
  const { plan, file } = planFile;
  const topology = platformKind(plan.platform.kind).plannedTopology(plan.platform);
  if (topology.length === 0) return;
  requireNone(checkTargets(planFile, topology, { seed: plan.seed ?? "any", planFolder: dirname(file) }).problems);
}

async function tryOnce(
  world: World,
  planFile: PlanFile,
  found: readonly ScriptFacts[],
  kept: string | undefined,
): Promise<number> {
  using interrupts = new Interrupts(world);
  const folder = kept === undefined ? mkdtempSync(join(tmpdir(), "gameday-try-")) : resolve(world.cwd, kept);
  const out = kept === undefined ? join(folder, "run") : folder;
  world.stdout.write(`trying ${planFile.plan.name}: the platform boots, which may take half a minute\n`);
  let isKept = kept !== undefined;
  try {
    const stdout = { isTTY: false, columns: 80, write: () => undefined };
    const quiet: World = { ...world, stdout, onInterrupt: (callback) => interrupts.pass(callback) };
    const tried = { ...planFile, plan: tryPlan(planFile.plan) };
    const flags = { out, outputs: outputFlagsOf({}), upWithinMs: UP_MS_MAX };
    const exitCode = await playGameDay(quiet, tried, flags);
    if (exitCode === ExitCode.notReady && !isKept) {
      isKept = true;
      keepLogs(world, folder, join(out, "logs"));
    }
    if (exitCode === ExitCode.notReady || exitCode === ExitCode.bug) return exitCode;
    return report(world, out, expectedOf(planFile, found));
  } finally {
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

/** How long a platform that is up already may take to be healthy; the lab's own boot declares more. */
const UP_MS_MAX = 10_000;

/**
 * Keeps an interrupt that comes before the run listens, and passes it on when it does: otherwise it would end the process while the
 * folder of the try exists.
 */
class Interrupts {
  readonly #world: World;
  readonly #listener: Disposable;
  #early: InterruptSignal | null = null;

  constructor(world: World) {
    this.#world = world;
    this.#listener = world.onInterrupt((signal) => {
      this.#early ??= signal;
    });
  }

  pass(callback: (signal: InterruptSignal) => void): Disposable {
    const early = this.#early;
    if (early !== null) queueMicrotask(() => callback(early));
    return this.#world.onInterrupt(callback);
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
  }
}

/** Probes inside a cut are left out: they run only while a fault is in force. */
function expectedOf({ plan }: PlanFile, found: readonly ScriptFacts[]): Expected {
  const scripts = scriptsOf(plan);
  const probes = found.flatMap((facts, index) => (scripts[index]?.file === plan.probes?.file ? facts.probes : []));
  return {
    scenarios: found.flatMap(({ scenario }) => scenario ?? []),
    probes: [...new Set(probes.map((probe) => probe.class))],
  };
}

/** Prints what the evidence shows, and returns the exit code. */
function report(world: World, folder: string, expected: Expected): number {
  const evidence = openEvidence(folder);
  const lines = examine(evidence, judgeFully(evidence).facts, expected);
  const isWhole = evidence.timeline.some(
    (event) => event.type === "phase" && event.phase === "statistics" && event.edge === "end",
  );
  if (!isWhole) {
    world.stderr.write("gameday: the try was ended early, so it has no result\n");
    return ExitCode.unknown;
  }
  world.stdout.write(renderTry(lines));
  return lines.some(({ state }) => state === "wrong") ? ExitCode.fail : ExitCode.pass;
}

const MARK = { ok: "ok     ", wrong: "WRONG  ", open: "open   " } as const;

/** Returns the text for people; what is wrong is repeated in a last line that counts it. */
export function renderTry(lines: readonly TryLine[]): string {
  const wrong = lines.filter(({ state }) => state === "wrong").length;
  const end = wrong === 0 ? "everything in the plan works" : `${wrong} of ${lines.length} do not work`;
  return `${lines.map(({ state, what, seen }) => `${MARK[state]}${what}: ${seen}\n`).join("")}${end}\n`;
}
