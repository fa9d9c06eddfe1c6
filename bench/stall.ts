/** The latencies that a perfect constant-rate sender would measure against a server that stalls once. */
export interface Stall {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly stallAtMs: number;
  readonly stallMs: number;
  readonly delayMs: number;
}

/** Returns exact percentiles in ms, from the intended start of each request. */
export function exactStall({ ratePerSecond, seconds, stallAtMs, stallMs, delayMs }: Stall): {
  p50: number;
  p95: number;
  p99: number;
} {
  const latencies: number[] = [];
  const endMs = stallAtMs + stallMs;
  for (let number = 0; number < ratePerSecond * seconds; number++) {
    const atMs = (number * 1000) / ratePerSecond;
    // A request that was sent before the stall and is due within it is answered when the stall ends. A request that is sent
    // within the stall is read when it ends, and then delayed.
    if (atMs + delayMs <= stallAtMs || atMs >= endMs) latencies.push(delayMs);
    else if (atMs < stallAtMs) latencies.push(endMs - atMs);
    else latencies.push(endMs - atMs + delayMs);
  }
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.ceil(q * latencies.length) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
