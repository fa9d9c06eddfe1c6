/** Runs thousands of users that mostly think: memory, pace, CPU, and whether memory grows. */
import type { Bench, Part } from "../bench.ts";
import { atLeast, atMost } from "../goals.ts";
import type { Round } from "../measure.ts";

const MANY = 10_000;
const THINK_MS = 1_000;
const DELAY_MS = 50;

export const users: Part = async (bench) => {
  await using target = await bench.target(DELAY_MS);
  const job = { scenario: "users", thinkMs: THINK_MS, seconds: bench.seconds };
  const one = await bench.engine(target, { ...job, users: 1 });
  const many = await bench.engine(target, { ...job, users: MANY, rampSeconds: 8 });
  const intendedPerSecond = (MANY * 1_000) / (THINK_MS + DELAY_MS);
  return [
    atMost("10,000 users: memory of each", (many.rssBytes - one.rssBytes) / MANY / 1_000, 15, "KB"),
    atLeast("10,000 users: share of the intended rate", (100 * many.requestsPerSecond) / intendedPerSecond, 99, "%"),
    atMost("10,000 users: cores", many.cpuSeconds / many.seconds, 0.35, "cores"),
  ];
};

/** A short version of `npm run prove:soak`, which does the same from minute 5 to 30. */
export const soak: Part = async (bench) => {
  const round = await soaked(bench, 30, 90);
  return [atMost("memory growth, second 30 to 90", growthPercent(round), 5, "%")];
};

/** Runs 1,000 users, measured from `fromSeconds` on. */
export async function soaked(bench: Bench, fromSeconds: number, seconds: number): Promise<Round> {
  await using target = await bench.target(DELAY_MS);
  return await bench.engine(target, {
    scenario: "users",
    users: 1_000,
    thinkMs: THINK_MS,
    warmSeconds: fromSeconds,
    seconds,
  });
}

export function growthPercent({ rssBytesEarly, rssBytesLate }: Round): number {
  return (100 * (rssBytesLate - rssBytesEarly)) / rssBytesEarly;
}
