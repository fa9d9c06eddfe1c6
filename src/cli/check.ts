import { dirname, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import type { ChangeRequest } from "../fault.ts";
import { formatDuration } from "../plan/duration.ts";
import { estimate } from "../plan/estimate.ts";
import { describeLoad } from "../plan/load-estimate.ts";
import type { Secrets } from "../plan/secrets.ts";
import type { ExperimentPlan, Plan } from "../plan.ts";
import { commandOf, PARTS } from "../platform/command.ts";
import type { PlatformKind } from "../platform/kind.ts";
import type { CheckedLine, Target } from "../platform.ts";
import { warnOfHold } from "../run/plan-check/hold-warning.ts";
import { unmentioned } from "../run/plan-check/mentions.ts";
import { checkTargets, type PlannedExperiment } from "../run/plan-check/targets.ts";
import { checkSurroundings } from "../run/plan-check.ts";
import { platformKind } from "../run/platforms.ts";
import { ExitCode } from "../std/errors.ts";
import { checkScripts, printErrors, type ReportError, scriptsOf } from "./check/script.ts";
import { errorsOf, openPlanFile, type PlanFile, surroundingsOf } from "./plan-file.ts";
import { needsOf } from "./plan-needs.ts";
import { discreet } from "./redact.ts";

/** `gameday check PLAN` or `gameday check SCRIPT`: finds everything that can be wrong, and changes nothing. */
export function checkCommand(world: World): Command {
  return new Command("check")
    .description("validate a plan with its scripts and print what a run would do, or check scripts; changes nothing")
    .argument("<plan or scripts...>", "the plan, a YAML file; or scenario modules (TypeScript or JavaScript)")
    .option("--seed <seed>", "resolve targets as a run with this seed would")
    .action(async (files: string[], flags: { seed?: string }) => {
      const scripts = files.filter((file) => SCRIPT.test(file));
      const plans = files.filter((file) => !SCRIPT.test(file));
      let sound = await checkScripts(
        world,
        scripts.map((file) => ({ file: resolve(world.cwd, file), kind: "either" })),
      );
      for (const file of plans) sound = (await checkPlanFile(world, file, flags.seed)) && sound;
      if (!sound) world.setExitCode(ExitCode.usage);
    });
}

/** Also matches files that people mistake for a script: a locustfile, a component. */
const SCRIPT = /\.([mc]?[jt]sx?|py)$/;

/** Checks a plan, prints what a run would do and what is wrong, and returns whether nothing is wrong. */
export async function checkPlanFile(
  given: World,
  file: string,
  seed: string | undefined,
  report?: ReportError,
): Promise<boolean> {
  const { planFile, problems } = openPlanFile(given, file);
  if (planFile === null || problems.length > 0) return printErrors(given, errorsOf(problems), report);
  try {
    return await describeChecked(discreet(given, planFile.secrets), planFile, seed, report);
  } catch (thrown) {
    throw planFile.secrets.redactError(thrown);
  }
}

/** Returns false if there is any problem; a plan that is sound as far as its text shows is described first. */
async function describeChecked(
  world: World,
  planFile: PlanFile,
  seed: string | undefined,
  report?: ReportError,
): Promise<boolean> {
  const { plan, secrets } = planFile;
  const kind = platformKind(plan.platform.kind);
  const surveyed = await surveyPlatform(plan, kind);
  const seen = surveyed?.topology ?? [];
  const topology = seen.length > 0 ? seen : kind.plannedTopology(plan.platform);
  const choosing = { seed: seed ?? plan.seed ?? "any", planFolder: dirname(planFile.file) };
  const { experiments, problems } = checkTargets(planFile, topology, choosing);
  if (problems.length > 0) return printErrors(world, errorsOf(problems), report);
  const described = [
    ...describePlan(plan, world.now()),
    ...describeSecrets(secrets),
    ...(surveyed?.lines ?? []).map(describeLine),
    ...experiments.flatMap((planned) => describeExperiment(plan, planned, topology)),
    ...describeCommands(plan, kind),
  ];
  world.stdout.write(`${described.join("\n")}\n`);
  const further = (found: Parameters<typeof surroundingsOf>[2]) => {
    for (const line of unmentioned(plan, found)) world.stdout.write(`warning: ${line}\n`);
    return errorsOf(checkSurroundings(planFile, surroundingsOf(world, planFile, found)));
  };
  const scripts = await checkScripts(world, scriptsOf(plan), further, report);
  if (surveyed?.lines.some(({ ok }) => !ok)) world.setExitCode(ExitCode.notReady);
  return scripts;
}

/** The deadline for surveying a platform; long enough for a cluster that answers slowly. */
const SURVEY_MS_MAX = 60_000;

/** Surveys the platform; returns null if the run itself creates it, or if there is nothing to query. */
async function surveyPlatform(plan: Plan, kind: PlatformKind): Promise<Survey | null> {
  const needs = needsOf(plan);
  return (await kind.survey?.(plan.platform, needs, AbortSignal.timeout(SURVEY_MS_MAX))) ?? null;
}

type Survey = Awaited<ReturnType<NonNullable<PlatformKind["survey"]>>>;

function describeLine({ name, ok, expected, seen }: CheckedLine): string {
  return ok ? `ok       ${name}: ${seen}` : `NOT OK   ${name}: expected ${expected}, got ${seen}`;
}

function describePlan(plan: Plan, now: Date): string[] {
  const { durationMs, loadMs } = estimate(plan);
  const end = new Date(now.getTime() + durationMs).toISOString().slice(0, 19);
  return [
    `plan "${plan.name}" is valid`,
    `platform: ${plan.platform.kind}`,
    `duration: about ${formatDuration(Math.round(durationMs / 1000) * 1000)}; if started now, it ends at ${end} UTC`,
    `load: ${describeLoad(plan.load, loadMs)}`,
    ...describeRates(plan),
    `objectives: ${plan.objectives.length}; thresholds: ${Object.values(plan.load.thresholds).flat().length}; claims: ${plan.claims.length}; experiments: ${plan.experiments.length}`,
  ];
}

/** Describes the rates that the plan sets; those of the module are printed with its classes. */
function describeRates({ probes }: Plan): string[] {
  if (probes?.rate === undefined) return [];
  const rates = typeof probes.rate === "number" ? { "each class": probes.rate } : probes.rate;
  return [
    `probes: ${Object.entries(rates)
      .map(([name, rate]) => `${name} ${rate} beats a second`)
      .join(", ")}`,
  ];
}

/** Warns of weak secrets: a value that occurs in many texts is redacted only in the position of a password. */
function describeSecrets(secrets: Secrets): string[] {
  return secrets.weak.map(
    (name) =>
      `warning: the value of \${env:${name}} is short, a plain word or a number, so it is removed from texts only where it stands as a password; if it is not a secret, write \${var:${name}}`,
  );
}

function describeExperiment(
  plan: Plan,
  { experiment, requests }: PlannedExperiment,
  topology: readonly Target[],
): string[] {
  const hits = requests.map(({ capability, target, parameters }) => {
    const peers = "peers" in parameters ? parameters.peers : [];
    const towards = peers.length > 0 ? ` (only with ${peers.join(", ")})` : "";
    return `${capability} ${target.id}${towards}`;
  });
  const held = formatDuration(experiment.holdMs);
  const noticed = platformKind(plan.platform.kind).noticedAfter?.(plan.platform) ?? {};
  return [
    `experiment "${experiment.name}"${companyOf(plan, experiment)}: ${experiment.fault}, held ${held}: ${hits.join(", ")}`,
    ...requests.flatMap(commands),
    ...warnOfHold({ experiment, requests }, topology, noticed).map((says) => `  warning: ${says}`),
  ];
}

/** Returns, in words, the experiments that are injected at the same moment. */
function companyOf(plan: Plan, { name, together }: ExperimentPlan): string {
  const others = plan.experiments.filter(
    (one) => together !== undefined && one.together === together && one.name !== name,
  );
  return others.length === 0 ? "" : ` (together with ${others.map((one) => `"${one.name}"`).join(", ")})`;
}

/** Returns the commands that a fault of the plan's own would run. */
function commands({ capability, target, parameters }: ChangeRequest): string[] {
  if (capability !== "command") return [];
  return PARTS.flatMap((part) => {
    const argv = commandOf(part, target, parameters, "CHANGE");
    return argv.length === 0 ? [] : [`  ${part}: ${argv.join(" ")}`];
  });
}

function describeCommands(plan: Plan, kind: PlatformKind): string[] {
  const commands = kind.plannedCommands(plan.platform);
  if (commands.length === 0) return ["commands: none"];
  return ["commands that a run starts:", ...commands.map((argv) => `  ${argv.join(" ")}`)];
}
