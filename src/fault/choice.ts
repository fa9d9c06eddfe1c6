/**
 * Plans a fault: its kind, its resolved parameters, and which targets it hits on a given topology. This is the only place that knows
 * which random stream an experiment draws from, so `gameday check --seed S` prints the targets that a run with seed S hits. Pure.
 */
import type { ChangeRequest, FaultKind } from "../fault.ts";
import type { BlastRadius, ExperimentPlan, Selector } from "../plan.ts";
import { contractOf } from "../platform/capability.ts";
import type { Target } from "../platform.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { type Random, seededRandom } from "../std/random.ts";
import { faultNamed } from "./catalogue.ts";
import { type Parameters, resolveParameters } from "./parameter.ts";
import { assertWithin, blastRadiusOf, choose, effectiveSelector } from "./selector.ts";

/** What one round of a fault would change on this topology, and on which targets. */
export interface Choice {
  readonly targets: readonly Target[];
  readonly requests: readonly ChangeRequest[];
  /** What else runs on the nodes that are hit. */
  readonly standing: readonly Target[];
}

export interface PlannedFault {
  readonly kind: FaultKind;
  /** The resolved parameters (resolveParameters). */
  readonly parameters: Parameters;
  /**
   * Returns the rounds of the fault on this topology. A kind that chooses its targets again in each round (rounds: "times") passes the
   * number of the choice, counted from 0. Throws GamedayError if a target is missing or too many are hit.
   */
  choose(topology: readonly Target[], number?: number): Choice[];
}

export interface FaultGiven {
  readonly selector: Selector;
  readonly parameters: Parameters;
  /** A random stream that only this fault uses. */
  readonly random: Random;
  readonly blastRadius?: BlastRadius | undefined;
  /** The folder in which the plan's own commands run; only for a fault that consists of such commands. */
  readonly folder?: string;
}

/** What a choice depends on besides the plan and the topology; a run has both. */
export interface Choosing {
  readonly seed: string;
  /** The absolute path of the folder in which the plan's commands run. */
  readonly planFolder: string;
}

/** Plans the fault of an experiment. Throws GamedayError for an unknown kind and for wrong parameters. */
export function planExperiment(experiment: ExperimentPlan, { seed, planFolder }: Choosing): PlannedFault {
  const kind = faultNamed(experiment.fault);
  return planFault(kind, {
    selector: experiment.selector,
    parameters: experiment.parameters,
    random: seededRandom(seed).fork(`experiment ${experiment.name}`),
    blastRadius: experiment.blastRadius,
    ...(kind.needs.includes("command") && { folder: planFolder }),
  });
}

/** Returns the changes that the experiment makes first on this topology. */
export function requestsOf(
  experiment: ExperimentPlan,
  choosing: Choosing,
  topology: readonly Target[],
): readonly ChangeRequest[] {
  return planExperiment(experiment, choosing)
    .choose(topology)
    .flatMap(({ requests }) => requests);
}

/** Plans a fault of any kind, also of one that is not in the catalogue. Throws GamedayError for wrong parameters. */
export function planFault(kind: FaultKind, given: FaultGiven): PlannedFault {
  const { selector, random, folder } = given;
  const resolved = resolveParameters(kind, given.parameters);
  const parameters = folder === undefined ? resolved : { ...resolved, folder };
  const radius = blastRadiusOf(given.blastRadius);
  return {
    kind,
    parameters,
    choose(topology, number = 0) {
      const stream = random.fork(`choice ${number}`);
      const targets = choose(effectiveSelector(kind, selector), topology, stream.fork("targets"));
      const groups = kind.rounds === "each-target" ? targets.map((target) => [target]) : [targets];
      return groups.map((group) => {
        const requests = kind.changes(group, parameters, topology, stream.fork("changes"));
        return roundOf(kind, { targets: group, requests }, topology, radius);
      });
    },
  };
}

function roundOf(
  kind: FaultKind,
  { targets, requests }: Pick<Choice, "targets" | "requests">,
  topology: readonly Target[],
  radius: BlastRadius,
): Choice {
  const hit = requests.map((request) => request.target);
  if (hit.length === 0) throw nothingToDo(kind, targets);
  assertWithin(radius, hit, topology);
  return { targets, requests, standing: standingBy(requests, topology) };
}

/** Returns what else runs on the nodes that are changed as a whole: it may go down or restart together with the targets. */
function standingBy(requests: readonly ChangeRequest[], topology: readonly Target[]): Target[] {
  const reaching = requests.filter(
    ({ capability, target }) => target.role === "node" || contractOf(capability).reachesNode === true,
  );
  const nodes = new Set(reaching.map(({ target }) => target.node));
  const hit = new Set(requests.map(({ target }) => target.id));
  return topology.filter(({ id, role, node }) => role !== "node" && nodes.has(node) && !hit.has(id));
}

function nothingToDo(kind: FaultKind, targets: readonly Target[]): GamedayError {
  return new GamedayError({
    code: "fault-without-change",
    expected: `"${kind.name}" to change something on ${targets.map((target) => target.id).join(", ")}`,
    got: "no change",
    exitCode: ExitCode.notReady,
  });
}
