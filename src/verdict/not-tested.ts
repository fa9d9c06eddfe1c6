/**
 * Lists what this run could not test, whatever its result. The list is shown with the verdict and does not make anything unknown
 * unless an objective depends on it.
 */

import type { ExperimentVerdict } from "../experiment.ts";
import type { Plan } from "../plan.ts";
import type { Story } from "../timeline/story.ts";
import type { NotTested } from "../verdict.ts";

export function notTestedBy(plan: Plan, story: Story, experiments: readonly ExperimentVerdict[]): NotTested[] {
  return [...durability(story), ...ledgers(plan), ...failovers(story, experiments), ...nothingBroken(experiments)];
}

/** Faults that stop a process leave the kernel, and with it the page cache, alive. */
function durability({ experiments }: Story): NotTested[] {
  const killed = experiments.filter(({ traits }) => traits.stops === "processes").map(({ name }) => name);
  if (killed.length === 0) return [];
  const because = `${killed.join(", ")}: a killed process leaves the kernel's page cache; only a lost machine shows unflushed writes`;
  return [{ what: "whether writes are flushed to disk (fsync)", because }];
}

function ledgers(plan: Plan): NotTested[] {
  return plan.claims
    .filter((claim) => claim.source.kind === "none")
    .map((claim) => ({
      what: `what is really stored of "${claim.object}"`,
      because: "the plan names no ledger for it",
    }));
}

function failovers(story: Story, experiments: readonly ExperimentVerdict[]): NotTested[] {
  const led = new Set(story.experiments.filter(({ traits }) => traits.takesLeader).map(({ name }) => name));
  return experiments
    .filter((one) => led.has(one.name) && !story.roles.some((role) => within(one, role.atMs)))
    .map((one) => ({
      what: `a change of leader in "${one.name}"`,
      because: "no other member was promoted while the fault held",
    }));
}

function within(experiment: ExperimentVerdict, atMs: number): boolean {
  const from = experiment.commandedAtMs ?? Number.POSITIVE_INFINITY;
  return atMs >= from && atMs <= (experiment.heal?.atMs ?? Number.POSITIVE_INFINITY);
}

function nothingBroken(experiments: readonly ExperimentVerdict[]): NotTested[] {
  return experiments.length > 0 ? [] : [{ what: "any failure", because: "the plan has no experiments" }];
}
