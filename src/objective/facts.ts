/** The facts that a measure may read: the story, what users felt, what checkers found, and the metrics by window. */
import type { Finding } from "../checker.ts";
import type { ExperimentVerdict } from "../experiment.ts";
import type { FeltOutage } from "../outage/outages.ts";
import type { SampledStream } from "../outage/samples.ts";
import type { Span } from "../outage/span.ts";
import type { Plan } from "../plan.ts";
import type { Story } from "../timeline/story.ts";
import type { LoadFold } from "./load-fold.ts";
import type { Window } from "./windows.ts";

/** The subject of a doubt. A measure considers only its own kind, so a gap makes unknown only what it affects. */
export type DoubtKind = "load" | "probes" | "ledger" | "fault" | "all";

export interface Doubt {
  readonly kind: DoubtKind;
  /** The span that the doubt affects; null for the whole run. */
  readonly span: Span | null;
  /** The only experiment that the doubt affects. */
  readonly experiment?: string;
  readonly because: string;
}

export interface Facts {
  readonly plan: Plan;
  readonly story: Story;
  readonly experiments: readonly ExperimentVerdict[];
  readonly streams: readonly SampledStream[];
  readonly findings: readonly Finding[];
  readonly doubts: readonly Doubt[];
  /** The outages of all probe streams over the whole run. */
  readonly outages: readonly FeltOutage[];
  readonly windows: readonly Window[];
  readonly load: LoadFold;
}
