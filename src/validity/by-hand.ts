/**
 * What people changed while a run went on. A load that was changed by hand is not the plan's any more, so what is measured of the
 * load from then on says nothing about the plan's objectives; while a fault that a person injected was in force, neither do figures
 * over the whole run. All of it is reported, and none of it is held against the platform.
 */
import type { Finding } from "../checker.ts";
import type { Doubt } from "../objective/facts.ts";
import type { Story } from "../timeline/story.ts";
import { atSeconds, plural } from "./rule.ts";

const CHANGED_BY_HAND = "changed-by-hand";
const WITNESSES_MAX = 10;
const SAYS: Readonly<Record<string, string>> = {
  "change-load": "changed the load",
  inject: "injected a fault",
  heal: "healed a fault early",
};

export interface HandChanges {
  readonly findings: readonly Finding[];
  readonly doubts: readonly Doubt[];
}

export function changedByHand(story: Story): HandChanges {
  const changes = story.controls.filter(({ manual, command }) => manual && SAYS[command] !== undefined);
  if (changes.length === 0) return { findings: [], doubts: [] };
  const says = changes.map(({ atMs, by, command }) => `at ${atSeconds(atMs)} ${by} ${SAYS[command]}`);
  const finding: Finding = {
    checker: CHANGED_BY_HAND,
    object: "run",
    status: "pass",
    because: `${plural(changes.length, "change")} by hand: ${says.slice(0, WITNESSES_MAX).join("; ")}.`,
    witnesses: says.slice(0, WITNESSES_MAX).map((text, at) => ({ says: text, atMs: changes[at]?.atMs ?? 0 })),
    figures: { changes: changes.length },
  };
  return { findings: [finding], doubts: [...loadDoubts(story), ...faultDoubts(story)] };
}

function loadDoubts({ controls, span }: Story): Doubt[] {
  const first = controls.find(({ command, manual }) => manual && command === "change-load");
  if (first === undefined) return [];
  const because = `${first.by} changed the load by hand at ${atSeconds(first.atMs)}`;
  return [{ kind: "load", span: { fromMs: first.atMs, toMs: span.toMs }, because }];
}

function faultDoubts({ experiments, span }: Story): Doubt[] {
  return experiments
    .filter(({ byHand }) => byHand)
    .map(({ name, beganAtMs, endedAtMs }) => ({
      kind: "load",
      span: { fromMs: beganAtMs, toMs: endedAtMs ?? span.toMs },
      because: `"${name}", which is not in the plan, was in force`,
    }));
}
