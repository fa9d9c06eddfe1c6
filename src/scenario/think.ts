import type { Duration, ThinkTime } from "../scenario.ts";
import { parseDuration } from "../std/duration.ts";
import { GamedayError } from "../std/errors.ts";
import type { Random } from "../std/random.ts";

/** A compiled think time: returns how long to wait, given a random stream and the duration of the iteration. */
export type Thinking = (random: () => Random, iterationMs: number) => number;

const compiled = new WeakMap<object, Thinking>();

/**
 * Compiles a think time. Throws GamedayError if it is invalid. An object is compiled only once, so that think() in a loop
 * is cheap.
 */
export function thinking(time: ThinkTime): Thinking {
  if (typeof time !== "object" || time === null) {
    const fixedMs = milliseconds(time);
    return () => fixedMs;
  }
  let known = compiled.get(time);
  if (known === undefined) {
    known = compile(time);
    compiled.set(time, known);
  }
  return known;
}

function compile(time: Exclude<ThinkTime, Duration>): Thinking {
  if (Object.keys(time).length !== 1) throw notATime(time); // two keys would be ambiguous
  if ("uniform" in time) {
    const [least, most] = pair(time.uniform, time);
    return (random) => least + random().float() * (most - least);
  }
  if ("normal" in time) {
    const [mean, deviation] = pair(time.normal, time);
    return (random) => Math.max(0, mean + deviation * standardNormal(random()));
  }
  if ("pacing" in time) {
    const pacing = milliseconds(time.pacing, time);
    return (_random, iterationMs) => Math.max(0, pacing - iterationMs);
  }
  throw notATime(time);
}

/** Draws from the standard normal distribution by Box-Muller; 1 - float() is never 0. */
function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function pair(given: unknown, time: ThinkTime): [number, number] {
  if (!Array.isArray(given) || given.length !== 2) throw notATime(time);
  return [milliseconds(given[0], time), milliseconds(given[1], time)];
}

/** Parses a duration. `within` is what the error shows if it is invalid. */
function milliseconds(given: unknown, within: unknown = given): number {
  const value = typeof given === "string" || typeof given === "number" ? parseDuration(given) : undefined;
  if (value === undefined) throw notATime(within);
  return value;
}

function notATime(given: unknown): GamedayError {
  return new GamedayError({
    code: "bad-think-time",
    expected:
      'a think time with its unit, such as "1s", { uniform: ["1s", "3s"] }, { normal: ["2s", "500ms"] } or { pacing: "5s" }',
    got: typeof given === "number" ? String(given) : (JSON.stringify(given) ?? String(given)),
  });
}
