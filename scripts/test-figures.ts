/** A reporter of node:test that writes one line of JSON for each test file, and one without a file for the whole run. */
import type { TestEvent } from "node:test/reporters";

/** The counts of node:test's own summary. */
export interface Counts {
  readonly tests: number;
  readonly suites: number;
  readonly passed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
}

export interface Figures {
  /** The absolute path of the test file; null for the whole run. */
  readonly file: string | null;
  readonly counts: Counts;
  readonly ms: number;
}

export default async function* figures(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== "test:summary") continue;
    const { file, duration_ms: ms } = event.data;
    const counts = event.data.counts as unknown as Counts; // the package of types does not know `failed`
    yield `${JSON.stringify({ file: file ?? null, counts, ms } satisfies Figures)}\n`;
  }
}
