import { LOOP_DELAY_MS_MAX, SEND_LAG_MS_MAX } from "../objective/generator.ts";
import { rule } from "./rule.ts";

/** A stalled generator measures its own latency, not the platform's. Windows with stalls are made unknown separately. */
export const generatorHealthy = rule(
  "generator-healthy",
  `The load generator was not the bottleneck: event loop delayed at most ${LOOP_DELAY_MS_MAX} ms (p99), sends at most ${SEND_LAG_MS_MAX} ms late (p50).`,
  ({ load: { generator } }) => {
    const { intervals, stalled, busy, loopDelayMsMax, sendLagMsMax, rssBytesMax } = generator;
    const figures = { intervals, stalled, busy, loopDelayMsMax, sendLagMsMax, rssBytesMax };
    if (intervals === 0) return { status: "unknown", because: "Nothing is known about the load generator.", figures };
    const share = `${stalled} of ${intervals} intervals`;
    if (generator.isStalledTooOften) {
      const because = `The load generator itself was stalled in ${share}; its measurements there are not the platform's.`;
      return { status: "unknown", because, witnesses: generator.examples, figures };
    }
    const because = `The generator was fit to measure: stalled in ${share}, longest loop delay ${loopDelayMsMax.toFixed(0)} ms.`;
    return { status: "pass", because, figures };
  },
);
