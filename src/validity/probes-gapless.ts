import type { Doubt } from "../objective/facts.ts";
import { gapsOf } from "../outage/gaps.ts";
import type { SampledStream } from "../outage/samples.ts";
import { overlaps, type Span } from "../outage/span.ts";
import { atSeconds, type Ground, plural, rule } from "./rule.ts";

/** A gap counts where an outage is judged: from this long before each fault until its heal is commanded. */
const BEFORE_FAULT_MS = 1_000;

export const probesGapless = rule(
  "probes-gapless",
  "Every probe stream sent without a gap while a fault was judged.",
  (ground) => {
    const windows = judgedWindows(ground);
    if (windows.length === 0) return { status: "pass", because: "No fault was judged, so no probe was needed." };
    if (ground.streams.length === 0) return withoutProbes();
    const found = ground.streams.flatMap((stream) => gapsIn(stream, windows));
    const elsewhere = ground.story.gaps.filter((gap) => !windows.some((window) => overlaps(window, gap))).length;
    if (found.length === 0) {
      const note = elsewhere === 0 ? "" : ` (${plural(elsewhere, "recorded gap")} outside all fault windows)`;
      return {
        status: "pass",
        because: `${plural(ground.streams.length, "probe stream")} without a gap around each fault${note}.${slowBeats(ground.streams)}`,
      };
    }
    return {
      status: "unknown",
      because: `No data: ${found
        .slice(0, 5)
        .map((doubt) => doubt.because)
        .join("; ")}${found.length > 5 ? `; and ${found.length - 5} more` : ""}.`,
      figures: { gaps: found.length },
      doubts: found,
    };
  },
);

/** Describes what slower probes cannot show. */
function slowBeats(streams: readonly SampledStream[]): string {
  const slow = new Map(streams.flatMap(({ class: name, everyMs }) => (everyMs === undefined ? [] : [[name, everyMs]])));
  return [...slow]
    .map(([name, everyMs]) => {
      const width = `${(everyMs / 1000).toFixed(2)} s`;
      return ` ${name} beats each ${width}: an outage is seen to within ${width} at either end, and a shorter one may be missed.`;
    })
    .join("");
}

function withoutProbes() {
  const because = "No probe watched the users' side, so no outage was measured.";
  return { status: "unknown" as const, because, doubts: [{ kind: "probes" as const, span: null, because }] };
}

function judgedWindows({ experiments, story }: Ground): Span[] {
  return experiments.flatMap((experiment, at) => {
    const told = story.experiments[at];
    const fromMs = experiment.commandedAtMs;
    if (fromMs === null || told === undefined || experiment.bite === null) return [];
    const end = told.healCommandedAtMs ?? told.endedAtMs ?? story.span.toMs;
    return [{ fromMs: fromMs - BEFORE_FAULT_MS, toMs: Math.max(fromMs, end) }];
  });
}

function gapsIn(stream: SampledStream, windows: readonly Span[]): Doubt[] {
  return windows.flatMap((window) =>
    gapsOf(stream, window).map((gap): Doubt => {
      const because = `${stream.class}/${stream.connection} sent nothing from ${atSeconds(gap.fromMs)} to ${atSeconds(gap.toMs)}`;
      return { kind: "probes", span: gap, because };
    }),
  );
}
