/**
 * Lists what this run could not test, whatever its result. The list is shown with the verdict and does not make anything unknown
 * unless an objective depends on it.
 */

import type { ExperimentVerdict } from "../experiment.ts";
import type { Plan } from "../plan.ts";
import type { Story } from "../timeline/story.ts";
import type { NotTested } from "../verdict.ts";

/** The faults that end a process but leave the kernel, and with it the page cache, alive. */
const PROCESS_ONLY = /^(kill|freeze|restart|rolling)/;

export function notTestedBy(plan: Plan, story: Story, experiments: readonly ExperimentVerdict[]): NotTested[] {
  return [
    ...durability(experiments),
    ...ledgers(plan),
    ...failovers(story, experiments),
    ...nothingBroken(experiments),
  ];
}

function durability(experiments: readonly ExperimentVerdict[]): NotTested[] {
  const killed = experiments.filter((one) => PROCESS_ONLY.test(one.fault)).map((one) => one.name);
  if (killed.length === 0) return [];
  const because = `${killed.join(", ")}: a killed process leaves the kernel's page cache; only a lost machine shows unflushed writes`;
  return [{ what: "whether writes are flushed to disk (fsync)", because }];
}

function ledgers(plan: Plan): NotTested[] {
  return plan.claims
    .filter((claim) => claim.source.kind === "none")
    .map((claim) => ({ what: `what is really held of "${claim.object}"`, because: "the plan names no ledger for it" }));
}

function failovers(story: Story, experiments: readonly ExperimentVerdict[]): NotTested[] {
  return experiments
    .filter((one) => one.fault === "kill-leader" && !story.roles.some((role) => within(one, role.atMs)))
    .map((one) => ({
      what: `a change of leader in "${one.name}"`,
      because: "the same member came back before another was promoted",
    }));
}

function within(experiment: ExperimentVerdict, atMs: number): boolean {
  const from = experiment.commandedAtMs ?? Number.POSITIVE_INFINITY;
  return atMs >= from && atMs <= (experiment.heal?.atMs ?? Number.POSITIVE_INFINITY);
}

function nothingBroken(experiments: readonly ExperimentVerdict[]): NotTested[] {
  return experiments.length > 0 ? [] : [{ what: "any failure", because: "the plan has no experiments" }];
}
