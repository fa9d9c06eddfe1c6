/**
 * Runs open models, measured against the server's own clock: latency, a server that stalls once, even starts, and the first
 * request.
 */
import type { Bench, Part } from "../bench.ts";
import { atMost, median } from "../goals.ts";
import type { Round } from "../measure.ts";
import { exactStall } from "../stall.ts";

const DELAY_MS = 50;
const OPEN = { scenario: "open", users: 0, ratePerSecond: 500 };

/** The last line of engine.sh: ms from the intended start. */
interface Said {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly count: number;
}

function said({ stdout }: Round): Said {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Said;
}

/**
 * The 99th percentile of one round rests on 50 requests, which a single pause of the machine can hit; the median of the rounds does
 * not move with one pause, and does move with a fault of ours, which is in every round.
 */
export const open: Part = async (bench) => {
  const offs: { p50: number; p99: number }[] = [];
  for (let round = 0; round < bench.rounds; round++) offs.push(await offServers(bench));
  return [
    atMost("500/s: p50 off the server's", median(offs.map(({ p50 }) => p50)), 1, "ms"),
    atMost("500/s: p99 off the server's", median(offs.map(({ p99 }) => p99)), 1, "ms"),
  ];
};

/** Returns how far our percentiles lie from those of the server's own clock, in milliseconds. */
async function offServers(bench: Bench): Promise<{ p50: number; p99: number }> {
  await using target = await bench.target(DELAY_MS);
  const round = await bench.engine(target, { ...OPEN, seconds: bench.seconds });
  const { p50, p99 } = said(round);
  return { p50: Math.abs(p50 - round.server.p50), p99: Math.abs(p99 - round.server.p99) };
}

export const stall: Part = async (bench) => {
  await using target = await bench.target(DELAY_MS);
  const [seconds, stallAtMs, stallMs] = [20, 8_000, 2_000];
  const disturb = { afterMs: stallAtMs, body: () => target.stall(stallMs) };
  const round = await bench.engine(target, { ...OPEN, seconds, disturb });
  const exact = exactStall({ ratePerSecond: OPEN.ratePerSecond, seconds, stallAtMs, stallMs, delayMs: DELAY_MS });
  const { p95, count } = said(round);
  return [
    atMost("2 s stall: p95 off the exact figure", (100 * Math.abs(p95 - exact.p95)) / exact.p95, 3, "%"),
    atMost("2 s stall: arrivals dropped", OPEN.ratePerSecond * seconds - count, 0, "arrivals"),
  ];
};

/**
 * Measures how far the arrivals at the server deviate from an even rate, relative to the request that was earliest against it.
 */
export const starts: Part = async (bench) => {
  await using target = await bench.target();
  await bench.engine(target, { ...OPEN, ratePerSecond: 1_000, seconds: bench.seconds });
  const errors = await target.starts(1_000);
  return [atMost("1,000/s: median start error", errors.median, 1, "ms")];
};

/** Measures the time from the command to the first request at the server. */
export const startup: Part = async (bench) => {
  await using target = await bench.target();
  const firsts: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const { firstRequestMs } = await bench.engine(target, { scenario: "flat", users: 1, seconds: 3 });
    firsts.push(firstRequestMs ?? Number.POSITIVE_INFINITY);
  }
  return [atMost("first request after the command", median(firsts), 400, "ms")];
};
