import { dirname, resolve } from "node:path";
import type { z } from "zod";
import type { BlastRadius, ClaimPlan, ExperimentPlan, Plan } from "../plan.ts";
import { GamedayError, type Place } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";
import { suggestion } from "../std/suggest.ts";
import { resolveCleanUp, resolveLedgers, resolveSource } from "./ledger.ts";
import { resolveLoad } from "./load.ts";
import { complain, placeAt, type Source } from "./place.ts";
import { scalingTimes } from "./scaling-times.ts";
import { type PlanDocument, planSchema } from "./schema.ts";
import { Secrets } from "./secrets.ts";
import { fillVariables } from "./variables.ts";
import { plainValue, readYaml } from "./yaml.ts";

export interface ParseOptions {
  /** The name of the file, for error messages. */
  readonly file: string;
  /** The folder that the plan's paths are relative to; the default is the file's folder. */
  readonly folder?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The schema of the platform section for each kind that can be run. */
  readonly platforms: Readonly<Record<string, z.ZodType>>;
}

export interface ParsedPlan {
  readonly plan: Plan;
  readonly secrets: Secrets;
  /** Returns where in the file a part of the plan is: ["objectives", 0, "measure"]. */
  placeOf(path: readonly PropertyKey[]): Place;
}

/**
 * Parses a plan: YAML, secrets, schema, platform schema, resolution. Throws one GamedayError, with its place, if anything is
 * wrong.
 */
export function parsePlan(text: string, options: ParseOptions): ParsedPlan {
  const source = readYaml(text, options.file);
  const secrets = new Secrets();
  fillVariables(source, options.environment);
  const place = (path: readonly PropertyKey[]) => placeAt(path, source);
  const given = secrets.resolve(plainValue(source), options.environment, place);
  try {
    const document = validate(planSchema, given, source);
    const platform = validatePlatform(document, given, source, options);
    const plan = resolvePlan(document, platform, options.folder ?? dirname(resolve(options.file)));
    return { plan, secrets, placeOf: (path) => placeAt(placeOfExperiment(path, document.experiments), source) };
  } catch (thrown) {
    throw secrets.redactError(thrown);
  }
}

function validate<T extends z.ZodType>(schema: T, given: unknown, source: Source): z.output<T> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw complain(result.error.issues, source, schema);
}

function validatePlatform(
  document: PlanDocument,
  given: unknown,
  source: Source,
  options: ParseOptions,
): Plan["platform"] {
  const { kind } = document.platform;
  const schema = Object.hasOwn(options.platforms, kind) ? options.platforms[kind] : undefined;
  if (schema === undefined) {
    throw new GamedayError({
      code: "plan-unknown-platform",
      expected: "a known kind of platform",
      got: `"${kind}"`,
      hint: suggestion(kind, Object.keys(options.platforms)),
      place: placeAt(["platform", "kind"], source),
    });
  }
  const result = schema.safeParse((given as { platform: unknown }).platform);
  if (result.success) return { ...(result.data as Record<string, Json>), kind };
  const issues = result.error.issues.map((issue) => ({ ...issue, path: ["platform", ...issue.path] }));
  throw complain(issues, source, planSchema.extend({ platform: schema }));
}

function resolvePlan(document: PlanDocument, platform: Plan["platform"], folder: string): Plan {
  return {
    version: 1,
    name: document.name,
    seed: document.seed ?? null,
    platform: resolvePlatform(platform, folder),
    load: resolveLoad(document.load, folder),
    probes: resolveProbes(document.probes, folder),
    warmUpMs: document.warmUp,
    calmMs: document.calm,
    plateauMs: document.plateau,
    autoscaling: resolveAutoscaling(document.autoscaling, platform),
    experiments: flatten(document.experiments).map(({ experiment, together }) => ({
      ...resolveExperiment(experiment, document.blastRadius, folder),
      ...(together !== null && { together }),
    })),
    stopWhen: resolveStopWhen(document.stopWhen),
    claims: document.claims.map(resolveClaim),
    ledger: resolveLedgers(document.ledger),
    cleanUp: resolveCleanUp(document.cleanUp),
    objectives: document.objectives.map(resolveObjective),
  };
}

function resolveProbes(probes: PlanDocument["probes"], folder: string): Plan["probes"] {
  if (probes === undefined) return null;
  const { file, rate } = typeof probes === "string" ? { file: probes } : probes;
  return { file: resolve(folder, file), ...(rate !== undefined && { rate }) };
}

