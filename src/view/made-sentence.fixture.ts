/** The sentence of a made day at each moment: whether users are served, and what is broken on purpose. */
import type { Lane, LiveExperiment, LiveState } from "../api/live.ts";
import { SENTENCES } from "./made-tables.fixture.ts";

export function isHeld({ state }: LiveExperiment): boolean {
  return state === "held" || state === "injecting" || state === "healing";
}

export function sentenceAt(
  atS: number,
  experiments: readonly LiveExperiment[],
  lanes: readonly Lane[],
  state: string,
  over: keyof typeof SENTENCES | undefined,
): LiveState["sentence"] {
  if (over !== undefined) return { level: over, says: SENTENCES[over] };
  if (state === "died") return { level: "died", says: "The run's process ended without a verdict." };
  if (state === "stopping") return { level: "ending", says: "Stopping: healing 1 of 1 faults." };
  if (atS < 20) return { level: "waiting", says: "Validation: waiting for “all replicas of PostgreSQL stream”." };
  const down = lanes.filter(({ state: is }) => is === "down");
  const held = experiments.find(isHeld);
  const since = down[0]?.outages.at(-1)?.fromMs ?? 0;
  if (down.length > 0) {
    const classes = [...new Set(down.map(({ class: name }) => name))].join(", ");
    return {
      level: "down",
      says: `Users are down: ${classes}, since ${(atS - since / 1000).toFixed(1)} s: ${held?.name ?? "no fault is held"}.`,
    };
  }
  if (held !== undefined) return { level: "fault", says: `Users are served. Broken now: ${held.name}.` };
  return { level: "fine", says: "Users are served, and nothing is broken." };
}
