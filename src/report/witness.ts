/** WitnessPlaces what a witness saw among the experiments: near which bite it was, how far from it, and who led then. */
import type { FindingWitness } from "../checker.ts";
import { leaderAt, leadersOf, type RoleLeaders } from "../timeline/leaders.ts";
import { stampsOf } from "../timeline/rounds.ts";
import type { Story } from "../timeline/story.ts";
import { fromBite, moment } from "./format.ts";

/** What is needed of a story to place moments in it. */
export interface WitnessPlaces {
  readonly bites: readonly { readonly experiment: string; readonly atMs: number }[];
  readonly leaders: readonly RoleLeaders[];
}

export function placesOf({ experiments, roles }: Pick<Story, "experiments" | "roles">): WitnessPlaces {
  const bites = experiments.flatMap(({ name, rounds }) =>
    stampsOf(rounds, "bite").map(({ atMs }) => ({ experiment: name, atMs })),
  );
  return { bites, leaders: leadersOf(roles) };
}

/** Returns the nearest bite to a moment, with the distance, negative if the moment was before it; null if nothing bit. */
export function nearestBite({ bites }: WitnessPlaces, atMs: number): { experiment: string; distanceMs: number } | null {
  let nearest: { experiment: string; distanceMs: number } | null = null;
  for (const bite of bites) {
    const distanceMs = atMs - bite.atMs;
    if (nearest === null || Math.abs(distanceMs) < Math.abs(nearest.distanceMs))
      nearest = { experiment: bite.experiment, distanceMs };
  }
  return nearest;
}

/** Returns a witness in words: its id and moment, the distance to the nearest bite, who led then, and what it says. */
export function witnessWords({ id, atMs, says }: FindingWitness, places: WitnessPlaces): string {
  if (atMs === undefined) return id === undefined ? says : `${id}: ${says}`;
  const name = id === undefined ? "" : `${id} `;
  return `${name}at ${moment(atMs)}${placeWords(places, atMs)}: ${says}`;
}

/** Returns ', 2.10 s before the bite of "the database leader dies", while postgres/n1 led'. */
function placeWords(places: WitnessPlaces, atMs: number): string {
  const bite = nearestBite(places, atMs);
  const where = bite === null ? "" : `, ${fromBite(bite.distanceMs)} of "${bite.experiment}"`;
  const led = places.leaders.map((one) => leaderAt(one, atMs) ?? `nobody of ${one.role}`);
  return `${where}${led.length === 0 ? "" : `, while ${led.join(" and ")} led`}`;
}

/**
 * Sums up where witnesses lie, by experiment: '8 around "the database leader dies", 2.10 to 2.30 s before its bite'. Witnesses
 * without a moment are left out.
 */
export function spreadWords(witnesses: readonly FindingWitness[], places: WitnessPlaces): string[] {
  const byExperiment = new Map<string, number[]>();
  for (const { atMs } of witnesses) {
    const bite = atMs === undefined ? null : nearestBite(places, atMs);
    if (bite !== null)
      byExperiment.set(bite.experiment, [...(byExperiment.get(bite.experiment) ?? []), bite.distanceMs]);
  }
  return [...byExperiment].map(([name, distances]) => {
    const [least, most] = [Math.min(...distances), Math.max(...distances)];
    const range = least === most ? fromBite(least) : `from ${fromBite(least)} to ${fromBite(most)}`;
    return `${distances.length} of the witnesses below: ${range} of "${name}"`;
  });
}
