import { dirname, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { faultNamed } from "../fault/catalogue.ts";
import { type Choosing, requestsOf } from "../fault/choice.ts";
import type { ChangeRequest } from "../fault.ts";
import { formatDuration } from "../plan/duration.ts";
import { estimate } from "../plan/estimate.ts";
import { describeLoad } from "../plan/load-estimate.ts";
import type { Secrets } from "../plan/secrets.ts";
import type { ExperimentPlan, Plan } from "../plan.ts";
import { commandOf, PARTS } from "../platform/command.ts";
import type { PlatformKind } from "../platform/kind.ts";
import type { CheckedLine, Target } from "../platform.ts";
import { groupsOf, requireFit } from "../run/together.ts";
import { ExitCode, GamedayError, type Place } from "../std/errors.ts";
import { warnOfHold } from "./check/hold-warning.ts";
import { unmentioned } from "./check/mentions.ts";
import { planErrors } from "./check/plan.ts";
import { checkScripts, scriptsOf } from "./check/script.ts";
import { type PlanFile, readPlanFile } from "./plan-file.ts";
import { needsOf } from "./plan-needs.ts";
import { platformKind } from "./platforms.ts";
import { discreet } from "./redact.ts";

/** `gameday check PLAN` or `gameday check SCRIPT`: finds everything that can be wrong, and changes nothing. */
export function checkCommand(world: World): Command {
  return new Command("check")
    .description("validate a plan with its scripts and print what a run would do, or check scripts; touches nothing")
    .argument("<plan or scripts...>", "the plan, a YAML file; or scenario modules (TypeScript or JavaScript)")
    .option("--seed <seed>", "resolve targets as a run with this seed would")
    .action(async (files: string[], flags: { seed?: string }) => {
      const scripts = files.filter((file) => SCRIPT.test(file));
      const plans = files.filter((file) => !SCRIPT.test(file));
      let sound = await checkScripts(
        world,
        scripts.map((file) => ({ file: resolve(world.cwd, file), kind: "either" })),
      );
      for (const file of plans) sound = (await checkPlan(world, file, flags.seed)) && sound;
      if (!sound) world.setExitCode(ExitCode.usage);
    });
}

/** Also matches files that people mistake for a script: a locustfile, a component. */
const SCRIPT = /\.([mc]?[jt]sx?|py)$/;

async function checkPlan(given: World, file: string, seed: string | undefined): Promise<boolean> {
  const planFile = readPlanFile(given, file);
  try {
    return await describeChecked(discreet(given, planFile.secrets), planFile, seed);
  } catch (thrown) {
    throw planFile.secrets.redactError(thrown);
  }
}

async function describeChecked(world: World, planFile: PlanFile, seed: string | undefined): Promise<boolean> {
  const { plan, placeOf, secrets } = planFile;
  const kind = platformKind(plan.platform.kind);
  const surveyed = await surveyPlatform(plan, kind);
  const seen = surveyed?.topology ?? [];
  const topology = seen.length > 0 ? seen : kind.plannedTopology(plan.platform);
  const choosing = { seed: seed ?? plan.seed ?? "any", planFolder: dirname(planFile.file) };
  const experiments = plan.experiments.map((experiment, index) =>
    placed(placeOf(["experiments", index]), () =>
      describeExperiment(plan, experiment, { kind, topology, ...choosing }),
    ),
  );
  checkGroups(plan, topology, choosing, (index) => placeOf(["experiments", index]));
  const described = [
    ...describePlan(plan, world.now()),
    ...describeSecrets(secrets),
    ...(surveyed?.lines ?? []).map(describeLine),
    ...experiments.flat(),
    ...describeCommands(plan, kind),
  ];
  world.stdout.write(`${described.join("\n")}\n`);
  const scripts = await checkScripts(world, scriptsOf(plan), (found) => {
    for (const line of unmentioned(plan, found)) world.stdout.write(`warning: ${line}\n`);
    return planErrors(world, planFile, found);
  });
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
    `duration: about ${formatDuration(Math.round(durationMs / 1000) * 1000)}; started now it ends at ${end} UTC`,
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
      `warning: the value of \${env:${name}} is short or a plain word or number: it is cut out of texts only where it stands as a password; if it is no secret, write \${var:${name}}`,
  );
}

interface Surroundings extends Choosing {
  readonly kind: PlatformKind;
  /** The actual targets if the platform could be queried; otherwise the planned ones. */
  readonly topology: readonly Target[];
}

function describeExperiment(plan: Plan, experiment: ExperimentPlan, surroundings: Surroundings): string[] {
  const { kind, topology } = surroundings;
  const fault = faultNamed(experiment.fault);
  const lacking: string[] = fault.needs.filter((need) => !kind.capabilities.includes(need));
  if (experiment.insideProbes !== undefined && kind.inside !== true) lacking.push("insideProbes");
  if (lacking.length > 0) throw cannot(experiment, kind, lacking);
  const requests = resolved(() => requestsOf(experiment, surroundings, topology));
  const hits = requests.map(({ capability, target, parameters: { peers } }) => {
    const towards = Array.isArray(peers) && peers.length > 0 ? ` (only with ${peers.join(", ")})` : "";
    return `${capability} ${target.id}${towards}`;
  });
  const held = formatDuration(experiment.holdMs);
  return [
    `experiment "${experiment.name}"${companyOf(plan, experiment)}: ${experiment.fault}, held ${held}: ${hits.join(", ")}`,
    ...requests.flatMap(commands),
    ...warnOfHold(experiment, requests, topology, kind.noticedAfter?.(plan.platform) ?? {}),
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

/** Checks that the experiments of a group fit together on the targets that are known before the platform is up. */
function checkGroups(
  plan: Plan,
  topology: readonly Target[],
  choosing: Choosing,
  placeAt: (index: number) => Place,
): void {
  if (topology.length === 0) return;
  for (const group of groupsOf(plan.experiments).filter(({ length }) => length > 1)) {
    const [first] = group;
    const index = first === undefined ? 0 : plan.experiments.indexOf(first);
    placed(placeAt(index), () => resolved(() => requireFit(group, topology, choosing)));
  }
}

/** Adds the place of an experiment to its error. */
function placed<T>(place: Place, describe: () => T): T {
  try {
    return describe();
  } catch (thrown) {
    throw thrown instanceof GamedayError ? thrown.at(place) : thrown;
  }
}

/** Turns a selector that matches nothing into an error in the plan, because the platform is not up yet. */
function resolved<T>(choose: () => T): T {
  try {
    return choose();
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    throw thrown.withExitCode(ExitCode.usage);
  }
}

function describeCommands(plan: Plan, kind: PlatformKind): string[] {
  const commands = kind.plannedCommands(plan.platform);
  if (commands.length === 0) return ["commands: none"];
  return ["commands that a run starts:", ...commands.map((argv) => `  ${argv.join(" ")}`)];
}

function cannot(experiment: ExperimentPlan, kind: PlatformKind, lacking: readonly string[]): GamedayError {
  return new GamedayError({
    code: "fault-not-supported",
    expected: `a platform that can do what "${experiment.fault}" needs`,
    got: `"${kind.name}", which cannot: ${lacking.join(", ")}`,
    hint: "`gameday faults` lists which faults each platform supports",
    exitCode: ExitCode.usage,
  });
}
