/** Injects a fault that a person asks for while a run goes on, in a window of its own; or says what it would hit now. */

import type { ControlCommand, ControlReply, HitByHand } from "../control.ts";
import { planExperiment } from "../fault/choice.ts";
import type { ExperimentPlan, Selector } from "../plan.ts";
import type { Target } from "../platform.ts";
import { withDeadline } from "../std/deadline.ts";
import type { TargetReference } from "../timeline.ts";
import { recordControl, refuse, type SteeredRun } from "./control-record.ts";
import { runByHand } from "./experiment.ts";
import { lookAtHealth, recordHealth } from "./health.ts";

/** The time that a fault by hand may take to heal before the run counts as unhealthy. */
const RECOVER_WITHIN_MS = 120_000;
const TOPOLOGY_MS_MAX = 15_000;

type Inject = Extract<ControlCommand, { readonly do: "inject" }>;

export async function injectByHand(run: SteeredRun, command: Inject): Promise<ControlReply> {
  const { steering } = run;
  if (steering.load === null || run.stop.signal.aborted) return refuse(NOT_NOW);
  const experiment = experimentOf(command, steering.faultsByHand + 1);
  const hit = await wouldHit(run, experiment);
  if ("ok" in hit) return hit;
  if (command.dryRun) return { ok: true, hit: { ...hit, name: null } };
  const moved = movedSince(command, hit);
  if (moved !== null) return moved;
  return begin(run, command, experiment, hit);
}

/** Takes the right to break before it looks at the health, so that nobody else breaks anything meanwhile. */
async function begin(
  run: SteeredRun,
  { by }: Inject,
  experiment: ExperimentPlan,
  hit: HitByHand,
): Promise<ControlReply> {
  const right = run.steering.tryTake();
  if (right === null) return refuse({ ...NOT_NOW, code: "fault-held", got: "a fault in force, or one about to be" });
  const lines = await lookAtHealth(run, run.stop.signal).catch(() => []);
  const bad = lines.filter(({ ok }) => !ok).map(({ name, seen }) => `${name} (${seen})`);
  if (lines.length === 0 || bad.length > 0) {
    right[Symbol.dispose]();
    return refuse({
      status: 409,
      code: "platform-not-healthy",
      expected: "a healthy platform to break",
      got: bad.join("; ") || "no answer",
    });
  }
  run.steering.faultsByHand++;
  const { name, fault, holdMs } = experiment;
  recordHealth(run, { moment: "before-fault", experiment: name }, lines);
  recordControl(run, { command: "inject", by, manual: true, detail: { experiment: name, fault, holdMs } });
  run.steering.beside(runByHand(run, experiment).finally(() => right[Symbol.dispose]()));
  return { ok: true, hit };
}

function experimentOf({ inject }: Inject, number: number): ExperimentPlan {
  return {
    name: `by hand ${number}: ${inject.fault}`,
    fault: inject.fault,
    selector: inject.selector as Selector,
    parameters: inject.parameters,
    holdMs: inject.holdMs,
    recoverWithinMs: RECOVER_WITHIN_MS,
    settleMs: 0,
  };
}

/** Returns what the fault would hit now, or why it cannot be injected here. Throws GamedayError for a wrong fault or parameter. */
async function wouldHit(
  run: SteeredRun,
  experiment: ExperimentPlan,
): Promise<HitByHand | Extract<ControlReply, { ok: false }>> {
  const fault = planExperiment(experiment, run);
  const lacking = fault.kind.needs.filter((need) => run.platform.can[need] === undefined);
  if (lacking.length > 0)
    return {
      ok: false,
      refusal: {
        status: 422,
        code: "fault-not-supported",
        expected: `a platform that can do what "${experiment.fault}" needs`,
        got: `"${run.platform.kind}", which does not support: ${lacking.join(", ")}`,
      },
    };
  const limit = { what: "the platform's topology", deadlineMs: TOPOLOGY_MS_MAX, signal: run.stop.signal };
  const topology = await withDeadline(limit, (signal) => run.platform.topology(signal));
  const choices = fault.choose(topology);
  const targets = unique(choices.flatMap((choice) => choice.targets));
  return {
    name: experiment.name,
    targets: targets.map(reference),
    of: Object.fromEntries(targets.map(({ role }) => [role, topology.filter((one) => one.role === role).length])),
    standing: unique(choices.flatMap(({ standing }) => standing)).map(reference),
    healsByItselfAfterMs: experiment.holdMs,
  };
}

/** A leader that moved since the person looked is said, not hit blindly. */
function movedSince({ inject }: Inject, { targets }: HitByHand): ControlReply | null {
  const { expectTargets } = inject;
  const now = targets.map(({ id }) => id).sort();
  if (expectTargets === undefined || [...expectTargets].sort().join("\n") === now.join("\n")) return null;
  return refuse({
    status: 409,
    code: "targets-moved",
    expected: `to hit ${expectTargets.join(", ") || "nothing"}`,
    got: `${now.join(", ")}, which would be hit now`,
    hint: "look again at what would be hit",
  });
}

function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.id, target])).values()];
}

function reference({ id, role, node }: Target): TargetReference {
  return { id, role, node };
}

const NOT_NOW = {
  status: 409,
  code: "not-now",
  expected: "a run under load with nothing broken",
  got: "one whose load has not begun or has ended, or that is stopping",
} as const;