type ExperimentDocument = Exclude<PlanDocument["experiments"][number], { together: unknown }>;

/**
 * Returns the experiments one by one, each with the number of its group (null: it is injected alone) and its path in the file.
 */
function flatten(entries: PlanDocument["experiments"]) {
  return entries.flatMap(
    (entry, index): { experiment: ExperimentDocument; together: number | null; at: PropertyKey[] }[] =>
      "together" in entry
        ? entry.together.map((experiment, each) => ({ experiment, together: index, at: [index, "together", each] }))
        : [{ experiment: entry, together: null, at: [index] }],
  );
}

/** Converts a path of the resolved plan, which counts experiments one by one, to the file, in which some are in groups. */
function placeOfExperiment(path: readonly PropertyKey[], entries: PlanDocument["experiments"]): readonly PropertyKey[] {
  const [key, number, ...rest] = path;
  if (key !== "experiments" || typeof number !== "number") return path;
  const found = flatten(entries)[number];
  return found === undefined ? path : [key, ...found.at, ...rest];
}

/** Resolves the only path that a platform may contain, its app's folder, against the plan's folder like every other path. */
function resolvePlatform(platform: Plan["platform"], folder: string): Plan["platform"] {
  const { app } = platform;
  if (!isRecord(app) || typeof app["directory"] !== "string") return platform;
  return { ...platform, app: { ...app, directory: resolve(folder, app["directory"]) } };
}

function resolveStopWhen(stopWhen: PlanDocument["stopWhen"]): Plan["stopWhen"] {
  const { notRecovered, syncStandbyMissing, errorRate, latency, probes } = stopWhen;
  const unlessOff = (given: number | "off") => (given === "off" ? null : given);
  return {
    notRecoveredMs: unlessOff(notRecovered),
    syncStandbyMissingMs: unlessOff(syncStandbyMissing),
    errorRate: errorRate === undefined ? null : { above: errorRate.above, forMs: errorRate.for },
    latency: latency === undefined ? null : { p95AboveMs: latency.p95Above, forMs: latency.for },
    probes: probes.map(({ name, every, for: forMs, ...question }) => ({
      name,
      everyMs: every,
      forMs,
      ...("command" in question ? { argv: question.command } : question),
    })),
  };
}

function resolveAutoscaling(autoscaling: PlanDocument["autoscaling"], platform: Plan["platform"]): Plan["autoscaling"] {
  if (autoscaling === undefined) return null;
  const { upMs, downMs } = scalingTimes(platform);
  return {
    up: { replicas: autoscaling.up.replicas, withinMs: autoscaling.up.within ?? upMs },
    down: { replicas: autoscaling.down.replicas, withinMs: autoscaling.down.within ?? downMs },
  };
}

function resolveExperiment(
  experiment: ExperimentDocument,
  forAll: PlanDocument["blastRadius"],
  folder: string,
): ExperimentPlan {
  const { insideProbes } = experiment;
  const blastRadius = resolveBlastRadius({ ...forAll, ...experiment.blastRadius });
  return {
    name: experiment.name,
    fault: experiment.fault,
    selector: experiment.target as ExperimentPlan["selector"],
    parameters: experiment.with,
    holdMs: experiment.hold,
    recoverWithinMs: experiment.recoverWithin,
    settleMs: experiment.settle,
    ...(blastRadius !== null && { blastRadius }),
    ...(insideProbes !== undefined && { insideProbes: resolve(folder, insideProbes) }),
  };
}

/** Returns the blast radius; null if the plan does not set it. */
function resolveBlastRadius({ count, percent }: NonNullable<PlanDocument["blastRadius"]>): BlastRadius | null {
  if (count === undefined && percent === undefined) return null;
  return {
    ...(count !== undefined && { targetsMax: count }),
    ...(percent !== undefined && { percentMax: percent }),
  };
}

function resolveClaim(claim: PlanDocument["claims"][number]): ClaimPlan {
  return {
    object: claim.object,
    checkers: claim.checkers,
    options: claim.options,
    ...(claim.expires !== undefined && { expiresMs: claim.expires }),
    source: resolveSource(claim.ledger),
  };
}

function resolveObjective(objective: PlanDocument["objectives"][number]): Plan["objectives"][number] {
  const { id, says, measure, over, ...bound } = objective;
  return { id, says, measure, over, bound: bound as Plan["objectives"][number]["bound"] };
}
