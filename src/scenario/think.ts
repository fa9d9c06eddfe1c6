import type { Duration, ThinkTime } from "../scenario.ts";
import { parseDuration } from "../std/duration.ts";
import { GamedayError } from "../std/errors.ts";
import type { Random } from "../std/random.ts";

/** A think time made ready: how long to wait, given a stream of randomness and the time the iteration took. */
export type Thinking = (random: () => Random, iterationMs: number) => number;

const compiled = new WeakMap<object, Thinking>();

/** Throws GamedayError for a time that is none. Compiles an object once, so that think() in a loop is cheap. */
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
  if (Object.keys(time).length !== 1) throw notATime(time); // which of the two would count?
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

/** Box-Muller; 1 - float() is never 0. */
function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function pair(given: unknown, time: ThinkTime): [number, number] {
  if (!Array.isArray(given) || given.length !== 2) throw notATime(time);
  return [milliseconds(given[0], time), milliseconds(given[1], time)];
}

/** `within`: what to show a person when it is none. */
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
