import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { openEvidence } from "../evidence/reader.ts";
import { requestsOf } from "../fault/choice.ts";
import { requireScripts, type ScriptFacts } from "../load/script/inspect.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { judgeFully } from "../verdict/judge.ts";
import { planErrors } from "./check/plan.ts";
import { scriptsOf } from "./check/script.ts";
import { outputFlagsOf } from "./output-flags.ts";
import { type PlanFile, readPlanFile } from "./plan-file.ts";
import { platformKind } from "./platforms.ts";
import { discreet } from "./redact.ts";
import { playGameDay } from "./run/game-day.ts";
import { type Expected, examine, type TryLine } from "./try/examine.ts";
import { tryPlan } from "./try/plan.ts";

/** `gameday try PLAN`: plays everything in a plan once, without faults, and reports each mistake. It leaves nothing behind. */
export function tryCommand(world: World): Command {
  return new Command("try")
    .description("play everything in a plan once, without faults: every mistake shows in half a minute")
    .argument("<plan>", "the plan, a YAML file")
    .option("--out <folder>", "keep the evidence and the logs there (default: nothing is kept)")
    .addHelpText("after", HELP)
    .action(async (file: string, flags: { out?: string }) => {
      const planFile = readPlanFile(world, file);
      try {
        const found = await requireScripts(scriptsOf(planFile.plan));
        const [wrong] = [...planErrors(world, planFile, found), ...targetErrors(planFile)];
        if (wrong !== undefined) throw wrong;
        world.setExitCode(await tryOnce(discreet(world, planFile.secrets), planFile, found, flags.out));
      } catch (thrown) {
        throw planFile.secrets.redactError(thrown);
      }
    });
}

const HELP = `
It boots the platform, sends some beats of each probe and one iteration of each scenario, reads each ledger, cleans up and goes down.
Exit codes: 0 everything worked, 1 something did not, 2 it was ended early, 3 wrong plan, 4 the platform did not start.`;

/** Returns the errors of experiments whose targets do not exist, where the platform's parts are known beforehand. */
function targetErrors({ plan, placeOf, file }: PlanFile): GamedayError[] {
  const topology = platformKind(plan.platform.kind).plannedTopology(plan.platform);
  if (topology.length === 0) return [];
  const choosing = { seed: plan.seed ?? "any", planFolder: dirname(file) };
  return plan.experiments.flatMap((experiment, index) => {
    try {
      requestsOf(experiment, choosing, topology);
      return [];
    } catch (thrown) {
      if (!(thrown instanceof GamedayError)) throw thrown;
      return [thrown.at(placeOf(["experiments", index])).withExitCode(ExitCode.usage)];
    }
  });
}

async function tryOnce(
  world: World,
  planFile: PlanFile,
  found: readonly ScriptFacts[],
  kept: string | undefined,
): Promise<number> {
  const folder = kept === undefined ? mkdtempSync(join(tmpdir(), "gameday-try-")) : resolve(world.cwd, kept);
  const out = kept === undefined ? join(folder, "run") : folder;
  world.stdout.write(`trying ${planFile.plan.name}: the platform boots, which may take half a minute\n`);
  try {
    const quiet = { ...world, stdout: { isTTY: false, columns: 80, write: () => undefined } };
    const tried = { ...planFile, plan: tryPlan(planFile.plan) };
    const exitCode = await playGameDay(quiet, tried, { out, outputs: outputFlagsOf({}) });
    if (exitCode === ExitCode.notReady || exitCode === ExitCode.bug) return exitCode;
    return report(world, out, expectedOf(planFile, found));
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
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
  world.stdout.write(renderTry(lines));
  const isWhole = evidence.timeline.some(
    (event) => event.type === "phase" && event.phase === "statistics" && event.edge === "end",
  );
  if (!isWhole) world.stderr.write("gameday: the try was ended early; what is missing above was not tried\n");
  if (!isWhole) return ExitCode.unknown;
  return lines.some(({ state }) => state === "wrong") ? ExitCode.fail : ExitCode.pass;
}

const MARK = { ok: "ok     ", wrong: "WRONG  ", open: "open   " } as const;

/** Returns the text for people; what is wrong is repeated in a last line that counts it. */
export function renderTry(lines: readonly TryLine[]): string {
  const wrong = lines.filter(({ state }) => state === "wrong").length;
  const end = wrong === 0 ? "everything in the plan works" : `${wrong} of ${lines.length} do not work`;
  return `${lines.map(({ state, what, seen }) => `${MARK[state]}${what}: ${seen}\n`).join("")}${end}\n`;
}
