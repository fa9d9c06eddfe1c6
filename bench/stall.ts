/** What a perfect constant-rate sender would measure against a server that stops once. */
export interface Stall {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly stallAtMs: number;
  readonly stallMs: number;
  readonly delayMs: number;
}

/** Exact percentiles in ms, from the intended start of each request. */
export function exactStall({ ratePerSecond, seconds, stallAtMs, stallMs, delayMs }: Stall): {
  p50: number;
  p95: number;
  p99: number;
} {
  const latencies: number[] = [];
  const endMs = stallAtMs + stallMs;
  for (let number = 0; number < ratePerSecond * seconds; number++) {
    const atMs = (number * 1000) / ratePerSecond;
    // Sent before the stall but due within it: delivered when it ends. Sent within it: read when it ends, then delayed.
    if (atMs + delayMs <= stallAtMs || atMs >= endMs) latencies.push(delayMs);
    else if (atMs < stallAtMs) latencies.push(endMs - atMs);
    else latencies.push(endMs - atMs + delayMs);
  }
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.ceil(q * latencies.length) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
